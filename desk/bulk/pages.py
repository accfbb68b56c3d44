"""What the pages of templates and proposals show."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from desk.calendar.clock import zone_words
from organisation.models import Brand
from posting.models import Post
from scheduling.bulk.confirming import STAYS
from scheduling.bulk.looking import Look, Seen
from scheduling.bulk.ways import BY_SLUG
from scheduling.models import Proposal, ProposedPost, ScheduleTemplate

SIZE = 50  # templates on a page
ROWS = 100  # posts of a proposal on a page
RECENT = 10


@dataclass
class TemplateList:
    """Templates of the brands shown, the newest first. Four queries."""

    brands: list[Brand]
    before: int

    @cached_property
    def _page(self) -> list[ScheduleTemplate]:
        found = ScheduleTemplate.objects.filter(brand__in=self.brands).select_related("brand")
        if self.before:
            found = found.filter(pk__lt=self.before)
        steps = ("steps__account__platform", "steps__channel_type__platform")
        return list(found.prefetch_related(*steps).order_by("-pk")[: SIZE + 1])

    @property
    def rows(self) -> list[ScheduleTemplate]:
        return self._page[:SIZE]

    @property
    def older(self) -> int:
        """The template below which the next page begins; 0 on the last."""
        return self._page[SIZE - 1].pk if len(self._page) > SIZE else 0


def recent_proposals(brands: Sequence[Brand], now: datetime) -> list[Proposal]:
    """Return the newest proposals that are open or were confirmed."""
    found = Proposal.objects.filter(brand__in=brands).select_related("by", "brand")
    expired = found.expired(now).values("pk")
    return list(found.exclude(pk__in=expired).order_by("-at", "-pk")[:RECENT])


@dataclass(frozen=True)
class ProposedRow:
    """One post of a proposal by both clocks."""

    seen: Seen

    @property
    def item(self) -> ProposedPost:
        return self.seen.item

    @property
    def there(self) -> str:
        """Tue 24 Nov 2026 09:00 GMT, by the account's clock."""
        if self.item.due_at is None:
            return ""
        wall = self.item.due_at.astimezone(zoneinfo.ZoneInfo(self.item.account.timezone))
        return f"{wall:%a} {wall.day} {wall:%b %Y %H:%M %Z}"

    @property
    def zone(self) -> str:
        return self.item.account.timezone

    @property
    def here(self) -> str:
        """The same by the viewer's clock, where that shows something else."""
        if self.item.due_at is None:
            return ""
        mine = timezone.localtime(self.item.due_at)
        theirs = self.item.due_at.astimezone(zoneinfo.ZoneInfo(self.zone))
        if mine.replace(tzinfo=None) == theirs.replace(tzinfo=None):
            return ""
        return f"{mine:%a} {mine.day} {mine:%b %H:%M %Z}"

    @property
    def field_value(self) -> str:
        """What the field for another time begins with."""
        if self.item.due_at is None:
            return ""
        there = self.item.due_at.astimezone(zoneinfo.ZoneInfo(self.zone))
        return f"{there:%Y-%m-%dT%H:%M}"

    @property
    def look(self) -> str:
        if self.item.left_out:
            return "cancelled"
        return "failed" if self.seen.stops else "unconfirmed" if self.seen.warns else "scheduled"


@dataclass(frozen=True)
class Tab:
    slug: str
    words: str
    number: int
    current: bool


class ProposalPage:
    """A proposal as it stands now, a page of its rows at a time."""

    def __init__(self, proposal: Proposal, now: datetime, show: str = "", page: int = 1) -> None:
        self.proposal, self.now = proposal, now
        self.look = Look(proposal, now)
        self.show = show if show in {"stopped", "warned", "out"} else ""
        self.number = max(page, 1)

    @property
    def way(self) -> str:
        way = BY_SLUG.get(self.proposal.way)
        return way.words if way else self.proposal.way

    @property
    def is_open(self) -> bool:
        return self.proposal.is_open(self.now)

    @property
    def expired(self) -> bool:
        return self.proposal.confirmed_at is None and not self.is_open

    @cached_property
    def _shown(self) -> list[Seen]:
        if not self.is_open:  # nothing can be changed, and what was made speaks for itself
            return [Seen(one, (), ()) for one in self.look.items]
        return {
            "": self.look.seen,
            "stopped": self.look.stopped,
            "warned": self.look.warned,
            "out": [one for one in self.look.seen if one.item.left_out],
        }[self.show]

    @property
    def rows(self) -> list[ProposedRow]:
        first = (self.number - 1) * ROWS
        return [ProposedRow(one) for one in self._shown[first : first + ROWS]]

    @property
    def earlier(self) -> int:
        """The page before this one; 0 on the first."""
        return self.number - 1

    @property
    def later(self) -> int:
        """The page after this one; 0 on the last."""
        return self.number + 1 if len(self._shown) > self.number * ROWS else 0

    @property
    def tabs(self) -> list[Tab]:
        look = self.look
        numbers = (
            ("", "All", len(look.seen)),
            ("stopped", "Cannot go", len(look.stopped)),
            ("warned", "To know", len(look.warned)),
            ("out", "Left out", look.left_out),
        )
        return [
            Tab(slug, words, number, slug == self.show)
            for slug, words, number in numbers
            if number or slug in ("", self.show)
        ]

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last time that would be given."""
        times = [one.item.due_at for one in self.look.going if one.item.due_at]
        return (min(times), max(times)) if times else None

    @property
    def first_day(self) -> str:
        """The day on which the calendar begins to show it."""
        return f"{timezone.localtime(self.span[0]):%Y-%m-%d}" if self.span else ""

    @property
    def fixable(self) -> int:
        """How many another time may help."""
        return sum(one.can_move for one in self.look.going)

    @property
    def clock(self) -> str:
        """The viewer's clock in words."""
        here = timezone.get_current_timezone()
        return zone_words(zoneinfo.ZoneInfo(str(here)), self.now)

    @cached_property
    def can_be_undone(self) -> bool:
        """Whether it is confirmed, and none of its posts has left."""
        if self.proposal.confirmed_at is None or self.proposal.undone_at is not None:
            return False
        posts = Post.objects.filter(proposed__proposal=self.proposal)
        return not posts.exclude(status__in=STAYS).exists()
