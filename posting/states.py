"""The states of a post and the moves between them, as data."""

from enum import IntFlag
from typing import Final

from django.db import models


class Status(models.TextChoices):
    READY = "ready", "Ready"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHING = "publishing", "Publishing"
    PUBLISHED = "published", "Published"
    FAILED = "failed", "Failed"
    UNCONFIRMED = "unconfirmed", "Unconfirmed"
    MISSED = "missed", "Missed"
    CANCELLED = "cancelled", "Cancelled"
    REMOVED = "removed", "Removed"


MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.READY: frozenset({Status.SCHEDULED, Status.CANCELLED}),
    Status.SCHEDULED: frozenset(
        {Status.READY, Status.PUBLISHING, Status.MISSED, Status.CANCELLED, Status.FAILED}
    ),
    Status.PUBLISHING: frozenset(
        {Status.SCHEDULED, Status.PUBLISHED, Status.FAILED, Status.UNCONFIRMED}
    ),
    Status.UNCONFIRMED: frozenset({Status.PUBLISHED, Status.SCHEDULED, Status.FAILED}),
    Status.PUBLISHED: frozenset({Status.REMOVED}),
    # Removed: what was out of a thread that failed half way.
    Status.FAILED: frozenset({Status.SCHEDULED, Status.READY, Status.CANCELLED, Status.REMOVED}),
    Status.MISSED: frozenset({Status.SCHEDULED, Status.READY, Status.CANCELLED}),
    # Missed: given up among the late ones, and that was taken back.
    Status.CANCELLED: frozenset({Status.SCHEDULED, Status.READY, Status.MISSED}),
    Status.REMOVED: frozenset(),
}


class IllegalMove(ValueError):
    """A move the table does not know: a bug in the caller, never a lost race."""


def check_move(old: str, new: str) -> None:
    """Raise IllegalMove unless the table allows it."""
    if Status(new) not in MOVES[Status(old)]:
        raise IllegalMove(f"A post never goes from {old} to {new}.")


class Hold(IntFlag):
    """Why a due post waits. Kept as bits in `Post.holds`; 0 means nothing holds it."""

    NONE = 0
    APPROVAL = 1
    PERSON = 2
    LABEL = 4


# Somebody put the post, or a label of its piece, on hold.
BY_PEOPLE: Final = Hold.PERSON | Hold.LABEL
