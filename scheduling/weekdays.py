"""Days of the week as one number, and times of day as text."""

from datetime import date, time

from django.core.exceptions import ValidationError

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY = 0b1111111  # the sum of 1 for Monday … 64 for Sunday


def falls_on(days: int, day: date) -> bool:
    """Whether the day of the week of `day` is among `days`."""
    return bool(days & 1 << day.weekday())


def numbers(days: int) -> list[int]:
    """Return the days one by one, Monday being 0."""
    return [number for number in range(7) if days & 1 << number]


def named_days(days: int) -> str:
    """Say "Mon–Fri", "Mon, Wed" or "Every day"."""
    if days == EVERY_DAY:
        return "Every day"
    chosen = numbers(days)
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return f"{NAMES[chosen[0]][:3]}–{NAMES[chosen[-1]][:3]}"
    return ", ".join(NAMES[number][:3] for number in chosen)


def parse_clock(text: object) -> time:
    """Return a time of day such as "09:30". Raises ValidationError."""
    try:
        clock = time.fromisoformat(text if isinstance(text, str) else "")
    except ValueError as error:
        raise ValidationError(f"{str(text)[:20]} is not a time of day such as 09:30.") from error
    if clock.tzinfo is not None:
        raise ValidationError(f"{text} is a time of day without a zone: the account's own counts.")
    return clock
