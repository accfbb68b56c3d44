"""Sending a post before the others that are due on its account, and letting it take its turn again.

The claim asks for the account's due posts by priority first. A time is never changed by it: a post
that goes first goes first among those whose moment has come.
"""

from datetime import datetime

from organisation.models import User
from posting.altering import alter, state_of
from posting.deciding import NotPossible
from posting.models import Post
from posting.models.post import BEFORE_SENDING

FIRST, NORMAL = Post.Priority.FIRST, Post.Priority.NORMAL


def send_first(post: Post, *, by: User, now: datetime) -> None:
    """Let the post go before what else is due on its account. Raises NotPossible."""
    _refuse_if_gone(post)
    if post.priority == FIRST:
        raise NotPossible("The post goes first already. Nothing was changed.")
    sentence = f"{by} let it go before the others of its account."
    alter(post, by=by, verb="send first", sentence=sentence, priority=FIRST)


def send_in_turn(post: Post, *, by: User, now: datetime) -> None:
    """Let the post take its turn by its time again. Raises NotPossible."""
    _refuse_if_gone(post)
    if post.priority == NORMAL:
        raise NotPossible("The post takes its turn already. Nothing was changed.")
    sentence = f"{by} let it take its turn among the others again."
    alter(post, by=by, verb="send in turn", sentence=sentence, priority=NORMAL)


def _refuse_if_gone(post: Post) -> None:
    if post.status not in BEFORE_SENDING:
        raise NotPossible(f"The post is {state_of(post)}. Its place does not matter any more.")
