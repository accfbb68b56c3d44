"""What is known of accounts when a time is judged: their state, their rules, their days off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, OuterRef, Subquery

from platforms.contract import stops_alike_within
from platforms.models import Account, PlatformCredential, RateBudget
from platforms.values import POSTS_IN_A_DAY
from scheduling.holiday_calendars import holiday_on
from scheduling.models import Blackout, TimeRules
from scheduling.models.rules import LOOK_BACK
from scheduling.walltime import zone_named
from scheduling.weekdays import falls_on, parse_clock

DAY = timedelta(days=1)
A_WEEK_ON = 8  # days: the furthest that hours of a week are away


@dataclass(frozen=True)
class Stretch:
    """Hours on some days of the week. One that closes before it opens ends on the next day."""

    days: int
    opens: time
    closes: time

    def has(self, wall: datetime) -> bool:
        """Whether a wall time lies in it."""
        if self.opens < self.closes:
            return falls_on(self.days, wall.date()) and self.opens <= wall.time() < self.closes
        begun_today = falls_on(self.days, wall.date()) and wall.time() >= self.opens
        return begun_today or (falls_on(self.days, wall.date() - DAY) and wall.time() < self.closes)

    def __str__(self) -> str:
        return f"{self.opens:%H:%M} to {self.closes:%H:%M}"


@dataclass(frozen=True)
class AccountTimes:
    """One account with what is asked of its times. `rules`: its own, then its brand's."""

    account: Account
    rules: tuple[TimeRules, ...]
    blackouts: tuple[Blackout, ...]
    token_ends: datetime | None  # of a token that is not renewed by itself
    quota: int | None  # posts in any 24 hours, by the platform's own word

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone_named(self.account.timezone)

    @cached_property
    def hours(self) -> tuple[Stretch, ...]:
        """When posts may go out; none: at any hour."""
        kept: list[dict[str, Any]] = next(
            (rules.hours for rules in self.rules if rules.hours is not None), []
        )
        return tuple(
            Stretch(one["days"], parse_clock(one["opens"]), parse_clock(one["closes"]))
            for one in kept
        )

    @cached_property
    def country(self) -> str:
        return next((rules.country for rules in self.rules if rules.country), "")

    @cached_property
    def daily_budget(self) -> int | None:
        budgets = [rules.daily_budget for rules in self.rules]
        return next((budget for budget in budgets if budget is not None), None)

    @cached_property
    def look_back(self) -> timedelta:
        days = [rules.look_back for rules in self.rules]
        return timedelta(days=next((many for many in days if many is not None), LOOK_BACK))

    @cached_property
    def takes_suggestions(self) -> bool:
        """Whether ready posts may get suggested times without being asked about each."""
        said = [rules.takes_suggestions for rules in self.rules]
        return next((one for one in said if one is not None), False)

    @cached_property
    def stops_alike_within(self) -> timedelta | None:
        """Within what time its platform forbids nearly the same text on several accounts."""
        return stops_alike_within(self.account.platform.adapter)

    def wall(self, at: datetime) -> datetime:
        """Return an instant as the account's clock shows it, with its zone."""
        return at.astimezone(self.zone)

    def is_open(self, wall: datetime) -> bool:
        return not self.hours or any(stretch.has(wall) for stretch in self.hours)

    def opens_after(self, wall: datetime) -> datetime | None:
        """Return the next wall time at which the hours begin; None without any hours."""
        openings = [
            datetime.combine(wall.date() + ahead * DAY, stretch.opens)
            for stretch in self.hours
            for ahead in range(A_WEEK_ON)
            if falls_on(stretch.days, wall.date() + ahead * DAY)
        ]
        return min((one for one in openings if one > wall.replace(tzinfo=None)), default=None)

    def blackout_on(self, day: date) -> Blackout | None:
        return next((one for one in self.blackouts if one.first <= day <= one.last), None)

    def holiday_on(self, day: date) -> str:
        return holiday_on(self.country, day)

    def instant(self, wall: datetime) -> datetime:
        """Return the instant of a wall time; one that the clocks skip is moved forward."""
        return wall.replace(tzinfo=self.zone).astimezone(ZoneInfo("UTC"))

    def midnight_after(self, day: date) -> datetime:
        """Return when the next day begins there."""
        return self.instant(datetime.combine(day + DAY, time.min))


def account_times(
    accounts: Iterable[int], first: datetime, last: datetime
) -> dict[int, AccountTimes]:
    """Return the accounts and their siblings on the same platform, with what judges their times.

    Days off are those from `first` to `last`. Three queries, however many accounts.
    """
    wanted = set(accounts)
    rows = _with_siblings(wanted)
    brands = {account.brand_id for account in rows}
    rules = TimeRules.objects.filter(brand__in=brands)
    off = Blackout.objects.filter(
        brand__in=brands, last__gte=(first - DAY).date(), first__lte=(last + DAY).date()
    )
    return _put_together(rows, list(rules), list(off))


def _with_siblings(wanted: set[int]) -> list[Account]:
    pairs = Account.objects.filter(pk__in=wanted).values("brand")
    tokens = PlatformCredential.objects.filter(
        account=OuterRef("pk"),
        is_active=True,
        credential_type=PlatformCredential.Type.ACCESS_TOKEN,
        refresh_at=None,
    )
    quota = RateBudget.objects.filter(account=OuterRef("pk"), name=POSTS_IN_A_DAY)
    rows = (
        Account.objects.filter(brand__in=pairs)
        .select_related("platform", "brand")
        .annotate(
            token_ends=Subquery(
                tokens.order_by().values("account").annotate(ends=Min("expires_at")).values("ends")
            ),
            posts_in_a_day=Subquery(quota.values("limit")[:1]),
        )
    )
    found = list(rows)
    near = {(a.brand_id, a.platform_id) for a in found if a.pk in wanted}
    return [account for account in found if (account.brand_id, account.platform_id) in near]


def _put_together(
    accounts: Sequence[Account], rules: Sequence[TimeRules], off: Sequence[Blackout]
) -> dict[int, AccountTimes]:
    own = {row.account_id: row for row in rules if row.account_id}
    shared = {row.brand_id: row for row in rules if row.account_id is None}
    return {
        account.pk: AccountTimes(
            account=account,
            rules=tuple(r for r in (own.get(account.pk), shared.get(account.brand_id)) if r),
            blackouts=tuple(
                one
                for one in off
                if one.brand_id == account.brand_id and one.account_id in (None, account.pk)
            ),
            token_ends=account.token_ends,  # type: ignore[attr-defined]
            quota=account.posts_in_a_day,  # type: ignore[attr-defined]
        )
        for account in accounts
    }
