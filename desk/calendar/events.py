"""The posts and notes between two days, as the browser draws them."""

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from desk.calendar.clock import Clock
from desk.calendar.marks import Mark, marks_of, marks_on
from desk.calendar.pale import Pale, marks_of_proposed, planned, proposed, shows_pale
from desk.listing.page import PostList
from desk.reach import Reach
from organisation.rights import PUBLISH_POST, WRITE_PIECE
from platforms.chips import glyph
from platforms.models import Account
from posting.chips import ICONS
from posting.models.post import PostQuerySet
from posting.states import Status
from scheduling.conflicts import Planned, conflicts_of
from scheduling.models import DayNote, Proposal
from scheduling.walltime import is_ambiguous

MOST = 5000  # posts drawn at once
# What a person may take to another time by hand. A cancelled post comes back by a verb of its own.
MOVABLE = (Status.SCHEDULED, Status.MISSED, Status.FAILED)
COLUMNS = (
    "pk", "version", "status", "due_at", "holds", "irrevocable", "account_id", "brand_id",
    "piece__title",
)  # fmt: skip
ASKED = (
    "pk", "account_id", "due_at", "holds", "piece_version_id", "platform__slug",
    "channel_type__slug",
)  # fmt: skip


@dataclass
class Window:
    """What stands between two days of a filtered calendar.

    Three questions to the database, one more for a proposal, and up to four where recurring plans
    go on beyond the posts that are made.
    """

    posts: PostList  # the filters, and whose posts
    reach: Reach
    clock: Clock
    first: date
    last: date  # not included
    now: datetime
    proposal: Proposal | None = None  # an open one, whose times are drawn pale

    def as_json(self) -> dict[str, Any]:
        """Everything the page draws. Wall times are those of the clock, without an offset."""
        rows = self._rows
        drawn = rows[:MOST]
        pale, more_pale = self._pale()
        seen = {row[6] for row in drawn} | {one.account.pk for one in pale}
        return {
            "posts": [self._event(*row) for row in drawn],
            "pale": [self._pale_event(one) for one in pale],
            "accounts": {pk: self._account(a) for pk, a in self._accounts.items() if pk in seen},
            "notes": [*self._notes()],
            "states": {s: {"icon": ICONS[s], "words": s.label} for s in Status},
            "cut": MOST if len(rows) > MOST else 0,
            "more_pale": more_pale,
            "now": f"{self.now.astimezone(self.clock.zone):%Y-%m-%dT%H:%M}",
        }

    def conflicts_as_json(self) -> dict[int | str, list[dict[str, Any]]]:
        """What speaks against the posts that are drawn, as marks by the id of each post, and
        against what is proposed, by its key.

        What the events say of a post themselves is not repeated. Seven questions beside those of
        the window, however many posts it holds.
        """
        waiting = self._found(Status.SCHEDULED).filter(due_at__gte=self.now)
        asked = [
            Planned(pk, account, at, f"{platform}/{channel}", pk, version, holds=holds)
            for pk, account, at, holds, version, platform, channel in waiting.values_list(*ASKED)[
                :MOST
            ]
        ]
        found = conflicts_of(asked, self.now)
        told: dict[int | str, list[Mark]] = {
            one.post: marks_of(
                found[one.key],
                marks_on(
                    Status.SCHEDULED, one.holds, one.at, self._accounts[one.account], self.now
                ),
            )
            for one in asked
        }
        if self.proposal:
            for key, marks in marks_of_proposed(self.proposal, self.now).items():
                told[key] = marks
        return {pk: [mark.as_json() for mark in marks] for pk, marks in told.items() if marks}

    @cached_property
    def _accounts(self) -> dict[int, Account]:
        return {account.pk: account for account in self.posts.accounts}

    @cached_property
    def _zones(self) -> dict[int, zoneinfo.ZoneInfo]:
        """The zone in which the posts of each account stand."""
        return {
            pk: zoneinfo.ZoneInfo(self.clock.of(account)) for pk, account in self._accounts.items()
        }

    @cached_property
    def _may_move(self) -> set[int]:
        return {brand.pk for brand in self.reach.where(PUBLISH_POST)}

    def _pale(self) -> tuple[list[Pale], bool]:
        """What is only proposed or planned, and whether plans hold more than that."""
        if not shows_pale(self.posts):
            return [], False
        first, last = self.clock.span(self.first, self.last)
        plans, more = planned(self.posts, first, last, self.now)
        if self.proposal and self.proposal.brand_id in self.posts.brand_ids:
            return [*proposed(self.proposal, self.posts.account_ids, first, last), *plans], more
        return plans, more

    def _pale_event(self, one: Pale) -> dict[str, Any]:
        wall, letters = self._wall(one.account.pk, one.at)
        return {
            "id": one.key, "a": one.account.pk, "t": one.title, "says": one.says,
            "icon": one.icon, "url": one.url, "at": wall.isoformat(timespec="seconds"), **letters,
        }  # fmt: skip

    @property
    def _shown(self) -> tuple[str, ...]:
        return tuple(self.posts.filters.status) or tuple(
            status for status in self.posts.kind.slices if status != Status.CANCELLED
        )

    def _found(self, *statuses: str) -> PostQuerySet:
        """The posts of the window in these states, as far as the filters show them."""
        start, end = self.clock.span(self.first, self.last)
        shown = [status for status in self._shown if status in statuses]
        found = self.posts.narrowed(self.posts.of_brands()).in_status(*shown)
        return found.filter(due_at__gte=start, due_at__lt=end).order_by("due_at", "pk")

    @cached_property
    def _rows(self) -> list[tuple[Any, ...]]:
        return list(self._found(*self._shown).values_list(*COLUMNS)[: MOST + 1])

    def _event(
        self, pk: int, version: int, status: str, due_at: datetime, holds: int, begun: bool,
        account_id: int, brand_id: int, title: str,
    ) -> dict[str, Any]:  # fmt: skip
        wall, letters = self._wall(account_id, due_at)
        movable = status in MOVABLE and not begun and brand_id in self._may_move
        event = {
            "id": pk, "v": version, "s": status, "a": account_id, "t": title, "go": movable,
            "at": wall.isoformat(timespec="seconds"), **letters,
        }  # fmt: skip
        account = self._accounts[account_id]
        if marks := marks_on(status, holds, due_at, account, self.now):
            event["marks"] = [mark.as_json() for mark in marks]
        return event

    def _wall(self, account: int, at: datetime) -> tuple[datetime, dict[str, str]]:
        """The wall time at which an account's post stands, and the zone's letters where needed."""
        zone = self._zones[account]
        there = at.astimezone(zone)
        wall = there.replace(tzinfo=None, fold=0)
        told = zone is not self.clock.zone or is_ambiguous(wall, zone)
        return wall, {"z": there.strftime("%Z")} if told else {}

    def _account(self, account: Account) -> dict[str, str]:
        return {
            "name": account.name,
            "platform": account.platform.name,
            "slug": account.platform.slug,
            "icon": glyph(account.platform),
            "zone": self.clock.of(account),
        }

    def _notes(self) -> Iterator[dict[str, Any]]:
        mine = {brand.pk for brand in self.reach.where(WRITE_PIECE)}
        found = DayNote.objects.filter(
            brand__in=self.posts.brand_ids, day__gte=self.first, day__lt=self.last
        )
        for pk, day, text, brand in found.values_list("pk", "day", "text", "brand"):
            yield {"id": pk, "day": f"{day}", "t": text, "go": brand in mine}
