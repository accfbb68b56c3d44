"""A rule said back in plain words, so that a person sees whether it is what they meant."""

from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Final

from scheduling.recurring.rules import DAYS, Rule

NAMES: Final = dict(
    zip(
        DAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
UNITS: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
WORKING: Final = DAYS[:5]


def in_words(rule: Rule, start: datetime) -> str:
    """Return a sentence such as “Every Monday and Thursday at 09:00, until 31 December 2026.”"""
    said = f"{_often(rule)}{_when(rule, start)}{_months(rule)} at {_times(rule, start)}"
    return f"{said}{_end(rule)}.{_skipping(rule, start)}"


def _often(rule: Rule) -> str:
    unit = UNITS[rule.freq]
    if rule.interval == 1:
        return f"Every {unit}"
    return f"Every {rule.interval} {unit}s"


def _when(rule: Rule, start: datetime) -> str:
    if rule.positions:
        which = _listed([_ordinal(position) for position in rule.positions])
        return f" on the {which} of {_candidates(rule)}"
    if rule.month_days:
        return f" on the {_listed([_month_day(day) for day in rule.month_days])}"
    if rule.days:
        return f" on {_listed([_day(nth, day) for nth, day in rule.days], _whole_week(rule))}"
    if rule.freq == "WEEKLY":
        return f" on {NAMES[DAYS[start.weekday()]]}"
    if rule.freq == "MONTHLY":
        return f" on the {_ordinal(start.day)}"
    if rule.freq == "YEARLY":
        if rule.months:
            return f" on the {_ordinal(start.day)}"
        return f" on {start.day} {MONTHS[start.month - 1]}"
    return ""


def _candidates(rule: Rule) -> str:
    if rule.month_days:
        return f"the days {_listed([_month_day(day) for day in rule.month_days])}"
    days = [day for _, day in rule.days]
    if tuple(days) == WORKING:
        return "the working days, Monday to Friday,"
    return f"all its {_listed([f'{NAMES[day]}s' for day in days])}"


def _whole_week(rule: Rule) -> str:
    """Monday to Friday is how people say it."""
    days = tuple(day for nth, day in rule.days if not nth)
    return "Monday to Friday" if days == WORKING and len(rule.days) == len(days) else ""


def _day(nth: int, day: str) -> str:
    return f"the {_ordinal(nth)} {NAMES[day]}" if nth else NAMES[day]


def _month_day(day: int) -> str:
    if day == -1:
        return "last day"
    return f"{_ordinal(-day)} day before the end" if day < -1 else _ordinal(day)


def _ordinal(number: int) -> str:
    if number < 0:
        return "last" if number == -1 else f"{_ordinal(-number)} last"
    teen = 10 <= number % 100 <= 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _months(rule: Rule) -> str:
    return f" in {_listed([MONTHS[month - 1] for month in rule.months])}" if rule.months else ""


def _times(rule: Rule, start: datetime) -> str:
    hours, minutes = rule.hours or (start.hour,), rule.minutes or (start.minute,)
    return _listed([f"{hour:02}:{minute:02}" for hour, minute in product(hours, minutes)])


def _end(rule: Rule) -> str:
    if rule.count is not None:
        return ", once" if rule.count == 1 else f", {rule.count} times in all"
    if rule.until is not None:
        return f", until {rule.until.day} {MONTHS[rule.until.month - 1]} {rule.until.year}"
    return ""


def _skipping(rule: Rule, start: datetime) -> str:
    """Say that short months have no such day: RFC 5545 skips them, and people expect otherwise."""
    if rule.freq not in {"MONTHLY", "YEARLY"} or rule.days:
        return ""
    days = rule.month_days or (start.day,)
    if rule.freq == "YEARLY" and not rule.month_days and not (start.month == 2 and start.day == 29):
        return ""
    longest = max(days)
    if longest < 29 or rule.positions:
        return ""
    return (
        f" Months without a {_ordinal(longest)} are skipped; choose “last day” to have one in each."
    )


def _listed(words: Sequence[str], instead: str = "") -> str:
    if instead:
        return instead
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
