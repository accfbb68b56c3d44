"""What the pages about accounts show: who is connected, until when, and what can be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from desk.best_times import best_times_of
from desk.forms import TermsForm, terms_form
from desk.performance import Performance, performance_of_account
from desk.reach import Reach
from organisation.models import AuditEntry, Brand
from organisation.rights import CONNECT_ACCOUNT, WRITE_PIECE
from platforms.contract import Versioned
from platforms.doors import Place, keys_of
from platforms.models import Account, Platform, PlatformCredential, RateBudget
from platforms.models.account import SANDBOX
from platforms.oauth import (
    ArrangesApps,
    PasswordPath,
    Scope,
    WayIn,
    login_paths_of,
    missing_scopes,
    password_path_of,
    way_in_of,
)
from platforms.redaction import masked
from platforms.registry import ADAPTERS
from platforms.values import Channel
from posting.models import Post
from posting.spending import Spending, spending_of
from posting.states import Status

HISTORY = 20  # acts
Type = PlatformCredential.Type


@dataclass(frozen=True)
class Token:
    """What is shown of a token: never more than its last four characters."""

    row: PlatformCredential
    now: datetime

    @property
    def tail(self) -> str:
        return masked("x" * 8 + self.row.last_four) if self.row.last_four else "••••"

    @property
    def ended(self) -> bool:
        return self.row.expires_at is not None and self.row.expires_at <= self.now

    @property
    def renews(self) -> datetime | None:
        return self.row.refresh_at


@dataclass(frozen=True)
class Budget:
    """What is left of the allowance of which the least is left."""

    row: RateBudget
    now: datetime

    @property
    def percent(self) -> int:
        return min(self.row.percent_left or 0, 100)

    @property
    def words(self) -> str:
        """47 of 50 left; platforms that count in percent say no more than that."""
        left, limit = self.row.remaining or 0, self.row.limit or 0
        return f"{left} % left" if limit == 100 else f"{left:,} of {limit:,} left"

    @property
    def resets_at(self) -> datetime | None:
        """When it begins anew, as long as that has not passed."""
        ends = self.row.resets_at
        return ends if ends is not None and ends > self.now else None


@dataclass(frozen=True)
class Row:
    """One account in the list."""

    account: Account
    token: Token | None
    budget: Budget | None
    may_connect: bool
    may_write: bool
    now: datetime
    spending: Spending | None = None  # None: sending costs nothing

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self.account.platform.adapter.channels

    @property
    def waits_until(self) -> datetime | None:
        """Until when the platform asked to be left alone."""
        until = self.account.blocked_until
        return until if until is not None and until > self.now else None

    @property
    def path(self) -> WayIn | None:
        return way_in_of(self.account.platform.adapter, self.account.login_path)

    @property
    def missing(self) -> list[Scope]:
        """What was asked for when it was connected and not allowed."""
        if self.path is None or self.token is None or not self.token.row.scopes:
            return []
        return missing_scopes(self.path, self.token.row.scopes)

    @property
    def last_success(self) -> datetime | None:
        return self.account.last_success  # type: ignore[attr-defined]

    @property
    def last_error(self) -> str:
        return self.account.last_error or ""  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Group:
    """A platform with its accounts."""

    platform: Platform
    rows: list[Row]

    @property
    def interface(self) -> str:
        """v26.0, falls back to v25.0, ends on 18 February 2028; empty without versions."""
        return interface_of(self.platform)


def interface_of(platform: Platform) -> str:
    """Say which version of its interface a platform is spoken to with, and until when that goes."""
    adapter = platform.adapter
    version = platform.api_version or adapter.api_version
    if not version:
        return ""
    known = adapter.versions() if issubclass(adapter, Versioned) else {}
    ends = known.get(version)
    fallback = platform.fallback_version
    return ", ".join(
        filter(
            None,
            (
                f"version {version}",
                f"falls back to {fallback}" if fallback else "",
                f"ends on {ends:%-d %B %Y}" if ends else "",
            ),
        )
    )


@dataclass
class AccountList:
    """All accounts of the person's brands, by platform: a fixed number of questions."""

    reach: Reach
    now: datetime
    brand: Brand | None = None
    platform: Platform | None = None  # None: of all

    @property
    def brands(self) -> list[Brand]:
        return [self.brand] if self.brand else self.reach.brands

    @cached_property
    def rows(self) -> list[Row]:
        accounts_here = Account.objects.filter(brand__in=self.brands)
        if self.platform:
            accounts_here = accounts_here.filter(platform=self.platform)
        accounts = list(_shown(accounts_here))
        tokens = tokens_of(accounts)
        budgets = budgets_of(accounts)
        spendings = spending_of(accounts, self.now)
        mine = {brand.pk for brand in self.reach.where(CONNECT_ACCOUNT)}
        writes = {brand.pk for brand in self.reach.where(WRITE_PIECE)}
        return [
            Row(
                account,
                Token(tokens[account.pk], self.now) if account.pk in tokens else None,
                Budget(budgets[account.pk], self.now) if account.pk in budgets else None,
                account.brand_id in mine,
                account.brand_id in writes,
                self.now,
                spendings.get(account.pk),
            )
            for account in accounts
        ]

    @property
    def groups(self) -> Iterator[Group]:
        """Each platform that has accounts, with them."""
        for platform in dict.fromkeys(row.account.platform for row in self.rows):
            yield Group(platform, [row for row in self.rows if row.account.platform == platform])

    @cached_property
    def unconnected(self) -> list[Platform]:
        """Platforms that nobody's account is on yet."""
        there = {row.account.platform.slug for row in self.rows}
        slugs = [adapter.slug for adapter in ADAPTERS if adapter.slug not in there]
        return list(Platform.objects.filter(slug__in=slugs).order_by("name"))

    @property
    def lost(self) -> list[Row]:
        return [row for row in self.rows if row.account.state == Account.State.NEEDS_RECONNECT]

    @property
    def summary(self) -> str:
        """7 accounts on 6 platforms. 1 must be reconnected, 1 token ends soon."""
        count, platforms = len(self.rows), len({row.account.platform_id for row in self.rows})
        if not count:
            return "Pages, profiles and channels that posts go to."
        said = f"{_some(count, 'account')} on {_some(platforms, 'platform')}."
        ending = sum(row.account.state == Account.State.EXPIRING for row in self.rows)
        more = [
            f"{len(self.lost)} must be reconnected" if self.lost else "",
            f"{_some(ending, 'token')} {'ends' if ending == 1 else 'end'} soon" if ending else "",
        ]
        rest = ", ".join(filter(None, more))
        return f"{said} {rest}." if rest else said


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _shown(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """With what the list shows of each account's posts."""
    posts = Post.objects.filter(account=OuterRef("pk"))
    out = posts.filter(status=Status.PUBLISHED).order_by("-published_at", "-id")
    failed = posts.filter(status=Status.FAILED).order_by("-due_at", "-id")
    success, error = out.values("published_at")[:1], failed.values("error_sentence")[:1]
    return (
        accounts.select_related("platform", "brand", "fallback")
        .annotate(last_success=Subquery(success), last_error=Subquery(error))
        .order_by("platform__name", "name", "pk")
    )


def tokens_of(accounts: list[Account]) -> dict[int, PlatformCredential]:
    """Return what may be shown of each account's access token, without decrypting any."""
    rows = PlatformCredential.objects.filter(
        account__in=accounts, is_active=True, credential_type=Type.ACCESS_TOKEN
    )
    return {row.account_id: row for row in rows.defer("credential_value") if row.account_id}


def budgets_of(accounts: list[Account]) -> dict[int, RateBudget]:
    """Return the allowance of each account of which the least is left."""
    lowest: dict[int, RateBudget] = {}
    for budget in RateBudget.objects.filter(account__in=accounts, limit__gt=0):
        known = lowest.get(budget.account_id or 0)
        if known is None or (budget.percent_left or 0) < (known.percent_left or 0):
            lowest[budget.account_id or 0] = budget
    return lowest


@dataclass
class AccountPage:
    """One account: how it stands, and what happened to it."""

    row: Row
    now: datetime

    @property
    def account(self) -> Account:
        return self.row.account

    @property
    def waiting(self) -> int:
        """Posts that go out here by themselves once the account sends."""
        return Post.objects.filter(account=self.account, status=Status.SCHEDULED).count()

    @property
    def history(self) -> QuerySet[AuditEntry]:
        mine = AuditEntry.objects.filter(
            subject_type="platforms.account", subject_id=self.account.pk
        )
        return mine.order_by("-pk")[:HISTORY]

    @cached_property
    def performance(self) -> Performance:
        return performance_of_account(self.account)

    @property
    def url(self) -> str:
        account = self.account
        adapter = account.platform.adapter
        return adapter.account_url(account.base_url, account.remote_id, account.server_facts)

    @property
    def takes_tokens(self) -> bool:
        """Whether a token can be pasted: not where tokens last for hours only."""
        return password_path_of(self.account.platform.adapter) is None

    @property
    def terms(self) -> TermsForm | None:
        """What it may spend and which subscription it has; None where neither means anything."""
        return terms_form(self.account)

    @property
    def ways(self) -> list["Way"]:
        """How it can be connected anew: the way it came first."""
        account = self.account
        ways = ways_of(account.brand, account.platform, account.server)
        return sorted(ways, key=lambda way: way.path.slug != account.login_path)


def account_page(account: Account, reach: Reach, now: datetime) -> AccountPage:
    """Return what the page of one account shows."""
    shown = _shown(Account.objects.filter(pk=account.pk)).get()
    tokens, budgets = tokens_of([shown]), budgets_of([shown])
    token = tokens.get(shown.pk)
    may_connect = shown.brand in reach.where(CONNECT_ACCOUNT)
    budget = Budget(budgets[shown.pk], now) if shown.pk in budgets else None
    may_write = shown.brand in reach.where(WRITE_PIECE)
    month = spending_of([shown], now).get(shown.pk)
    known = Token(token, now) if token else None
    row = Row(shown, known, budget, may_connect, may_write, now, month)
    return AccountPage(row, now)


@dataclass(frozen=True)
class Way:
    """One button of the page *Connect an account*."""

    place: Place
    has_app: bool

    @property
    def path(self) -> WayIn:
        return self.place.path

    @property
    def by_password(self) -> bool:
        """Whether it is typed in here and not agreed to at the platform."""
        return isinstance(self.path, PasswordPath)

    @property
    def asks_for_server(self) -> bool:
        """Whether a person types in at which server the account is."""
        return isinstance(self.path, ArrangesApps) and not self.place.server

    @property
    def at_sandbox(self) -> bool:
        return self.place.server == SANDBOX


def ways_of(brand: Brand, platform: Platform, server: str) -> list[Way]:
    """Return the ways into a platform at one server."""
    paths: list[WayIn] = [*login_paths_of(platform.adapter)]
    if by_password := password_path_of(platform.adapter):
        paths.append(by_password)
    places = [Place(brand, platform, path, server) for path in paths]
    return [Way(place, keys_of(place) is not None) for place in places]


@dataclass(frozen=True)
class Connectable:
    """A platform on the page *Connect an account*."""

    platform: Platform
    ways: list[Way]
    sandbox_ways: list[Way]

    @property
    def takes_tokens(self) -> bool:
        """Whether a token can be pasted: not where tokens last for hours only."""
        return password_path_of(self.platform.adapter) is None

    @property
    def many_servers(self) -> bool:
        return not self.platform.adapter.api_base_url


def connectables(brand: Brand) -> list[Connectable]:
    """Return every platform with its ways in, at its own server and in the sandbox."""
    slugs = [adapter.slug for adapter in ADAPTERS]
    platforms = Platform.objects.filter(slug__in=slugs).order_by("name")
    return [
        Connectable(
            platform,
            ways_of(brand, platform, ""),
            ways_of(brand, platform, SANDBOX) if settings.SANDBOX_URL else [],
        )
        for platform in platforms
    ]


def describe(page: AccountPage) -> dict[str, Any]:
    """Return the context of the page of one account."""
    return {
        "page": page,
        "row": page.row,
        "account": page.account,
        "now": page.now,
        "best_times": best_times_of(page.account, page.now),
    }
