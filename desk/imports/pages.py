"""What the pages of imports show, and how their forms are read."""

import json
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict

from content.piece_table import VARIED
from content.tables.opening import Written
from desk.reviewing import Channel
from desk.views.review import channels_of
from organisation.models import Brand, User
from posting.deciding import NotPossible
from scheduling.importing.bringing import first_rows, guess_of, same_before
from scheduling.importing.columns import FIELDS, Guess
from scheduling.importing.confirming import has_left, why_not
from scheduling.importing.judging import Reading
from scheduling.importing.times import DAY_FIRST, MONTH_FIRST
from scheduling.models import Import

RECENT = 20
BAD_SHOWN = 100  # reasons on a page
ORDERS = (
    ("", "As the times themselves show"),
    (DAY_FIRST, "The day: 24/11/2026"),
    (MONTH_FIRST, "The month: 11/24/2026"),
)
State = Import.State


@dataclass(frozen=True)
class Column:
    """One column of the file, with what it is read as."""

    place: int
    name: str
    chosen: str
    sample: list[str]
    double: bool = False  # another has the same name


@dataclass(frozen=True)
class Told:
    """Why one row cannot be."""

    row: int
    column: str
    sentence: str


def recent_imports(brands: Sequence[Brand], now: datetime) -> list[Import]:
    """Return the newest imports that are open or done."""
    found = Import.objects.filter(brand__in=brands).select_related("by", "brand")
    expired = found.expired(now).values("pk")
    return list(found.exclude(pk__in=expired).order_by("-at", "-pk")[:RECENT])


class ImportPage:
    """One import as it stands now."""

    def __init__(self, imported: Import, user: User, now: datetime, page: int = 1) -> None:
        self.imported, self.user, self.now = imported, user, now
        self.number = max(page, 1)
        self.reading = Reading.of(imported.reading)

    @property
    def part(self) -> str:
        """The template of what is to be done next."""
        state = self.imported.state
        if not self.imported.confirmed_at and not self.imported.is_open(self.now):
            return "syndication/imports/_expired.html"
        if state in Import.WORKING:
            return "syndication/imports/_working.html"
        if state in (State.DONE, State.UNDONE):
            return "syndication/imports/_done.html"
        name = "columns" if state == State.COLUMNS else "checked"
        return f"syndication/imports/_{name}.html"

    @property
    def written(self) -> str:
        return Written(**self.imported.written).words

    @cached_property
    def guess(self) -> Guess:
        return guess_of(self.imported)

    @cached_property
    def columns(self) -> list[Column]:
        rows = first_rows(self.imported)
        head = self.imported.head or [""] * len(self.reading.columns)
        return [
            Column(
                place, name or f"Column {place + 1}", chosen,
                [row[place] for row in rows if row[place].strip()][:2],
                double=bool(name) and head.count(name) > 1,
            )
            for place, (name, chosen) in enumerate(zip(head, self.reading.columns, strict=True))
        ]  # fmt: skip

    @property
    def doubled(self) -> list[str]:
        return list(dict.fromkeys(one.name for one in self.columns if one.double))

    @cached_property
    def channels(self) -> list[Channel]:
        return channels_of(self.imported.brand)

    @property
    def own_choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What a channel may have of its own, by channel."""
        there = {f"{one.account.platform.slug}/{one.channel_type.slug}": str(one.channel_type.name)
                 for one in self.channels}  # fmt: skip
        asked = {name.partition(": ")[2]: "" for name in self.reading.columns if ": " in name}
        names = dict.fromkeys([*there, *asked])
        return [
            (name, [(f"{part}: {name}", f"{part.capitalize()} on {name}") for part in VARIED])
            for name in names
        ]

    @property
    def field_choices(self) -> list[tuple[str, str]]:
        return [(one.name, one.words) for one in FIELDS]

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        return ORDERS

    @property
    def zones(self) -> list[str]:
        return sorted(zoneinfo.available_timezones())

    @property
    def report(self) -> dict[str, Any]:
        return self.imported.report

    @property
    def bad(self) -> list[Told]:
        first = (self.number - 1) * BAD_SHOWN
        return [Told(*one) for one in self.report.get("bad", [])[first : first + BAD_SHOWN]]

    @property
    def pages(self) -> range:
        number = len(self.report.get("bad", []))
        return range(1, (number + BAD_SHOWN - 1) // BAD_SHOWN + 1)

    @cached_property
    def why_not(self) -> str:
        return why_not(self.imported, self.user)

    @cached_property
    def before(self) -> Import | None:
        return same_before(self.imported)

    @property
    def percent(self) -> int:
        return min(100 * self.imported.read // self.imported.rows, 100) if self.imported.rows else 0

    @cached_property
    def can_be_undone(self) -> bool:
        return self.imported.state == State.DONE and not has_left(self.imported)

    @cached_property
    def pieces(self) -> int:
        return self.imported.pieces.count()

    @cached_property
    def posts(self) -> int:
        return len(self.imported.made)


def reading_in(asked: QueryDict, imported: Import) -> Reading:
    """Return how the form says that the columns are read. Raises NotPossible for another file's."""
    width = len(imported.reading["columns"])
    names = [asked.get(f"column-{place}") for place in range(width)]
    if any(name is None for name in names):
        raise NotPossible("The form does not name every column. Nothing was checked. Try again.")
    order = asked.get("order", "")
    return Reading(
        columns=tuple(str(name)[:120] for name in names),
        headless=bool(asked.get("headless")),
        order=order if order in (DAY_FIRST, MONTH_FIRST) else "",
        zone=asked.get("zone", "").strip()[:64],
        to=tuple(dict.fromkeys(asked.getlist("to")))[:50],
        for_approval=bool(asked.get("for_approval")),
    )


def as_text(report: dict[str, Any]) -> str:
    """The report as the admin shows it."""
    return json.dumps(report, indent=1, ensure_ascii=False)
