"""Best times: when posts of an account do well, why that is believed, and how surely.

This is the one door. `suggested_times` answers for one account; `hours_of` gives the whole week of
many, for pages that show it. Both read what `analytics.learning` worked out; neither looks at a
single reading, so they cost the same however many there are.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from analytics.hours import SATURDAY, Cell, Hour, cells, estimate
from analytics.models import AccountHours
from analytics.priors import DAYS, Prior, prior_for
from platforms.models import Account

LONGEST = timedelta(days=62)  # between start and end
ENOUGH = 5  # posts of an hour, or of a time of day, for a sentence about them
WORSE = math.log(0.98)  # what is expected to do worse than an average hour is not suggested
# Confidence, by how surely an hour beats the account's usual: one-sided quantiles of a normal
# distribution, and the posts at that time of day at the least.
MEDIUM_SURE, MEDIUM_POSTS = 1.2816, 5  # 90 %
HIGH_SURE, HIGH_POSTS = 1.9600, 10  # 97.5 %
INTERVAL = 1.2816  # deviations to each side of what is expected: 80 % lie in between


class Confidence(StrEnum):
    """How surely an hour beats the account's usual."""

    LOW = "low"  # a belief, or too few posts to tell it from chance
    MEDIUM = "medium"  # at least 90 % sure, from 5 posts or more at that time of day
    HIGH = "high"  # at least 97.5 % sure, from 10 posts or more at that time of day


@dataclass(frozen=True)
class Suggestion:
    """A full hour at which posts of an account are expected to do well."""

    at: datetime  # an instant, in the account's zone
    weekday: int  # there; Monday is 0
    hour: int  # there
    score: float  # expected, against the account's usual: 1.4 is 40 % more
    reason: str
    posts: int  # of this account, in this hour of the week
    confidence: Confidence
    low: float = 1.0  # four in five times the truth lies between
    high: float = 1.0


@dataclass(frozen=True)
class Judged:
    """One hour of the week as people read it. Figures are factors: 1.4 is 40 % above the usual."""

    facts: Hour
    prior: Prior
    learnt: bool  # from at least one post of the account

    @property
    def score(self) -> float:
        return math.exp(self.facts.mean)

    @property
    def seen(self) -> float:
        """What its posts did, the middle one of them so to speak, before allowing for chance."""
        return math.exp(self.facts.seen)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the truth lies four times in five."""
        width = INTERVAL * self.facts.deviation
        return math.exp(self.facts.mean - width), math.exp(self.facts.mean + width)

    @property
    def confidence(self) -> Confidence:
        """By the account's own posts alone: a belief makes nothing sure."""
        surely = self.facts.own / self.facts.own_deviation if self.facts.own_deviation else 0.0
        if self.facts.pooled >= HIGH_POSTS and surely >= HIGH_SURE:
            return Confidence.HIGH
        if self.facts.pooled >= MEDIUM_POSTS and surely >= MEDIUM_SURE:
            return Confidence.MEDIUM
        return Confidence.LOW

    @property
    def is_good(self) -> bool:
        """Whether it is expected to do as well as an average hour, or better."""
        return self.facts.above_average >= WORSE

    @property
    def day(self) -> str:
        return DAYS[self.facts.weekday]

    @property
    def reason(self) -> str:
        """Say what was seen, what is left of it after allowing for chance, or whose word it is."""
        facts, clock = self.facts, f"{self.facts.hour}:00"
        if facts.posts >= ENOUGH:
            return f"{self.day}s {clock}: {self._told(facts.posts, facts.seen)}."
        if facts.pooled >= ENOUGH:
            days = "weekends" if facts.weekday >= SATURDAY else "working days"
            mine = "none" if not facts.posts else f"{facts.posts}"
            told = self._told(facts.pooled, facts.pooled_seen)
            return f"{clock} on {days}: {told}; {mine} of them on a {self.day}."
        many = f"Only {_posts(facts.pooled)}" if facts.pooled else "No posts"
        believed = self.prior.reason(facts.weekday, facts.hour)
        return f"{many} of this account at that time yet. {believed}"

    def _told(self, posts: int, seen: float) -> str:
        return (
            f"{_posts(posts)}, {factor(math.exp(seen))} × your usual, "
            f"{factor(self.score)} × allowing for chance"
        )


def _posts(many: int) -> str:
    return f"{many} post{'' if many == 1 else 's'}"


def factor(value: float) -> str:
    """Write a factor as people read it: 1.6, or 1 where it makes no difference."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Week:
    """What is known of every hour of an account's week."""

    account: Account
    prior: Prior
    hours: Mapping[Cell, Judged]
    posts: int = 0  # whose results count
    left_out: int = 0
    learnt_at: datetime | None = None  # None: not worked out yet

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.account.timezone)

    def best(self, number: int) -> list[Judged]:
        """Return the best hours of the week, the best first."""
        good = (hour for hour in self.hours.values() if hour.is_good)
        return sorted(good, key=lambda one: (-one.facts.mean, one.facts.weekday, one.facts.hour))[
            :number
        ]

    def suggestions(self, start: datetime, end: datetime, *, now: datetime) -> list[Suggestion]:
        """Return the good hours from `start`, before `end` and after `now`, the best first."""
        _check(start, end)
        found = [
            self._suggestion(self.hours[at.weekday(), at.hour], at)
            for at in full_hours(self.zone, max(start, now + timedelta(minutes=1)), end)
            if self.hours[at.weekday(), at.hour].is_good
        ]
        return sorted(found, key=lambda one: (-one.score, one.at))

    def _suggestion(self, judged: Judged, at: datetime) -> Suggestion:
        low, high = judged.interval
        return Suggestion(
            at=at,
            weekday=at.weekday(),
            hour=at.hour,
            score=judged.score,
            reason=judged.reason,
            posts=judged.facts.posts,
            confidence=judged.confidence,
            low=low,
            high=high,
        )


def suggested_times(
    account: Account, start: datetime, end: datetime, *, now: datetime
) -> list[Suggestion]:
    """Return when posts of the account are expected to do well, the best first.

    Full hours of the account's own clock, from `start`, before `end` and after `now`; of equal ones
    the earliest first. What stands in the way of a time is not asked: that is for whoever gives it
    (`scheduling.suggesting`). One query. Raises ValueError for instants without a zone, an end
    before the start, and more than 62 days.
    """
    _check(start, end)
    return hours_of([account])[account.pk].suggestions(start, end, now=now)


def hours_of(accounts: Iterable[Account]) -> dict[int, Week]:
    """Return the week of each account by its id. The accounts come with their platforms.

    One query. Of an account whose hours are not worked out yet, or were for another zone, it tells
    what is believed beforehand.
    """
    known = list(accounts)
    rows = AccountHours.objects.filter(account__in=[account.pk for account in known])
    by_account = {row.account_id: row for row in rows}
    believed: dict[str, dict[Cell, Hour]] = {}
    return {account.pk: _week(account, by_account.get(account.pk), believed) for account in known}


def _week(
    account: Account, row: AccountHours | None, believed: dict[str, dict[Cell, Hour]]
) -> Week:
    slug = account.platform.slug
    prior = prior_for(slug)
    if row is not None and row.zone != account.timezone:
        row = None
    facts = {(one[0], one[1]): Hour(*one) for one in row.hours} if row else {}
    if not facts:
        if slug not in believed:
            believed[slug] = estimate({}, prior)
        facts = believed[slug]
    hours = {cell: Judged(facts[cell], prior, bool(row and row.posts)) for cell in cells()}
    if row is None:
        return Week(account, prior, hours)
    return Week(account, prior, hours, row.posts, row.left_out, row.learnt_at)


def _check(start: datetime, end: datetime) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("start and end are instants: they need a zone")
    if not timedelta(0) <= end - start <= LONGEST:
        raise ValueError(f"the end comes from 0 to {LONGEST.days} days after the start")


def full_hours(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the full hours that the clocks of a zone show from `start` and before `end`.

    An hour that they skip is none, and of one that comes twice it is the first.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # of one zone, walls are compared
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for hour in range(24):
            at = _instant(day, hour, zone)
            if at is not None and start <= at < end:
                yield at
        day += timedelta(days=1)


def _instant(day: date, hour: int, zone: ZoneInfo) -> datetime | None:
    wall = datetime.combine(day, time(hour), tzinfo=zone)
    there = wall.astimezone(UTC).astimezone(zone)
    return there if there.replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None) else None
