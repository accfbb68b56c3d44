"""Blackout days out of a calendar file: school holidays, trade fairs, the company's own days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from icalendar import Calendar

from organisation.models import Brand, User
from platforms.models import Account
from scheduling.models import Blackout
from scheduling.setting import add_blackout

LARGEST: Final = 1_000_000  # bytes
MOST: Final = 500  # entries taken from one file
LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True)
class DaysOff:
    """One entry: the first and the last day, and what it is."""

    first: date
    last: date
    why: str


@dataclass(frozen=True)
class Taken:
    """What became of a file."""

    added: int
    there: int  # were blackouts already
    left_out: int  # past, repeating, or unreadable


def read_days_off(data: bytes, today: date) -> tuple[list[DaysOff], int]:
    """Return the entries that are still to come, and how many were left out.

    Whole days stay whole; an entry with times takes the days it touches. Repeating entries are left
    out: a file of holidays names each day. Raises ValidationError for what is no calendar file.
    """
    if len(data) > LARGEST:
        raise ValidationError("The file is larger than 1 MB. Nothing was taken from it.")
    try:
        events = list(Calendar.from_ical(data).walk("VEVENT"))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValidationError(
            "This is no calendar file (.ics). Nothing was taken from it. "
            "Export the calendar as iCalendar and try that file."
        ) from error
    found = [days for event in events for days in _days(event) if days.last >= today]
    if len(found) > MOST:
        raise ValidationError(
            f"The file has {len(found)} entries to come, and {MOST} are the most. "
            "Nothing was taken from it."
        )
    return found, len(events) - len(found)


def take_days_off(
    data: bytes, brand: Brand, account: Account | None, *, by: User, today: date
) -> Taken:
    """Make a blackout of each entry to come, once however often the file is given.

    Raises ValidationError, with nothing made.
    """
    found, left_out = read_days_off(data, today)
    there = {
        (row.first, row.last, row.why)
        for row in Blackout.objects.filter(brand=brand, account=account, last__gte=today)
    }
    new = [days for days in found if (days.first, days.last, days.why) not in there]
    with transaction.atomic():
        for days in dict.fromkeys(new):
            add_blackout(brand, account, days.first, days.last, days.why, by=by)
    return Taken(len(set(new)), len(found) - len(new), left_out)


def _days(event: Any) -> Iterator[DaysOff]:
    """The days of one event; none of one that repeats or has no readable time."""
    try:
        start = event.decoded("dtstart")
        end = event.decoded("dtend") if "dtend" in event else None
        length = event.decoded("duration") if "duration" in event else timedelta()
    except (KeyError, ValueError, TypeError, AttributeError):
        return
    if "rrule" in event or "rdate" in event or not isinstance(start, date):
        return
    if end is None:
        end = start + length
    first, last = _day(start), _day(end)
    whole_days = not isinstance(start, datetime)
    midnight = isinstance(end, datetime) and end.time().replace(tzinfo=None) == datetime.min.time()
    if last > first and (whole_days or midnight):
        last -= timedelta(days=1)  # RFC 5545: the end is not part of it
    if first <= last <= first + LONGEST:
        why = "".join(c for c in str(event.get("summary", "")) if c.isprintable()).strip()
        yield DaysOff(first, last, why[:120] or "Day off")


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
