"""The conflicts of a post as pages tell them, and those that somebody left as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.words import zoned
from organisation.models import User
from posting.models import Post
from scheduling import solving
from scheduling.conflicts import Conflict, Verb, conflicts_of_posts
from scheduling.models import IgnoredConflict


@dataclass(frozen=True)
class Told:
    """Everything about the conflicts of one post."""

    post: Post
    conflicts: list[Conflict]
    left: list[IgnoredConflict]

    def __bool__(self) -> bool:
        return bool(self.conflicts or self.left)


def told_of(post: Post, now: datetime) -> Told:
    """Return the conflicts of a scheduled post; of others there is nothing to tell."""
    conflicts = conflicts_of_posts([post], now).get(post.pk, [])
    if post.due_at is None or post.due_at < now:
        return Told(post, conflicts, [])
    left = IgnoredConflict.objects.filter(post=post).select_related("by")
    return Told(post, conflicts, list(left))


def press(
    post: Post, conflict: Conflict, verb: str, *, by: User, now: datetime, note: str = ""
) -> str:
    """Do what a button beside a conflict says; return what was done, in a sentence.

    Raises NotPossible and ValidationError, with nothing changed.
    """
    return PRESSES[verb](post, conflict, by=by, now=now, note=note)


def _next_free(post: Post, conflict: Conflict, *, note: str, **who: Any) -> str:
    at = solving.next_free_time(post, conflict, **who)
    return f"It goes out at the next free time: {zoned(at)}."


def _spread(post: Post, conflict: Conflict, *, note: str, **who: Any) -> str:
    moved = solving.spread_out(post, **who)
    return f"Moved apart: {len(moved)} post{'' if len(moved) == 1 else 's'} of {post.account.name}."


def _swap(post: Post, conflict: Conflict, *, note: str, **who: Any) -> str:
    other = solving.swap(post, conflict, **who)
    return f"It changed times with “{other.piece}” and goes out {zoned(post.due_at)}."


def _ignore(post: Post, conflict: Conflict, *, note: str, **who: Any) -> str:
    solving.ignore(post, conflict, note=note, **who)
    return "Left as it is. It is told again when one of its facts changes."


PRESSES: dict[str, Callable[..., str]] = {
    Verb.NEXT_FREE: _next_free,
    Verb.SPREAD: _spread,
    Verb.SWAP: _swap,
    Verb.IGNORE: _ignore,
}
