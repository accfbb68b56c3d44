"""By whose clock the calendar is read: the viewer's, an account's, or each account's own."""

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError

from desk.words import place
from platforms.models import Account
from scheduling.walltime import zone_named

OWN = "own"  # each account's own zone
LONGEST = 62  # days that are looked at together: a month with the weeks it lies in, twice


class BadWindow(ValueError):
    """The days asked for are none, or too many."""


@dataclass(frozen=True)
class Clock:
    """The zone of the page. With `own`, posts stand at the wall time of their own account."""

    zone: zoneinfo.ZoneInfo
    own: bool = False

    @classmethod
    def read(cls, asked: str, viewers: zoneinfo.ZoneInfo) -> "Clock":
        """What the address asks for; the viewer's own where it names no zone."""
        if asked == OWN:
            return cls(viewers, own=True)
        try:
            return cls(zone_named(asked)) if asked else cls(viewers)
        except ValidationError:
            return cls(viewers)

    @property
    def value(self) -> str:
        """As it stands in the address."""
        return OWN if self.own else self.zone.key

    def of(self, account: Account) -> str:
        """The name of the zone in which a post of this account is shown and moved."""
        return account.timezone if self.own else self.zone.key

    def span(self, first: date, last: date) -> tuple[datetime, datetime]:
        """Return the instants between two days, the second not included. Raises BadWindow."""
        if not 0 < (last - first).days <= LONGEST:
            raise BadWindow(f"The calendar shows from one day to {LONGEST} at once.")
        more = timedelta(days=1) if self.own else timedelta()  # accounts are ahead or behind
        return self._midnight(first - more), self._midnight(last + more)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True)
class ZoneChoice:
    """One entry of the page's list of zones."""

    value: str
    words: str
    chosen: bool


def choices(
    clock: Clock, viewers: zoneinfo.ZoneInfo, accounts: Iterable[Account], now: datetime
) -> list[ZoneChoice]:
    """The viewer's zone, those of the accounts, and each account's own where they differ."""
    named = {viewers.key: f"{zone_words(viewers, now)}, yours"}
    for account in accounts:
        words = f"{zone_words(zone_named(account.timezone), now)}, {account.name}"
        named.setdefault(account.timezone, words)
    if not clock.own:
        named.setdefault(clock.zone.key, zone_words(clock.zone, now))
    found = [ZoneChoice(name, words, name == clock.value) for name, words in named.items()]
    if len(found) > 1:
        found.append(ZoneChoice(OWN, "Each account’s own zone", clock.own))
    return found


def zone_words(zone: zoneinfo.ZoneInfo, at: datetime) -> str:
    """London, GMT (UTC+0); where a zone has no letters of its own: Kathmandu (UTC+5:45)."""
    here = at.astimezone(zone)
    minutes = int((here.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    letters = here.strftime("%Z")
    named = f", {letters}" if letters.isalpha() and letters != zone.key else ""
    return f"{place(zone.key)}{named} ({offset})"
