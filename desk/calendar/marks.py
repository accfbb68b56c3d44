"""What a person should know of a planned post before its time: one list of marks for each.

The calendar, its side panel and the list of what needs a look show whatever stands here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from platforms.models import Account
from posting.states import Hold, Status
from scheduling.conflicts import Conflict, Kind

WAITING = (Status.SCHEDULED, Status.READY)
BRIEF = {
    Kind.GAP: "Too close",
    Kind.SAME_TEXT: "Same text",
    Kind.ALIKE: "Same elsewhere",
    Kind.STOPPED: "Cannot send",
    Kind.CREDENTIAL: "Token ends",
    Kind.HOURS: "Outside hours",
    Kind.BLACKOUT: "Blackout",
    Kind.HOLIDAY: "Holiday",
    Kind.BUDGET: "Day is full",
    Kind.QUOTA: "Over quota",
    Kind.APPROVAL: "Not approved",
}


@dataclass(frozen=True)
class Mark:
    """One thing to know. `grave`: as it stands the post will not go out."""

    icon: str  # of Font Awesome
    brief: str  # on the event, two words
    sentence: str
    grave: bool = False
    fix: str = ""  # the words of the button that leads to `url`
    url: str = ""
    says: Kind | None = None  # the conflict that would say the same

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        del told["says"]
        return {name: value for name, value in told.items() if value}


def marks_on(
    status: str, holds: int, due_at: datetime | None, account: Account, now: datetime
) -> list[Mark]:
    """Return the marks of a post in this state; nothing is asked of the database."""
    if status not in WAITING:
        return []
    return [*_of_account(account, due_at), *_of_holds(Hold(holds)), *_of_time(due_at, holds, now)]


def marks_of(conflicts: Iterable[Conflict], said: Iterable[Mark]) -> list[Mark]:
    """Return one mark for each conflict that `said` does not tell already."""
    known = {mark.says for mark in said}
    return [
        Mark(one.icon, BRIEF[one.kind], one.sentence, grave=one.stops)
        for one in conflicts
        if one.kind not in known
    ]


def _of_account(account: Account, due_at: datetime | None) -> Iterator[Mark]:
    url = reverse("desk:account", args=[account.pk])
    if account.state == Account.State.NEEDS_RECONNECT:
        sentence = f"{account.name} must be reconnected before then, or the post does not go out."
        icon, words = "triangle-exclamation", "Reconnect"
        yield Mark(icon, words, sentence, True, words, url, Kind.STOPPED)
    elif account.state == Account.State.PAUSED:
        until = account.paused_until
        if until is None or due_at is None or until > due_at:
            sentence = f"{account.name} is paused, and its posts wait until somebody resumes it."
            yield Mark("pause", "Paused", sentence, True, "Account", url, Kind.STOPPED)


def _of_holds(holds: Hold) -> Iterator[Mark]:
    if Hold.APPROVAL in holds:
        sentence = "Nobody has approved it as it stands."
        yield Mark("user-check", "Not approved", sentence, True, says=Kind.APPROVAL)
    if Hold.PERSON in holds:
        yield Mark("pause", "On hold", "Somebody put it on hold. It waits to be released.", True)
    if Hold.LABEL in holds:
        yield Mark("tag", "Label held", "A label of its piece is on hold, and it waits.", True)


def _of_time(due_at: datetime | None, holds: int, now: datetime) -> Iterator[Mark]:
    if due_at is not None and due_at < now and not holds:
        yield Mark("hourglass-half", "Due", "Its time has come. It goes out when its turn comes.")
