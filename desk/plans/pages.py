"""What the pages of recurring plans show: the list, one plan, and the times to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from organisation.models import Brand
from platforms.models import Account
from scheduling.models import Occurrence, Schedule, ScheduleTarget
from scheduling.recurring.instants import Moment, moment_of
from scheduling.recurring.rules import Rule
from scheduling.recurring.wording import in_words

SIZE = 50
SHOWN = 10  # times of a preview
TO_COME = 40
PASSED = 20


@dataclass(frozen=True)
class Time:
    """One nominal time as it happens in one zone, and at the viewer's clock."""

    moment: Moment
    accounts: tuple[str, ...]  # whose zone it is

    @property
    def there(self) -> str:
        return f"{self.moment.wall:%a} {self.moment.wall.day} {self.moment.wall:%b %Y %H:%M}"

    @property
    def here(self) -> datetime:
        return timezone.localtime(self.moment.instant)

    @property
    def same(self) -> bool:
        """Whether the viewer's clock says the same."""
        return self.here.replace(tzinfo=None) == self.moment.wall

    @property
    def note(self) -> str:
        """What the clocks do at this time, if anything."""
        return self.moment.note


def next_times(
    rule: Rule, start: datetime, zone: str, accounts: list[Account], now: datetime
) -> list[Time]:
    """Return the next times of a plan, at most ten for each zone its accounts live in."""
    by_zone: dict[str, list[str]] = {}
    for account in accounts:
        by_zone.setdefault(zone or account.timezone, []).append(account.name)
    times = [
        Time(moment, tuple(dict.fromkeys(names)))
        for key, names in by_zone.items()
        for moment in _moments(rule, start, key, now)
    ]
    return sorted(times, key=lambda time: time.moment.instant)[: SHOWN * len(by_zone)]


def _moments(rule: Rule, start: datetime, zone: str, now: datetime) -> Iterator[Moment]:
    place = ZoneInfo(zone)
    local = now.astimezone(place).replace(tzinfo=None)
    for nominal in rule.first_after(start, local, SHOWN):
        yield moment_of(nominal, place)


@dataclass
class PlanList:
    """Plans of the brands shown, the newest first."""

    brands: list[Brand]
    ended: bool
    before: int
    now: datetime

    @cached_property
    def _page(self) -> list[Schedule]:
        states = [Schedule.State.ENDED]
        if not self.ended:
            states = [Schedule.State.ACTIVE, Schedule.State.PAUSED]
        plans = Schedule.objects.filter(brand__in=self.brands, state__in=states)
        if self.before:
            plans = plans.filter(pk__lt=self.before)
        with_all = plans.select_related("piece", "brand").prefetch_related(
            "targets__account__platform", "targets__channel_type"
        )
        return list(with_all.order_by("-pk")[: SIZE + 1])

    @property
    def rows(self) -> list["PlanRow"]:
        return [PlanRow(plan, self.now) for plan in self._page[:SIZE]]

    @property
    def older(self) -> int:
        """The plan below which the next page begins; 0 on the last."""
        return self._page[SIZE - 1].pk if len(self._page) > SIZE else 0


@dataclass
class PlanRow:
    """One plan in words, with its channels."""

    plan: Schedule
    now: datetime

    @property
    def targets(self) -> list[ScheduleTarget]:
        return list(self.plan.targets.all())

    @cached_property
    def sentence(self) -> str:
        return in_words(self.plan.checked_rule, self.plan.starts)

    @property
    def whose_clock(self) -> str:
        return f"in {self.plan.zone}" if self.plan.zone else "in each account’s own zone"

    @cached_property
    def times(self) -> list[Time]:
        if self.plan.state == Schedule.State.ENDED:
            return []
        accounts = list({one.account_id: one.account for one in self.targets}.values())
        plan = self.plan
        return next_times(plan.checked_rule, plan.starts, plan.zone, accounts, self.now)

    @property
    def next(self) -> Time | None:
        return self.times[0] if self.times else None


@dataclass
class PlanPage(PlanRow):
    """One plan with what was made for it."""

    @property
    def ahead(self) -> int:
        """How many days ahead its posts are made."""
        return int(settings.PLAN_AHEAD_DAYS)

    @property
    def _occurrences(self) -> QuerySet[Occurrence]:
        rows = Occurrence.objects.filter(target__schedule=self.plan)
        return rows.select_related("post", "target__account__platform", "target__channel_type")

    @cached_property
    def to_come(self) -> list[Occurrence]:
        rows = self._occurrences.filter(instant__gt=self.now).order_by("instant", "pk")
        return list(rows[:TO_COME])

    @cached_property
    def passed(self) -> list[Occurrence]:
        rows = self._occurrences.filter(instant__lte=self.now).order_by("-instant", "-pk")
        return list(rows[:PASSED])

    @cached_property
    def follower(self) -> Schedule | None:
        return self.plan.followed_by.order_by("-pk").first()

    @property
    def first_to_change(self) -> datetime | None:
        """The next nominal time of any channel, from which a change of all to come begins."""
        if self.plan.state == Schedule.State.ENDED:
            return None
        return min((time.moment.nominal for time in self.times), default=None)


def left_from(plan: Schedule, nominal: datetime) -> int | None:
    """How many times are left from `nominal` on, of a plan that ends by number."""
    rule = plan.checked_rule
    if rule.count is None:
        return None
    before = nominal - timedelta(seconds=1)
    return max(rule.count - sum(1 for _ in rule.times(plan.starts, through=before)), 1)
