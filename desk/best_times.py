"""Best times as pages show them: the sentences, the table of the week, and where they come from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.best_times import Confidence, Judged, Suggestion, Week, factor, hours_of
from analytics.priors import DAYS
from platforms.models import Account
from posting.models import Post
from scheduling.suggesting import Proposal, free_suggestions
from scheduling.walltime import wall_text

BEST = 3  # sentences on the page of an account
AHEAD = timedelta(days=7)
# How a cell is tinted, by its factor. The number stands in it; the tint only helps the eye.
STEPS = ((1.3, "up-2"), (1.1, "up-1"), (0.9, "even"), (0.75, "down-1"), (0.0, "down-2"))
SURELY = {
    Confidence.HIGH: "high confidence",
    Confidence.MEDIUM: "medium confidence",
    Confidence.LOW: "low confidence",
}
ICONS = {
    Confidence.HIGH: "signal",
    Confidence.MEDIUM: "circle-half-stroke",
    Confidence.LOW: "circle-question",
}


@dataclass(frozen=True)
class Cell:
    """One hour of the week."""

    judged: Judged

    @property
    def factor(self) -> str:
        return factor(self.judged.score)

    @property
    def posts(self) -> int:
        return self.judged.facts.posts

    @property
    def look(self) -> str:
        return next(look for least, look in STEPS if self.judged.score >= least)

    @property
    def surely(self) -> str:
        return SURELY[self.judged.confidence]


@dataclass(frozen=True)
class BestTimes:
    """The panel of an account."""

    week: Week
    next: list[Suggestion]  # the best that are free

    @property
    def days(self) -> tuple[str, ...]:
        return DAYS

    @property
    def best(self) -> list["Told"]:
        return [Told(one) for one in self.next]

    @property
    def rows(self) -> Iterator[tuple[str, list[Cell]]]:
        """Each hour of the day with its seven days."""
        for hour in range(24):
            yield (
                f"{hour:02}:00",
                [Cell(self.week.hours[weekday, hour]) for weekday in range(len(DAYS))],
            )

    @property
    def source(self) -> str:
        return self.week.prior.url


@dataclass(frozen=True)
class Told:
    """One suggestion in words."""

    suggestion: Suggestion

    @property
    def when(self) -> str:
        """Tue 24 Nov 10:00 GMT."""
        at = self.suggestion.at
        return f"{at:%a} {at.day} {at:%b} {at:%H:%M %Z}"

    @property
    def wall(self) -> str:
        """As forms carry it: 2026-11-24T10:00:00."""
        return wall_text(self.suggestion.at)

    @property
    def because(self) -> str:
        return self.suggestion.reason

    @property
    def surely(self) -> str:
        """What the pages add: how sure, and where the truth lies four times in five."""
        low, high = factor(self.suggestion.low), factor(self.suggestion.high)
        range_ = f"{low} ×" if low == high else f"{low} to {high} ×"
        return f"{SURELY[self.suggestion.confidence].capitalize()}, {range_} your usual"

    @property
    def icon(self) -> str:
        return ICONS[self.suggestion.confidence]


def best_times_of(account: Account, now: datetime) -> BestTimes:
    """What the page of an account shows. Six queries."""
    week = hours_of([account])[account.pk]
    free = free_suggestions([account], now, now + AHEAD, now=now, number=BEST, spread=True)
    return BestTimes(week, free[account.pk])


@dataclass(frozen=True)
class Row:
    """A ready post on the page of suggested times."""

    proposal: Proposal

    @property
    def post(self) -> Post:
        return self.proposal.post

    @property
    def told(self) -> Told | None:
        return Told(self.proposal.suggestion) if self.proposal.suggestion else None

    @property
    def why_not(self) -> str:
        return self.proposal.why_not
