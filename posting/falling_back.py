"""Sending in another way what cannot go out as planned, where an account is set up for that.

Two ways, both off by default. What is due while its platform has stopped an account goes out by the
account that stands in for it; and a post whose video is refused goes out without it. The post stays
one row: whoever sends it competes for the same lease, so it can go out one way or the other and
never both. It changes its way only while it is certain that nothing of it is out: no step that
creates is open or done. An unknown outcome never does, and waits to be looked for.

A person's pause is no reason: it means that nothing shall go out. Nor is a post moved that needs an
approval or was given one, since that is for one account and one content.
"""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef

from organisation.faults import logged
from organisation.models import Switch
from platforms.checking import limits_for, problems_of, stopping
from platforms.errors import PlatformError, VideoRefused
from platforms.models import Account
from posting.claims import Claim
from posting.journal import Journal
from posting.models import Approval, Post, PostEvent, PublishStep
from posting.states import Status

log = logging.getLogger(__name__)

ACTOR = "fallback"
BATCH = 100  # posts of one account that change their account in one round


class MayBeOut(Exception):
    """Found under the post's lock: a step began. The post stays as it is."""


def fall_back(now: datetime) -> int:
    """Give what is due of accounts that their platform stopped to those that stand in.

    Returns how many posts changed their account.
    """
    stopped = Account.objects.stopped_by_platform().filter(fallback__isnull=False)
    moved = 0
    for account in list(stopped.select_related("platform", "fallback__platform")):
        with logged(f"what is due of account {account.pk} could not be given to another"):
            moved += _move_due(account, account.fallback, now)
    return moved


def _move_due(account: Account, other: Account | None, now: datetime) -> int:
    if other is None or not other.can_send or not other.may_stand_in_for(account):
        return 0
    if account.needs_approval or other.needs_approval:
        return 0
    if Switch.objects.stopped_for(account.brand_id).exists():
        return 0
    begun = PublishStep.objects.filter(post=OuterRef("pk"), state=PublishStep.State.STARTED)
    approved = Approval.objects.filter(post=OuterRef("pk"))
    due = Post.objects.due(now).filter(
        ~Exists(begun), ~Exists(approved), account=account, irrevocable=False, meant_for=None
    )
    return sum(_move(post, account, other, now) for post in due.order_by("wake_at", "pk")[:BATCH])


def _move(post: Post, account: Account, other: Account, now: datetime) -> bool:
    """Let the other account send the post. False: it may be out, or somebody was faster."""
    copy = _free_copy(post, other)
    if copy is None:
        return False
    sentence = f"{account.name} cannot send. {account.state_reason}".strip()
    sentence = f"{sentence} The post goes out by {other.name} instead."
    mine = Post.objects.scheduled().filter(
        pk=post.pk,
        account=account,
        version=post.version,
        lease_token=post.lease_token,
        holds=0,
        irrevocable=False,
        meant_for=None,
    )
    try:
        with transaction.atomic():
            moved = mine.update(
                account=other,
                meant_for=account,
                copy=copy,
                version=F("version") + 1,
                wake_at=now,
                next_attempt_at=None,
                first_claimed_at=None,
                unanswered_claims=0,
                error_class="",
                error_sentence=sentence,
            )
            if moved:
                _begin_anew(post.pk, f"Done for {account.name}.")
                _note(post.pk, sentence)
    except (MayBeOut, IntegrityError) as refusal:
        log.info("post %s stays with its account: %r", post.pk, refusal)
        return False
    return bool(moved)


def _free_copy(post: Post, other: Account) -> int | None:
    """The number this post would have there; None: the piece has a post there already."""
    there = Post.objects.filter(
        piece=post.piece_id, account=other, channel_type=post.channel_type_id
    )
    if there.exclude(status__in=(Status.CANCELLED, Status.REMOVED)).exists():
        return None
    return int(there.aggregate(highest=Max("copy"))["highest"] or 0) + 1


def _begin_anew(post_pk: int, reason: str) -> None:
    """Void what was prepared for the first way, on a row that is locked. Raises MayBeOut."""
    steps = PublishStep.objects.filter(post=post_pk).exclude(state=PublishStep.State.VOID)
    if steps.exclude(kind=PublishStep.Kind.REPEATABLE).exists():
        raise MayBeOut(f"post {post_pk}")
    steps.update(state=PublishStep.State.VOID, void_reason=reason)


def _note(post_pk: int, sentence: str) -> None:
    PostEvent.objects.create(
        post_id=post_pk,
        old=Status.SCHEDULED,
        new=Status.SCHEDULED,
        actor=ACTOR,
        sentence=sentence,
    )


def goes_without_video(claim: Claim, journal: Journal, error: PlatformError) -> bool:
    """Whether a post that its platform refused for its video goes out without it.

    Asked by the worker that holds the claim, whose request was refused for certain.
    """
    account, rendition = claim.account, claim.rendition
    if not (isinstance(error, VideoRefused) and account.fallback_without_video):
        return False
    if claim.owner is not Post or claim.irrevocable or journal.has_created or not rendition.videos:
        return False
    if any(step.state == PublishStep.State.STARTED for step in claim.steps):
        return False
    adapter = account.platform.adapter
    reduced = replace(rendition, media=rendition.images)
    limits = limits_for(adapter, rendition.channel, account.facts, claim.channel_limits)
    if stopping(problems_of(adapter, reduced, limits)):
        return False
    approved = Approval.objects.filter(post=claim.pk).exists()
    return not (approved or account.needs_approval)


def without_video(now: datetime) -> dict[str, Any]:
    """Return what changes in a post that goes out without its video, at once."""
    return {
        "without_video": True,
        "wake_at": now,
        "next_attempt_at": now,
        "version": F("version") + 1,
    }


def void_prepared(claim: Claim) -> None:
    """What was prepared with the video is of no use without it."""
    PublishStep.objects.filter(post=claim.pk, kind=PublishStep.Kind.REPEATABLE).exclude(
        state=PublishStep.State.VOID
    ).update(state=PublishStep.State.VOID, void_reason="Prepared with the video.")
