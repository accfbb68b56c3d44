"""Holding a post back by hand, and letting it go again.

A hold is a flag beside the post's state: its time stays, and nothing is sent while the flag is set.
The claim asks for a post without flags in the same statement that takes it, so a hold that is set
in time always wins, and one that comes too late is refused. It lasts until a person ends it, or
until the time that was said.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import F

from organisation.faults import logged
from organisation.models import User
from posting.altering import alter, state_of
from posting.deciding import NotPossible
from posting.models import Post
from posting.states import Hold, Status
from posting.waking import wake_soon

HOLDABLE = (Status.READY, Status.SCHEDULED)
KEPT = ~int(Hold.PERSON) & 0xFF
CLOCK = "clock"  # who releases what was held until a time
HELD = [int(holds) for holds in map(Hold, range(8)) if Hold.PERSON in holds]
BATCH = 500  # holds that one look of the dispatcher ends


def hold(post: Post, *, by: User, now: datetime, until: datetime | None = None) -> None:
    """Keep a waiting post from going out until then, or until it is released.

    Raises NotPossible; ValidationError for an end that has passed.
    """
    if post.status not in HOLDABLE:
        raise NotPossible(f"The post is {state_of(post)}. It cannot be held back any more.")
    if Hold.PERSON in post.held_by:
        raise NotPossible("The post is on hold already.")
    if until is not None and until <= now:
        raise ValidationError({"until": "This time has passed. Nothing was held."})
    lasts = f" until {until:%d %B %Y %H:%M} {until.tzname()}" if until else ""
    holds = F("holds").bitor(int(Hold.PERSON))
    sentence = f"{by} put it on hold{lasts}."
    alter(post, by=by, verb="hold", sentence=sentence, holds=holds, held_until=until)


def release(post: Post, *, by: User | str, now: datetime) -> None:
    """End a hold. The post goes out at its time; past that, as late as its account allows."""
    if Hold.PERSON not in post.held_by:
        raise NotPossible("The post is not on hold.")
    holds = F("holds").bitand(KEPT)
    sentence = f"{by} ended its hold."
    alter(post, by=by, verb="release", sentence=sentence, holds=holds, held_until=None)
    wake_soon()


def release_elapsed(now: datetime) -> None:
    """End the holds that were to last until now, each on its own."""
    over = Post.objects.filter(held_until__lte=now).select_related("piece", "account", "brand")
    for post in over.order_by("held_until")[:BATCH]:
        with logged(f"the hold of post {post.pk} could not be ended"):
            _end(post, now)


def _end(post: Post, now: datetime) -> None:
    try:
        release(post, by=CLOCK, now=now)
    except NotPossible:  # somebody was faster; what is held anew has an end of its own
        Post.objects.filter(pk=post.pk).exclude(holds__in=HELD).update(held_until=None)
