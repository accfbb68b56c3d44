"""What platforms say is left of their limits: read, kept rarely, and heeded when it is used up."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from platforms import budgets
from platforms.adapters.facebook import Facebook
from platforms.adapters.mastodon import Mastodon
from platforms.budgets import Readings, learn, news_in, wait
from platforms.graph import APP_HEADER, USAGE_HEADER
from platforms.models import RateBudget
from platforms.values import Allowance
from tests.factories import AccountFactory

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RESET = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _nothing_written_yet(monkeypatch):
    monkeypatch.setattr(budgets, "_readings", Readings())


def mastodon(limit="300", left="299", reset="2026-11-23T09:05:00.000Z"):
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    return dict(zip(names, (limit, left, reset), strict=True))


def page_usage(percent, minutes=0):
    entry = {"type": "pages", "call_count": percent, "total_cputime": 3, "total_time": 4,
             "estimated_time_to_regain_access": minutes}  # fmt: skip
    return {USAGE_HEADER: json.dumps({"1001": [entry]})}


def test_mastodons_headers():
    assert Mastodon.allowances(mastodon(), NOW) == [Allowance("requests", 300, 299, RESET)]


@pytest.mark.parametrize(
    "headers", [{}, mastodon(left="-1"), mastodon(limit="many"), {"X-RateLimit-Limit": "300"}]
)
def test_headers_that_say_nothing_readable(headers):
    assert Mastodon.allowances(headers, NOW) == []


def test_graph_counts_in_percent_and_the_highest_counts():
    app = {APP_HEADER: json.dumps({"call_count": 28, "total_time": 71, "total_cputime": 5})}
    assert Facebook.allowances({**app, **page_usage(40)}, NOW) == [
        Allowance("app", 100, 29, None, whole_app=True),
        Allowance("pages", 100, 60, None),
    ]


def test_graph_says_when_a_page_may_go_on():
    (said,) = Facebook.allowances(page_usage(100, minutes=20), NOW)
    assert (said.remaining, said.resets_at) == (0, NOW + timedelta(minutes=20))


@pytest.mark.parametrize(
    "header", ["", "[]", "nonsense", '{"1": 5}', '{"1": [5]}', '{"1": [{"call_count": "x"}]}']
)
def test_usage_that_cannot_be_read_is_passed_over(header):
    assert Facebook.allowances({USAGE_HEADER: header, APP_HEADER: header}, NOW) == []


@pytest.mark.django_db
def test_a_reading_is_kept_where_people_see_it():
    account = AccountFactory(platform="mastodon")
    learn(account, Mastodon.allowances(mastodon(), NOW), NOW)
    learn(account, Mastodon.allowances(mastodon(left="120"), NOW), NOW)
    row = RateBudget.objects.get()
    assert (row.account, row.name, row.limit, row.remaining) == (account, "requests", 300, 120)
    account.refresh_from_db()
    assert account.blocked_until is None


@pytest.mark.django_db
def test_the_account_waits_when_nothing_is_left():
    account, other = AccountFactory(platform="mastodon"), AccountFactory(platform="mastodon")
    learn(account, Mastodon.allowances(mastodon(left="0"), NOW), NOW)
    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.blocked_until, other.blocked_until) == (RESET, None)


@pytest.mark.django_db
def test_an_apps_limit_lets_all_its_accounts_wait():
    account = AccountFactory(platform="facebook")
    sibling = AccountFactory(platform="facebook", brand=account.brand)
    stranger = AccountFactory(platform="facebook")
    learn(account, [Allowance("app", 100, 0, RESET, whole_app=True)], NOW)
    for row in (account, sibling, stranger):
        row.refresh_from_db()
    assert [row.blocked_until for row in (account, sibling, stranger)] == [RESET, RESET, None]


@pytest.mark.django_db
def test_a_longer_wait_is_never_shortened():
    account = AccountFactory(blocked_until=RESET)
    wait(account, NOW)
    account.refresh_from_db()
    assert account.blocked_until == RESET


@pytest.mark.django_db
def test_readings_that_change_little_write_nothing():
    account = AccountFactory(platform="mastodon")

    def news(left, seconds=0):
        return news_in(Mastodon, account, mastodon(left=left), NOW + timedelta(seconds=seconds))

    assert news("299")
    assert not news("298")
    assert news("250")
    assert news("249", seconds=61)
    assert news("0")
    assert news("0")  # every one that says "nothing left" counts


@pytest.mark.django_db
def test_an_answer_without_headers_is_no_news():
    assert news_in(Mastodon, AccountFactory(platform="mastodon"), {}, NOW) == []


@pytest.mark.parametrize(
    ("limit", "remaining", "percent", "low"),
    [(300, 75, 25, True), (300, 76, 25, True), (300, 299, 99, False), (100, 0, 0, True),
     (None, None, None, False), (0, 0, None, False)],
)  # fmt: skip
def test_people_hear_of_an_allowance_that_is_nearly_used_up(limit, remaining, percent, low):
    row = RateBudget(name="requests", limit=limit, remaining=remaining)
    assert (row.percent_left, row.is_low) == (percent, low)
