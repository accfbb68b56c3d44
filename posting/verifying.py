"""Looking again at posts that are out: some minutes afterwards, and once more after a day.

Platforms go on preparing videos after they said yes, moderate, and lose things; people delete.
So each post that can be read back is looked at twice. What was seen is an event of the post. One
that is not there is looked for again before anybody is told, since platforms lag; people are told
once, and once that it is there again. Nothing is ever sent from here.

The next look is a time on the post's own row, as for a post whose outcome is unknown, so that
publishing pays no extra row for it; and it is the work worker that looks, so that no look takes a
sending slot from a post.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from organisation.notices import open_notice, resolve_notice
from platforms.clock import boottime
from platforms.contract import ReadsBack
from platforms.errors import PlatformError
from platforms.looking import same_words
from platforms.models import Account
from platforms.values import Absent, CannotTell, Found, Sighting, Unpublished
from posting.bulkheads import QUICK
from posting.models import FollowUp, Post, PostEvent
from posting.reading import adapter_to_read, kept_for_posts
from posting.states import Status
from posting.storable import storable

log = logging.getLogger(__name__)

ACTOR = "verifier"
THERE = "Looked at the platform: it is there, as it was sent."
OTHERWISE = "Looked at the platform: it is there, with another text than ours."
GONE = "Looked at the platform: it is not there."
UNPREPARED = "Looked at the platform: it could not prepare the post, and nobody sees it."
UNTOLD = "Looked at the platform, which could not tell."
MISSING = (GONE, UNPREPARED)

FIRST = timedelta(minutes=5)  # after it came out
SECOND = timedelta(days=1)
LAST = timedelta(days=3)  # of one that is missing or cannot be read: after that nobody looks
ONCE_MORE = timedelta(minutes=10)  # before it is called missing
MISSED_SINCE = timedelta(hours=6)  # between looks at one that is missing, for the all-clear
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 360))  # when it cannot tell
BEFORE_ITS_END = timedelta(minutes=30)  # a story is not looked at any more
LEASE = timedelta(minutes=5)  # two workers never look at the same post at once
AT_ONCE = 50  # posts that one look at the table takes up
TICK = 30.0  # seconds after which one round begins no further look


@dataclass(frozen=True)
class Seen:
    """What one look found: the sentence of its event, and what it rests on."""

    sentence: str
    evidence: str

    @property
    def is_missing(self) -> bool:
        return self.sentence in MISSING


def first_look(account: Account, now: datetime) -> datetime | None:
    """Return when a post that is out since `now` is looked at; None where it cannot be read."""
    return now + FIRST if issubclass(account.platform.adapter, ReadsBack) else None


def last_seen(post: Post) -> PostEvent | None:
    """Return what the last look at a post that is out found; None before the first.

    Costs no question where the events are there already.
    """
    looks = [event for event in post.events.all() if event.actor == ACTOR]
    return looks[-1] if looks else None


def is_missing(post: Post) -> bool:
    """Whether the last look did not find a post that is out."""
    seen = last_seen(post)
    return post.status == Status.PUBLISHED and seen is not None and seen.sentence in MISSING


def verify(now: datetime, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Look at every post whose look is due, until the round's time is over; return how many.

    `stop` is asked before each: a worker that is told to end begins no other.
    """
    looked, end = 0, boottime() + TICK
    slow: set[int] = set()  # platforms that let this round wait
    while posts := _due(now, slow):
        for post in posts:
            if stop() or boottime() >= end:
                return looked
            began = boottime()
            if post.platform_id not in slow and look_at(post, now):
                looked += 1
            if boottime() - began > QUICK:
                slow.add(post.platform_id)
    return looked


def _due(now: datetime, slow: set[int]) -> list[Post]:
    able = Account.objects.able_to_send(now).exclude(platform__in=slow)
    due = Post.objects.published().filter(next_look_at__lte=now, account__in=able)
    return list(due.for_list().select_related("platform").order_by("next_look_at")[:AT_ONCE])


def look_at(post: Post, now: datetime) -> bool:
    """Look at one post. Returns False when another process does, or when it has to wait."""
    mine = Post.objects.published().filter(pk=post.pk, next_look_at=post.next_look_at)
    later = kept_for_posts(post.account, now)
    if not mine.update(next_look_at=later or now + LEASE, looks=F("looks") + (0 if later else 1)):
        return False
    if later:
        return False
    _note(post, _judge(post, _sighting(post)), now)
    return True


def _sighting(post: Post) -> Sighting:
    try:
        with adapter_to_read(post.account) as adapter:
            if not isinstance(adapter, ReadsBack):
                return CannotTell(f"{adapter.name} offers no way to look.")
            return adapter.read_back(post.remote_id, post.channel_type.slug)
    except PlatformError as error:
        return CannotTell(error.sentence)
    except Exception:  # whatever is wrong with one look, the others go on
        log.exception("post %s could not be looked at", post.pk)
        return CannotTell("The look failed because of a fault on our side.")


def _judge(post: Post, sighting: Sighting) -> Seen:
    match sighting:
        case Found(text=text):
            said = (post.snapshot or {}).get("text", "")
            if text is None or same_words(text, said) or _is_being_changed(post):
                return Seen(THERE, sighting.evidence)
            return Seen(OTHERWISE, f"It says there: {text}")
        case Absent():
            return Seen(GONE, sighting.evidence)
        case Unpublished():
            return Seen(UNPREPARED, sighting.evidence)
    return Seen(UNTOLD, sighting.evidence)


def _is_being_changed(post: Post) -> bool:
    edits = FollowUp.objects.filter(post=post, kind=FollowUp.Kind.EDIT)
    return edits.filter(state__in=(FollowUp.State.WAITING, FollowUp.State.SENDING)).exists()


def _note(post: Post, seen: Seen, now: datetime) -> None:
    """Write down what was seen, tell who has to know, and set the next look."""
    before = _told_before(post)
    known_missing = before is not None and before.sentence in MISSING
    with transaction.atomic():
        # A person, or a deletion that was asked for, may have moved it during the look.
        row = Post.objects.published().filter(pk=post.pk)
        if not row.update(next_look_at=_next(post, seen, known_missing, now)):
            return
        if seen.sentence == UNTOLD and _said_last(post, seen):
            return
        PostEvent.objects.create(
            post=post,
            old=Status.PUBLISHED,
            new=Status.PUBLISHED,
            actor=ACTOR,
            sentence=seen.sentence,
            evidence=storable(seen.evidence),
        )
        if seen.is_missing and known_missing:
            _tell(post, seen)
        elif known_missing and seen.sentence != UNTOLD:
            resolve_notice(f"vanished:{post.pk}", now, "It is there again.")


def _told_before(post: Post) -> PostEvent | None:
    """The last look that could tell something."""
    looks = post.events.filter(actor=ACTOR).exclude(sentence=UNTOLD)
    return looks.order_by("-pk").first()


def _said_last(post: Post, seen: Seen) -> bool:
    last = post.events.filter(actor=ACTOR).order_by("-pk").first()
    return last is not None and last.sentence == seen.sentence


def _tell(post: Post, seen: Seen) -> None:
    what = "is not there any more" if seen.sentence == GONE else "could not be prepared there"
    open_notice(
        f"vanished:{post.pk}",
        f"“{post.piece}” to {post.account} was taken and {what}. It is not sent again by itself. "
        "Look at the account, then decide on the post's page.",
        brand=post.brand_id,
        author_id=post.author_id,
    )


def _next(post: Post, seen: Seen, known_missing: bool, now: datetime) -> datetime | None:
    out_since = post.published_at or now
    if seen.is_missing and not known_missing:
        at = end = now + ONCE_MORE  # however late: nobody is told after one look
    elif seen.is_missing:
        at, end = now + MISSED_SINCE, out_since + LAST
    elif seen.sentence == UNTOLD:
        at, end = now + PAUSES[min(post.looks, len(PAUSES) - 1)], out_since + LAST
    else:
        at = end = out_since + SECOND
    if post.channel and post.channel.lasts:
        end = min(end, out_since + post.channel.lasts - BEFORE_ITS_END)
    return at if now < at <= end else None
