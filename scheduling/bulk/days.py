"""Days of a range by the clocks of accounts, as instants."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from platforms.models import Account
from scheduling.account_times import AccountTimes
from scheduling.bulk.asking import Asked
from scheduling.bulk.board import Span
from scheduling.walltime import zone_named
from scheduling.weekdays import falls_on

SOON = timedelta(minutes=2)  # nothing is proposed for a time before it can be confirmed


def whole_range(accounts: Iterable[Account], first: date, last: date) -> Span:
    """Return the instants that enclose these days in the zones of all of the accounts."""
    zones = {zone_named(account.timezone) for account in accounts}
    starts = [datetime.combine(first, time.min, tzinfo=zone).astimezone(UTC) for zone in zones]
    day_after = last + timedelta(days=1)
    ends = [datetime.combine(day_after, time.min, tzinfo=zone).astimezone(UTC) for zone in zones]
    return min(starts), max(ends)


def open_spans(asked: Asked, times: AccountTimes) -> list[Span]:
    """Return the hours of the days asked for, without days off and without what has passed."""
    found, day = [], asked.first
    while day <= asked.last:
        off = times.blackout_on(day) or times.holiday_on(day)
        if falls_on(asked.days, day) and not off:
            opens = times.instant(datetime.combine(day, asked.opens))
            closes = times.instant(datetime.combine(day, asked.closes))
            if (start := max(opens, asked.now + SOON)) < closes:
                found.append((start, closes))
        day += timedelta(days=1)
    return found
