"""What a person should know of a planned post before its time: one list of marks for each.

The calendar, its side panel and the list of what needs a look show whatever stands here.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from platforms.models import Account
from posting.states import Hold, Status

WAITING = (Status.SCHEDULED, Status.READY)


@dataclass(frozen=True)
class Mark:
    """One thing to know. `grave`: as it stands the post will not go out."""

    icon: str  # of Font Awesome
    brief: str  # on the event, two words
    sentence: str
    grave: bool = False
    fix: str = ""  # the words of the button that leads to `url`
    url: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def marks_on(
    status: str, holds: int, due_at: datetime | None, account: Account, now: datetime
) -> list[Mark]:
    """Return the marks of a post in this state; nothing is asked of the database."""
    if status not in WAITING:
        return []
    return [*_of_account(account, due_at), *_of_holds(Hold(holds)), *_of_time(due_at, holds, now)]


def _of_account(account: Account, due_at: datetime | None) -> Iterator[Mark]:
    url = reverse("desk:account", args=[account.pk])
    if account.state == Account.State.NEEDS_RECONNECT:
        sentence = f"{account.name} must be reconnected before then, or the post does not go out."
        yield Mark("triangle-exclamation", "Reconnect", sentence, True, "Reconnect", url)
    elif account.state == Account.State.PAUSED:
        until = account.paused_until
        if until is None or due_at is None or until > due_at:
            sentence = f"{account.name} is paused, and its posts wait until somebody resumes it."
            yield Mark("pause", "Paused", sentence, True, "Account", url)


def _of_holds(holds: Hold) -> Iterator[Mark]:
    if Hold.APPROVAL in holds:
        yield Mark("user-check", "Not approved", "Nobody has approved it as it stands.", True)
    if Hold.PERSON in holds:
        yield Mark("pause", "On hold", "Somebody put it on hold. It waits to be released.", True)
    if Hold.LABEL in holds:
        yield Mark("tag", "Label held", "A label of its piece is on hold, and it waits.", True)


def _of_time(due_at: datetime | None, holds: int, now: datetime) -> Iterator[Mark]:
    if due_at is not None and due_at < now and not holds:
        yield Mark("hourglass-half", "Due", "Its time has come. It goes out when its turn comes.")
