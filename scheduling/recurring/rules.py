"""Recurrence rules as RFC 5545 writes them, checked, and the wall times they name.

Only rules whose meaning can be said back in words are taken: daily to yearly, several times of a
day at most. What a rule names are wall times without a zone, "every Monday at 09:00"; a zone turns
each into an instant in `instants`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from itertools import islice
from typing import Final

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST: Final = 300  # characters of a rule
MOST_TIMES: Final = 24  # of one day
FORM: Final = "%Y%m%dT%H%M%S"  # of UNTIL, as a wall time
LAST_YEAR: Final = 2200
# What each frequency may be narrowed by. RFC 5545 §3.3.10 allows more, in which people get lost.
PARTS: Final = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
}
ALWAYS: Final = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYHOUR", "BYMINUTE"}
NUMBERED_DAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True)
class Rule:
    """A rule that was checked. `count` and `until` (a wall time) end it; at most one is set."""

    freq: str
    interval: int = 1
    days: tuple[tuple[int, str], ...] = ()  # (0, "MO") each Monday; (2, "MO") the second; -1 last
    month_days: tuple[int, ...] = ()  # -1: the last day of the month
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()  # which of the days that match: -1 the last
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    week_start: str = "MO"
    count: int | None = None
    until: datetime | None = None

    @cached_property
    def text(self) -> str:
        """The rule as RFC 5545 writes it, always in the same order."""
        said = [f"FREQ={self.freq}"]
        if self.interval != 1:
            said.append(f"INTERVAL={self.interval}")
        for name, numbers in (
            ("BYMONTH", self.months),
            ("BYMONTHDAY", self.month_days),
            ("BYDAY", tuple(f"{nth or ''}{day}" for nth, day in self.days)),
            ("BYHOUR", self.hours),
            ("BYMINUTE", self.minutes),
            ("BYSETPOS", self.positions),
        ):
            if numbers:
                said.append(f"{name}={','.join(map(str, numbers))}")
        if self.week_start != "MO":
            said.append(f"WKST={self.week_start}")
        if self.count is not None:
            said.append(f"COUNT={self.count}")
        if self.until is not None:
            said.append(f"UNTIL={self.until:{FORM}}")
        return ";".join(said)

    def __str__(self) -> str:
        return self.text

    def ending(self, *, count: int | None = None, until: datetime | None = None) -> "Rule":
        """Return the same rule with another end, or with none."""
        return replace(self, count=count, until=until)

    def times(self, start: datetime, *, through: datetime) -> Iterator[datetime]:
        """Yield the wall times from `start`, oldest first, up to and with `through`.

        `start` counts only where it fits the rule. A rule that names no day at all (31 February)
        yields nothing and ends.
        """
        last = min(through, datetime(LAST_YEAR, 1, 1))  # noqa: DTZ001 (a wall time has no zone)
        if self.until is not None:
            last = min(last, self.until)
        # dateutil refuses an end by number and by date at once, and without a date it would look
        # for a day that never comes until the year 9999: so it is given the date, and we count.
        named = rrulestr(self.ending(until=last).text, dtstart=start)
        return islice(iter(named), self.count)

    def names(self, moment: datetime, start: datetime) -> bool:
        """Say whether this wall time is one of the rule's."""
        return moment in self.first_after(start, moment - timedelta(seconds=1))

    def first_after(self, start: datetime, moment: datetime, most: int = 1) -> list[datetime]:
        """Return the next wall times after `moment`, at most `most`."""
        far = datetime(LAST_YEAR, 1, 1)  # noqa: DTZ001
        return list(islice((one for one in self.times(start, through=far) if one > moment), most))


def parse_rule(text: str) -> Rule:
    """Return the rule. Raises ValidationError with what is wrong and what would be right."""
    words = text.strip().upper().removeprefix("RRULE:").strip(";")
    if len(words) > LONGEST:
        raise _refusal(f"The rule is longer than {LONGEST} characters.")
    parts = _parts(words)
    freq = parts.get("FREQ", "")
    if freq not in PARTS:
        raise _refusal(
            f"{freq or 'No frequency'} cannot be planned. Use FREQ=DAILY, WEEKLY, MONTHLY or "
            "YEARLY; for several times of a day add BYHOUR."
        )
    for name in parts:
        if name not in ALWAYS | PARTS[freq]:
            raise _refusal(f"{name} is not possible with FREQ={freq}.")
    rule = Rule(
        freq,
        interval=_numbers(parts, "INTERVAL", 1, 999, single=True)[0] if "INTERVAL" in parts else 1,
        days=_days(parts, freq),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        months=_numbers(parts, "BYMONTH", 1, 12),
        positions=_numbers(parts, "BYSETPOS", -31, 31),
        hours=_numbers(parts, "BYHOUR", 0, 23),
        minutes=_numbers(parts, "BYMINUTE", 0, 59),
        week_start=_week_start(parts),
        count=_numbers(parts, "COUNT", 1, 9999, single=True)[0] if "COUNT" in parts else None,
        until=_until(parts),
    )
    _check_together(rule)
    return rule


def _parts(words: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for word in words.split(";"):
        name, equals, value = (piece.strip() for piece in word.partition("="))
        if not equals or not value:
            raise _refusal(f"“{word[:40]}” is not a part of a rule, such as FREQ=WEEKLY.")
        if name in parts:
            raise _refusal(f"{name} stands there twice.")
        if name not in ALWAYS.union(*PARTS.values()):
            raise _refusal(f"{name[:40]} is not supported.")
        parts[name] = value
    return parts


def _numbers(
    parts: dict[str, str], name: str, least: int, most: int, *, single: bool = False
) -> tuple[int, ...]:
    if name not in parts:
        return ()
    numbers = []
    for word in parts[name].split(","):
        if not re.fullmatch(r"[+-]?[0-9]{1,4}", word.strip()):
            raise _refusal(f"{name} takes numbers, and {word[:20] or 'nothing'} is none.")
        number = int(word)
        if not least <= number <= most or (least < 0 and number == 0):
            raise _refusal(f"{name} takes numbers from {least} to {most}, not {number}.")
        numbers.append(number)
    if single and len(numbers) > 1:
        raise _refusal(f"{name} takes one number.")
    return tuple(sorted(set(numbers)))


def _days(parts: dict[str, str], freq: str) -> tuple[tuple[int, str], ...]:
    if "BYDAY" not in parts:
        return ()
    days = set()
    for word in parts["BYDAY"].split(","):
        match = NUMBERED_DAY.fullmatch(word.strip())
        if match is None:
            raise _refusal(f"“{word[:20]}” is not a day. Use {', '.join(DAYS)}, 1MO or -1FR.")
        days.add((int(match[1] or 0), match[2]))
    if freq in {"DAILY", "WEEKLY"} and any(nth for nth, _ in days):
        raise _refusal(f"With FREQ={freq} each weekday stands without a number.")
    if freq == "YEARLY" and any(nth for nth, _ in days) and "BYMONTH" not in parts:
        raise _refusal("For the first Monday of a month of each year, BYMONTH is missing.")
    return tuple(sorted(days, key=lambda day: (DAYS.index(day[1]), day[0])))


def _week_start(parts: dict[str, str]) -> str:
    day = parts.get("WKST", "MO")
    if day not in DAYS:
        raise _refusal(f"WKST takes one of {', '.join(DAYS)}.")
    return day


def _until(parts: dict[str, str]) -> datetime | None:
    """An end without a time of day includes that day. One in UTC is refused: plans have zones."""
    words = parts.get("UNTIL")
    if words is None:
        return None
    for form, whole_day in ((FORM, False), ("%Y%m%d", True)):
        try:
            end = datetime.strptime(words, form)  # noqa: DTZ007 (a wall time has no zone)
        except ValueError:
            continue
        return datetime.combine(end.date(), time(23, 59, 59)) if whole_day else end
    raise _refusal("UNTIL takes a date such as 20261231, or a time of the plan's own zone "
                   "such as 20261231T180000.")  # fmt: skip


def _check_together(rule: Rule) -> None:
    if rule.count is not None and rule.until is not None:
        raise _refusal("A rule ends by COUNT or by UNTIL, not by both.")
    if rule.positions and not (rule.days or rule.month_days):
        raise _refusal("BYSETPOS chooses among days; BYDAY or BYMONTHDAY is missing.")
    if rule.positions and any(nth for nth, _ in rule.days):
        raise _refusal("BYSETPOS and numbered days such as 2MO do not go together.")
    if rule.positions and (rule.hours or rule.minutes):
        raise _refusal("BYSETPOS does not go together with several times of a day.")
    if rule.days and rule.month_days:
        raise _refusal("Choose weekdays or days of the month, not both.")
    if rule.freq == "YEARLY" and (rule.days or rule.month_days) and not rule.months:
        raise _refusal("Every year on these days: in which months? BYMONTH is missing.")
    if rule.minutes and not rule.hours:
        raise _refusal("BYMINUTE needs BYHOUR: at which hours?")
    if len(rule.hours) * max(len(rule.minutes), 1) > MOST_TIMES:
        raise _refusal(f"At most {MOST_TIMES} times a day.")


def _refusal(sentence: str) -> ValidationError:
    return ValidationError(sentence, code="rule")
