"""Waking workers in time. A wake-up carries no id: which post is next, the claim decides.

Losing, repeating or reordering wake-ups changes lateness and nothing else, so dispatch may run
twice at once, be cut short, or be replayed without harm.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, ExpressionWrapper, F, Min, Q
from django.db.models.fields import DateTimeField

from organisation.clock import database_now
from organisation.models import Heartbeat
from platforms.clock import boottime
from platforms.models import Account
from platforms.pausing import resume_elapsed
from posting.approval_notices import nobody_asks
from posting.bulkheads import QUICK, has_its_share
from posting.catching_up import space_late
from posting.claims import lease
from posting.eligibility import accounts_with_work
from posting.falling_back import fall_back
from posting.holding import release_elapsed as release_held_posts
from posting.labels import release_elapsed as release_held_labels
from posting.models import FollowUp, Post
from posting.states import Hold, Status

log = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds; lateness depends on this and not on beat's tick
SLOW = timedelta(seconds=QUICK)
LOOKING = 1.0  # seconds until beat's next tick takes over
BATCH = 500
UNAPPROVED = [int(h) for h in map(Hold, range(8)) if Hold.APPROVAL in h]  # with or without others


def dispatch(
    wake: Callable[[], None], waiting: Callable[[], int] = lambda: 0, *, seconds: float = LOOKING
) -> None:
    """Look again and again for `seconds`, and wake a worker for each post that is due.

    Wake-ups that are still `waiting` count, but for the first look: should a broker count wrongly,
    posts are late by a second and no more.
    """
    now = database_now()
    resume_elapsed(now)
    release_held_labels(now)
    release_held_posts(now)
    mark_late(now)
    fall_back(now)
    end = boottime() + seconds
    first = True
    while boottime() < end:
        needed = wakeups_needed(database_now())
        if needed and not first:
            needed -= waiting()
        for _ in range(needed):
            wake()
        first = False
        time.sleep(LOOK_EVERY)


def wakeups_needed(now: datetime) -> int:
    """Return how many workers should wake: no more than are due, are allowed, and are free."""
    if not (Post.objects.due(now).exists() or FollowUp.objects.due(now).exists()):
        return 0
    slots = sum(Heartbeat.objects.alive(now).senders().values_list("slots", flat=True))
    able = accounts_with_work(now).exclude(platform__in=_hanging(now, slots))
    rooms = dict(able.values_list("pk", F("max_in_flight") - F("in_flight")))
    if not rooms:
        return 0
    # At least one, so that a wake-up always waits.
    room = min(sum(rooms.values()), max(slots - Post.objects.publishing().count(), 1))
    due = Post.objects.due(now).filter(account__in=rooms)[:room].count()
    return due + FollowUp.objects.due(now).filter(account__in=rooms)[: room - due].count()


def _hanging(now: datetime, slots: int) -> list[int]:
    """Platforms that hold their share of the slots and are slow: no worker would take more."""
    sending = Post.objects.publishing().order_by().values("platform")
    held = list(
        sending.annotate(count=Count("pk"), oldest=Min("lease_until")).values_list(
            "platform", "count", "oldest"
        )
    )
    free = slots - sum(count for _, count, _ in held)
    return [
        platform
        for platform, count, oldest in held
        if has_its_share(count, free) and oldest < now + lease() - SLOW
    ]


def mark_late(now: datetime) -> int:
    """Apply the late policy to posts past their account's limit; return how many moved.

    Only posts that no worker ever took. Those held for approval are missed once they are due. Late
    ones that may still go out do so one by one.
    """
    moved = _unapproved(now) + _too_late(now)
    space_late(now)
    return moved


def _unapproved(now: datetime) -> int:
    waiting = Post.objects.scheduled().filter(
        ~Q(holds=0),  # so that the index of held posts serves
        holds__in=UNAPPROVED,
        due_at__lt=now,
        first_claimed_at=None,
        irrevocable=False,
    )
    sentence = "It was due and nobody had approved it. We did not send it."
    missed = [
        post
        for post in waiting.select_related("brand").order_by("due_at")[:BATCH]
        if _miss(post, sentence)
    ]
    for brand in {post.brand for post in missed}:
        nobody_asks(brand, now)
    return len(missed)


def _too_late(now: datetime) -> int:
    limit = ExpressionWrapper(now - F("account__late_limit"), output_field=DateTimeField())
    late = Post.objects.due(now).filter(due_at__lt=limit, first_claimed_at=None, irrevocable=False)
    late = late.exclude(account__late_policy=Account.LatePolicy.SEND).select_related("account")
    return sum(_miss_late(post, now) for post in late.order_by("due_at")[:BATCH])


def _miss_late(post: Post, now: datetime) -> bool:
    due = f"It was due at {post.due_at:%d %B %H:%M} UTC and is {_span(now, post.due_at)} late."
    if post.account.late_policy == Account.LatePolicy.SKIP:
        return _miss(post, f"{due} This account skips late posts.", Status.CANCELLED)
    return _miss(post, f"{due} We did not send it. Publish it now or choose a new time.")


def _span(now: datetime, due_at: datetime | None) -> str:
    late = now - due_at if due_at else timedelta()
    hours, minutes = divmod(int(late.total_seconds()) // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _miss(post: Post, sentence: str, new: Status = Status.MISSED) -> bool:
    with transaction.atomic():
        return bool(
            Post.objects.advance(
                post.pk,
                old=Status.SCHEDULED,
                new=new,
                actor="dispatcher",
                sentence=sentence,
                guards={"first_claimed_at": None, "version": post.version, "due_at": post.due_at,
                        "irrevocable": False, "holds": post.holds},
                values={"error_class": "", "error_sentence": sentence},
            )
        )  # fmt: skip
