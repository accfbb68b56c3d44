"""Times as tables have them: the wall time that is meant, whatever the order of day and month."""

import re
import zoneinfo
from datetime import datetime

from django.core.exceptions import ValidationError

from scheduling.walltime import FORMATS, parse_wall

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
_PARTED = re.compile(
    r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4}),?[ T]+"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?m\.?)?",
    re.IGNORECASE,
)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})", re.IGNORECASE
)


def wall_of(cell: str, zone: zoneinfo.ZoneInfo, order: str) -> tuple[datetime, int]:
    """Return the wall time that a cell means in the zone, and its fold.

    One with an offset, or with Z, is an instant, and becomes what the zone's clock shows then.
    `order` is DAY_FIRST, MONTH_FIRST or empty; then 03/04/2027 is refused. Raises ValidationError.
    """
    cell = cell.strip()
    if _INSTANT.fullmatch(cell):
        there = _instant(cell).astimezone(zone)
        return there.replace(tzinfo=None, fold=0), there.fold
    if found := _PARTED.fullmatch(cell):
        return _parted(cell, found, order), 0
    return parse_wall(cell), 0


def looks_like_a_time(cell: str) -> bool:
    """Whether a cell holds a date and time, in whatever order."""
    cell = cell.strip()
    return bool(_INSTANT.fullmatch(cell) or _PARTED.fullmatch(cell) or _is_wall(cell))


def _is_wall(cell: str) -> bool:
    for form in FORMATS:
        try:
            datetime.strptime(cell, form)  # noqa: DTZ007 (a wall time has no zone)
        except ValueError:
            continue
        return True
    return False


def _instant(cell: str) -> datetime:
    text = re.sub(r"\s*(Z|UTC)$", "+00:00", cell, flags=re.IGNORECASE).replace(" ", "T", 1)
    try:
        return datetime.fromisoformat(text.replace(" ", ""))
    except ValueError as error:
        raise _unreadable(cell) from error


def _parted(cell: str, found: "re.Match[str]", order: str) -> datetime:
    one, two, three = (int(found[place]) for place in (1, 2, 3))
    if len(found[1]) == 4:
        year, month, day = one, two, three
    else:
        year = three + 2000 if len(found[3]) == 2 else three
        day, month = _in_order(cell, one, two, order, dots="." in cell)
    hour = _hour(int(found[4]), (found[7] or "").lower().replace(".", ""))
    try:
        return datetime(year, month, day, hour, int(found[5]), int(found[6] or 0))  # noqa: DTZ001
    except ValueError as error:
        raise _unreadable(cell) from error


def _in_order(cell: str, one: int, two: int, order: str, *, dots: bool) -> tuple[int, int]:
    """The day and the month. With dots the day comes first everywhere."""
    if order == DAY_FIRST or dots or one == two:
        return one, two
    if order == MONTH_FIRST:
        return two, one
    if one > 12:
        return one, two
    if two > 12:
        return two, one
    raise ValidationError(
        f"{cell[:30]} may mean two days. Say above whether the day or the month comes first.",
        code="order",
    )


def _hour(hour: int, half: str) -> int:
    """The hour of 24; one that is none is refused as a time."""
    if not half:
        return hour
    if not 1 <= hour <= 12:
        return 99
    return hour % 12 + (12 if half == "pm" else 0)


def _unreadable(cell: str) -> ValidationError:
    return ValidationError(
        f"{cell[:40]} is not a date and time. Write it as 2026-11-24 09:30.", code="unreadable"
    )
