"""Changing a value of a post that stays in its state: a hold, its priority.

One conditional UPDATE on what the person saw, with its event and its audit entry, so that a double
click or two people at once change it once.
"""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from organisation.audit import record
from organisation.models import User
from posting.deciding import NotPossible
from posting.models import Post, PostEvent
from posting.states import Status


def alter(post: Post, *, by: User | str, verb: str, sentence: str, **values: Any) -> None:
    """Set `values` on the post if it still is as it was read. Raises NotPossible else."""
    seen = Post.objects.filter(
        pk=post.pk, status=post.status, version=post.version, lease_token=post.lease_token
    )
    with transaction.atomic():
        if not seen.update(version=post.version + 1, updated_at=Now(), **values):
            post.refresh_from_db()
            raise NotPossible(
                f"Something changed this post a moment ago; it is {state_of(post)} now. "
                "Your change was not made."
            )
        PostEvent.objects.create(
            post=post, old=post.status, new=post.status, actor=str(by)[:150], sentence=sentence
        )
        record(verb, f"{sentence} {post}.", by=by, subject=post, brand=post.brand)
    post.refresh_from_db()


def state_of(post: Post) -> str:
    """Return the state as it stands in a sentence."""
    return Status(post.status).label.lower()
