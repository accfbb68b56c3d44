"""System checks: settings in code that would make the product lie or lose."""

from typing import Any

import pytest
from django.conf import settings

from monitoring.checks import check_atomic_requests, check_sqlite, check_time_zone

DURABLE = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


@pytest.fixture
def database(monkeypatch) -> Any:
    """Changes single items of the database's settings. No connection is opened meanwhile."""

    def change(**items: Any) -> None:
        for name, value in items.items():
            monkeypatch.setitem(settings.DATABASES["default"], name, value)

    change(ENGINE="django.db.backends.sqlite3", OPTIONS=DURABLE)
    return change


def ids(messages) -> list[str]:
    return [message.id for message in messages]


def test_utc_is_fine():
    assert check_time_zone() == []


def test_another_time_zone_is_refused(monkeypatch):
    monkeypatch.setattr(settings, "TIME_ZONE", "Europe/London")
    assert ids(check_time_zone()) == ["monitoring.E001"]


def test_naive_times_are_refused(monkeypatch):
    monkeypatch.setattr(settings, "USE_TZ", False)
    assert ids(check_time_zone()) == ["monitoring.E001"]


def test_the_settings_of_the_product_are_durable(database):
    assert check_sqlite() == []


@pytest.mark.parametrize(
    "weaker",
    [
        {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
        {"init_command": "PRAGMA synchronous=FULL;"},
        {"init_command": ""},
        {"transaction_mode": "DEFERRED"},
    ],
)
def test_an_sqlite_that_may_forget_is_refused(database, weaker):
    database(OPTIONS=DURABLE | weaker)
    assert ids(check_sqlite()) == ["monitoring.E002"]


def test_other_databases_have_no_such_options(database):
    database(ENGINE="django.db.backends.postgresql", OPTIONS={})
    assert check_sqlite() == []


def test_a_transaction_around_every_page_is_refused(database):
    assert check_atomic_requests() == []
    database(ATOMIC_REQUESTS=True)
    assert ids(check_atomic_requests()) == ["monitoring.E003"]
