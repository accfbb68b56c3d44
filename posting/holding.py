"""Holding a post back by hand, and letting it go again.

A hold is a flag beside the post's state: its time stays, and nothing is sent while the flag is set.
The claim asks for a post without flags in the same statement that takes it, so a hold that is set
in time always wins, and one that comes too late is refused.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from organisation.audit import record
from organisation.models import User
from posting.deciding import NotPossible
from posting.models import Post, PostEvent
from posting.states import Hold, Status
from posting.waking import wake_soon

HOLDABLE = (Status.READY, Status.SCHEDULED)
KEPT = ~int(Hold.PERSON) & 0xFF


def hold(post: Post, *, by: User, now: datetime) -> None:
    """Keep a waiting post from going out until it is released. Raises NotPossible."""
    if post.status not in HOLDABLE:
        raise NotPossible(f"The post is {_state(post)}. It cannot be held back any more.")
    if Hold.PERSON in post.held_by:
        raise NotPossible("The post is on hold already.")
    _flag(post, F("holds").bitor(int(Hold.PERSON)), by, "hold", f"{by} put it on hold.")


def release(post: Post, *, by: User, now: datetime) -> None:
    """End a hold. The post goes out at its time; past that, as late as its account allows."""
    if Hold.PERSON not in post.held_by:
        raise NotPossible("The post is not on hold.")
    _flag(post, F("holds").bitand(KEPT), by, "release", f"{by} ended its hold.")
    wake_soon()


def _flag(post: Post, holds: Any, by: User, verb: str, sentence: str) -> None:
    seen = Post.objects.filter(
        pk=post.pk, status=post.status, version=post.version, lease_token=post.lease_token
    )
    with transaction.atomic():
        if not seen.update(holds=holds, version=post.version + 1, updated_at=Now()):
            post.refresh_from_db()
            raise NotPossible(
                f"Something changed this post a moment ago; it is {_state(post)} now. "
                "Your change was not made."
            )
        PostEvent.objects.create(
            post=post, old=post.status, new=post.status, actor=str(by)[:150], sentence=sentence
        )
        record(verb, f"{sentence} {post}.", by=by, subject=post, brand=post.brand)
    post.refresh_from_db()


def _state(post: Post) -> str:
    return Status(post.status).label.lower()
