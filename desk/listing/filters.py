"""What a person asked to see, read from the address and written back into it."""

import zoneinfo
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from desk.listing.kinds import Kind, Sort
from desk.numbers import wholes

TEXT_MAX = 200  # characters of a search
MOST = 60  # values of one filter


@dataclass(frozen=True)
class Filters:
    """Filters as they stand in the address. What makes no sense is left out, never an error."""

    kind: Kind
    q: str = ""
    brand: tuple[int, ...] = ()
    platform: tuple[str, ...] = ()
    account: tuple[int, ...] = ()
    author: tuple[int, ...] = ()
    label: tuple[int, ...] = ()
    status: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    order: str = ""
    chosen: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def read(cls, kind: Kind, asked: QueryDict) -> "Filters":
        return cls(
            kind=kind,
            q=asked.get("q", "").replace("\x00", "").strip()[:TEXT_MAX],
            brand=_numbers(asked.getlist("brand")),
            platform=tuple(dict.fromkeys(asked.getlist("platform")))[:MOST],
            account=_numbers(asked.getlist("account")),
            author=_numbers(asked.getlist("author")),
            label=_numbers(asked.getlist("label")),
            status=tuple(s for s in kind.slices if s in asked.getlist("status")),
            first=_day(asked.get("from", "")),
            last=_day(asked.get("to", "")),
            order=asked.get("sort", ""),
        )

    @property
    def sort(self) -> Sort:
        return self.kind.sort((self.order or self.kind.default).lstrip("-"))

    @property
    def newest_first(self) -> bool:
        if not self.sort.both_ways:
            return False
        known = self.order.lstrip("-") == self.sort.key
        return (self.order if known else self.kind.default).startswith("-")

    @property
    def sorted_by(self) -> str:
        return f"-{self.sort.key}" if self.newest_first else self.sort.key

    @property
    def slices(self) -> tuple[str, ...]:
        return self.status or self.kind.slices

    @property
    def narrow(self) -> int:
        """How many filters are set."""
        dates = bool(self.first or self.last)
        lists = (self.brand, self.platform, self.account, self.author, self.label, self.status)
        return sum(map(bool, (self.q, *lists, dates)))

    @property
    def only_brands(self) -> bool:
        """Nothing narrows the list but its brands."""
        return self.narrow == bool(self.brand)

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return the range of dates as instants, in the viewer's zone, the end not included."""
        zone = timezone.get_current_timezone()
        first = _midnight(self.first, zone) if self.first else None
        last = _midnight(self.last + timedelta(days=1), zone) if self.last else None
        return first, last

    def query(self, **more: Any) -> str:
        """Return the filters as the query of an address, without those that say nothing."""
        asked = QueryDict(mutable=True)
        for name in ("brand", "platform", "account", "author", "label", "status"):
            asked.setlist(name, [str(value) for value in getattr(self, name)])
        one = {"q": self.q, "from": self.first, "to": self.last, "sort": self._unusual_order()}
        for name, value in {**one, **more}.items():
            if value:
                asked[name] = str(value)
        return asked.urlencode()

    def sorted(self, order: str) -> "Filters":
        return replace(self, order=order)

    def _unusual_order(self) -> str:
        return "" if self.sorted_by == self.kind.default else self.sorted_by


def _numbers(values: list[str]) -> tuple[int, ...]:
    return tuple(wholes(values))[:MOST]


def _day(value: str) -> date | None:
    """Return the day, or None for what is no day, or one too near the ends of the calendar."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 1970 < day.year < 2200 else None


def _midnight(day: date, zone: Any) -> datetime:
    midnight = datetime.combine(day, time.min, tzinfo=zone)
    return midnight.astimezone(zoneinfo.ZoneInfo("UTC"))
