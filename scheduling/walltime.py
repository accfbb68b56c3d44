"""Wall-clock times: what a person means by “09:30 in London”, and the instant it stands for."""

import zoneinfo
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError

FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """Return the zone. Raises ValidationError when the pinned database does not know it."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            f"{name[:60] or 'An empty name'} is not a time zone. Use a name such as Europe/London.",
            code="unknown_zone",
        ) from error


def parse_wall(text: str) -> datetime:
    """Return the wall time as a naive datetime. Raises ValidationError unless it is a real date."""
    for form in FORMATS:
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007 (a wall time has no zone)
        except ValueError:
            continue
    raise ValidationError(
        f"{text[:40]} is not a date and time. Write it as 2026-11-24 09:30.", code="unreadable"
    )


def wall_text(wall: datetime) -> str:
    """Return a wall time as rows keep it: 2026-11-24T09:30:00."""
    return f"{wall:%Y-%m-%dT%H:%M:%S}"


def instant_of(wall: datetime, zone: zoneinfo.ZoneInfo, fold: int = 0) -> datetime:
    """Return the UTC instant of a wall time; `fold` 1 is the second of two equal ones.

    Raises ValidationError for a time that the clocks skip, with its two neighbours, and for one
    that lies outside the calendar.
    """
    if fold not in (0, 1):
        raise ValidationError("The fold of a time is 0 (the first) or 1 (the second).", code="fold")
    try:
        instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        there = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError as error:
        raise ValidationError(f"{wall} is outside the calendar.", code="unreadable") from error
    if there != wall.replace(fold=0):
        raise ValidationError(_gap_sentence(wall, zone), code="gap")
    return instant


def is_ambiguous(wall: datetime, zone: zoneinfo.ZoneInfo) -> bool:
    """Say whether the wall time happens twice, because the clocks go back."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset() and not _skipped(wall, zone)


def _skipped(wall: datetime, zone: zoneinfo.ZoneInfo) -> bool:
    there = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) != wall


def _gap_sentence(wall: datetime, zone: zoneinfo.ZoneInfo) -> str:
    before, after = neighbours(wall, zone)
    return (
        f"{wall:%H:%M} does not exist on {wall.day} {wall:%B %Y} in {zone.key}; the clocks go "
        f"forward. Choose {_named(before, wall)} or {_named(after, wall)}."
    )


def neighbours(wall: datetime, zone: zoneinfo.ZoneInfo) -> tuple[datetime, datetime]:
    """Return a skipped moment shifted out of its gap: backwards and forwards by its length."""
    # PEP 495: in a gap fold=0 uses the offset before it and fold=1 the offset after it.
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
    gap = after.replace(tzinfo=None) - wall
    return wall - max(gap, timedelta()), after.replace(tzinfo=None)


def _named(moment: datetime, near: datetime) -> str:
    """Name the time, and its day too where a gap of a whole day lies between."""
    if moment.date() == near.date():
        return f"{moment:%H:%M}"
    return f"{moment:%H:%M} on {moment.day} {moment:%B}"
