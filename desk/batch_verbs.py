"""What one press does to a post of a batch, or to all of its posts that it fits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.decisions import (
    can_be_cancelled,
    can_be_held,
    failed_without_trace,
    has_a_time,
    is_held,
)
from posting import deciding, holding
from posting.models import Post
from posting.states import Status
from scheduling import timing
from scheduling.batching import TAKE_BACK_MAX

TAKE_BACK = timedelta(seconds=TAKE_BACK_MAX)


@dataclass(frozen=True)
class Verb:
    """What one press does to a post of the batch, or to all that it fits."""

    slug: str
    words: str
    icon: str
    act: Callable[..., Any]  # (post, *, by, now)
    fits: Callable[[Post, datetime], bool]
    done: str
    for_all: str = ""  # on the button for all that it fits; empty: only for one
    for_one: bool = True


def can_be_taken_back(post: Post, now: datetime) -> bool:
    """Asked to go now, and still inside the seconds in which that can be undone."""
    leaves = post.wake_at is not None and now < post.wake_at <= now + TAKE_BACK
    return leaves and has_a_time(post, now) and not post.error_sentence


def can_be_dropped(post: Post, now: datetime) -> bool:
    return can_be_cancelled(post, now) and not can_be_taken_back(post, now)


def may_be_held(post: Post, now: datetime) -> bool:
    waits = post.status == Status.SCHEDULED and not can_be_taken_back(post, now)
    return waits and can_be_held(post, now)


VERBS = (
    Verb("take-back", "Take back", "rotate-left", timing.unschedule, can_be_taken_back,
         "taken back and ready, without a time", for_all="Take back all"),
    Verb("retry", "Retry", "rotate-right", deciding.retry, failed_without_trace,
         "on the way again", for_all="Retry all failed"),
    Verb("hold", "Hold", "pause", holding.hold, may_be_held,
         "on hold until released", for_all="Hold what is waiting", for_one=False),
    Verb("release", "Release", "play", holding.release, is_held, "no longer on hold",
         for_all="Release what is on hold"),
    Verb("cancel", "Cancel", "ban", deciding.cancel, can_be_dropped, "cancelled"),
)  # fmt: skip
BY_SLUG = {verb.slug: verb for verb in VERBS}
