"""Renewing tokens: by one process at a time, and never lost half way."""

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from organisation.models import Notice
from platforms import failpoints, refreshing
from platforms.adapters.facebook import Facebook
from platforms.connecting import connect_account
from platforms.models import Account, Platform, PlatformCredential
from platforms.values import AccountFacts
from tests.factories import BrandFactory, CredentialFactory, UserFactory
from tests.platforms.rotating import LIFE, Rotating, Server, serving
from tests.processes import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    made = Server()
    with serving(made) as address:
        settings.SANDBOX_URL = address
        yield made


@pytest.fixture
def path(monkeypatch):
    made = Rotating()
    monkeypatch.setattr(Facebook, "login_paths", (made,))
    return made


@pytest.fixture
def account(server, path):
    return connected(path)


def connected(path, **more):
    return connect_account(
        AccountFacts("55", "Glen & Loom"),
        {"access_token": "access-token-number-0", "refresh_token": "refresh-token-number-0"},
        brand=BrandFactory(),
        platform=Platform.objects.get(slug="facebook"),
        by=UserFactory(),
        now=now(),
        server="sandbox",
        login_path=path,
        **{"expires_at": now() + LIFE, **more},
    )


def now():
    return datetime.now(UTC)


def due(account):
    PlatformCredential.objects.filter(account=account, refresh_at__isnull=False).update(
        refresh_at=now() - timedelta(seconds=1)
    )


def kept(account):
    rows = account.credentials.filter(is_active=True)
    return {row.credential_type: row.credential_value for row in rows}


def number(account):
    """Which pair is stored; fails when the two are not of one pair."""
    pair = {value.rpartition("-")[2] for value in kept(account).values()}
    assert len(pair) == 1, kept(account)
    return int(pair.pop())


def claimed(account, at=None):
    renewal = refreshing.claim(access(account).pk, at or now())
    assert renewal
    return renewal


def access(account):
    return account.credentials.get(is_active=True, credential_type="access_token")


def test_a_token_is_renewed_ahead_of_its_end_and_not_before(account, server):
    assert refreshing.refresh_due(now()) == 0
    assert refreshing.refresh_due(now() + LIFE - timedelta(minutes=19)) == 1
    assert number(account) == 1
    row = access(account)
    assert (row.version, row.refresh_unanswered, row.refresh_lease_until) == (2, 0, None)
    assert now() < row.refresh_at < row.expires_at
    assert row.last_four == "er-1"


def test_a_lost_answer_is_tried_once_more_with_the_same_token(account, server):
    server.grace, server.answers = True, [None]
    due(account)
    refreshing.refresh_due(now())
    assert number(account) == 0
    assert access(account).refresh_unanswered == 1
    due(account)
    refreshing.refresh_due(now())
    assert number(account) == 2
    assert server.asked == ["refresh-token-number-0"] * 2
    assert not Notice.objects.exists()


def test_a_lost_answer_where_the_token_is_used_up_asks_a_person_and_says_why(account, server):
    server.answers = [None]
    for _ in range(2):
        due(account)
        refreshing.refresh_due(now())
    account.refresh_from_db()
    assert account.state == "expiring", "the present token is still good"
    notice = Notice.objects.get(fault=f"token:{account.pk}")
    assert "its answer was lost" in notice.sentence
    due(account)
    assert refreshing.refresh_due(now()) == 0
    refreshing.watch_ends(now() + LIFE)
    account.refresh_from_db()
    assert account.state == "needs_reconnect"
    assert list(Notice.objects.open().values_list("fault", flat=True)) == [f"account:{account.pk}"]


def test_two_lost_answers_are_the_last_try(account, server):
    server.grace, server.answers = True, [None, None, None]
    for _ in range(3):
        due(account)
        refreshing.refresh_due(now())
    assert len(server.asked) == 2
    assert Notice.objects.filter(fault=f"token:{account.pk}").exists()


def test_a_platform_that_is_down_costs_nothing(account, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    for _ in range(5):
        due(account)
        refreshing.refresh_due(now())
    assert (access(account).refresh_unanswered, access(account).refresh_refused) == (0, 0)
    account.refresh_from_db()
    assert account.state == "connected"


def test_a_pause_that_the_platform_asks_for_is_kept(account, server):
    server.answers = [429]
    due(account)
    refreshing.refresh_due(now())
    row = access(account)
    assert row.refresh_at - now() > timedelta(minutes=6)
    assert row.refresh_unanswered == 0


def test_several_refusals_in_a_row_end_it_and_one_does_not(account, server, settings):
    server.answers = [400, 200]
    for _ in range(2):
        due(account)
        refreshing.refresh_due(now())
    assert number(account) == 1
    server.answers = [400] * 5
    for _ in range(settings.DISCONNECT_AFTER):
        account.refresh_from_db()
        assert account.state == "connected"
        due(account)
        refreshing.refresh_due(now())
    account.refresh_from_db()
    assert account.state == "expiring"
    assert len(server.asked) == 2 + settings.DISCONNECT_AFTER


def test_a_reconnect_during_a_renewal_wins(account, server, path):
    due(account)
    renewal = claimed(account)
    connect_account(
        AccountFacts("55", "Glen & Loom"),
        {"access_token": "by-hand-0123456-9"},
        brand=account.brand,
        platform=account.platform,
        by=UserFactory(),
        now=now(),
        server="sandbox",
    )
    refreshing.refresh(renewal, now())
    assert kept(account) == {"access_token": "by-hand-0123456-9"}


def test_an_answer_that_comes_after_its_lease_is_still_stored(account, server):
    """It is the only one that holds the tokens which are good now."""
    late = claimed(account)
    grant = late.path.refresh(refreshing.open_door(late.place), late.secrets)
    other = claimed(account, now() + refreshing.LEASE * 2)
    assert refreshing.store(late, grant, now())
    refreshing.refresh(other, now())  # with the old token, which is refused
    account.refresh_from_db()
    assert (number(account), account.state) == (1, "connected")
    assert not Notice.objects.exists()


def test_a_claim_is_one_processs(account):
    row = access(account)
    assert refreshing.claim(row.pk, now())
    assert refreshing.claim(row.pk, now()) is None
    assert refreshing.claim(row.pk, now() + refreshing.LEASE) is not None


@pytest.mark.django_db(transaction=True)
def test_many_at_once_ask_once(server, path):
    account = connected(path)
    due(account)
    start = threading.Barrier(6)

    def run():
        start.wait()
        try:
            refreshing.refresh_due(now())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.asked == ["refresh-token-number-0"]
    assert (server.overlapped, number(account)) == (False, 1)


KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import UTC, datetime
from platforms import failpoints, refreshing
from platforms.adapters.facebook import Facebook
from tests.platforms.rotating import Rotating
Facebook.login_paths = (Rotating(),)
point = sys.argv[1]
def die(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)
failpoints.hook = die
refreshing.refresh_due(datetime.now(UTC))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["refresh: after the answer", "refresh: between the two tokens"])
def test_killed_in_the_middle_both_tokens_or_none_are_stored(
    server, path, process_environment, settings, point
):
    account = connected(path)
    server.grace = True
    due(account)
    environment = {**process_environment, "SANDBOX_URL": settings.SANDBOX_URL}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, point],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert number(account) == 0, "both of the old pair"
    assert access(account).refresh_unanswered == 1, "and it is known that one was asked for"
    assert refreshing.refresh_due(now()) == 0, "the dead process's claim lasts a while"
    due(account)
    later = now() + refreshing.LEASE * 2
    assert refreshing.refresh_due(later) == 1
    assert number(account) == 2
    assert access(account).refresh_unanswered == 0


def test_the_points_of_the_kill_are_passed(account, monkeypatch):
    passed: list[str] = []
    monkeypatch.setattr(failpoints, "hook", passed.append)
    due(account)
    refreshing.refresh_due(now())
    assert [name for name in passed if name.startswith("refresh")] == [
        "refresh: after the answer",
        "refresh: between the two tokens",
    ]


def test_a_token_that_ends_and_nobody_renews_is_told_once_and_stops_at_its_end(path, settings):
    ends = now() + timedelta(days=settings.TOKEN_WARN_DAYS - 1)
    account = connected(None, expires_at=ends)
    for _ in range(2):
        refreshing.watch_ends(now())
    account.refresh_from_db()
    assert (account.state, account.can_send) == ("expiring", True)
    notice = Notice.objects.get()
    assert f"{ends:%d %B %Y}" in notice.sentence
    assert "Reconnect the account before." in notice.sentence
    refreshing.watch_ends(ends)
    account.refresh_from_db()
    assert account.state == "needs_reconnect"


def test_a_fresh_token_closes_the_warning(path):
    account = connected(None, expires_at=now() + timedelta(days=1))
    refreshing.watch_ends(now())
    connect_account(
        AccountFacts("55", "Glen & Loom"),
        {"access_token": "by-hand-0123456-9"},
        brand=account.brand,
        platform=account.platform,
        by=UserFactory(),
        now=now(),
        server="sandbox",
    )
    account.refresh_from_db()
    assert account.state == "connected"
    assert not Notice.objects.open().exists()


def test_a_token_far_from_its_end_or_paused_is_left_alone(path):
    account = connected(None, expires_at=now() + timedelta(days=30))
    paused = CredentialFactory(expires_at=now() + timedelta(days=1)).account
    Account.objects.filter(pk=paused.pk).update(state="paused")
    refreshing.watch_ends(now())
    account.refresh_from_db()
    assert account.state == "connected"
    assert not Notice.objects.exists()


def test_a_refusal_of_a_token_that_was_replaced_meanwhile_stops_nothing(account):
    asked_at = now() - timedelta(seconds=5)
    assert refreshing.helps(account, asked_at, now())
    refreshing.ask(account, asked_at, now())
    account.refresh_from_db()
    assert account.blocked_until is None


def test_a_refusal_asks_for_a_renewal_and_the_posts_wait_for_it(account, server):
    PlatformCredential.objects.update(stored_at=now() - timedelta(hours=1))
    assert refreshing.helps(account, now(), now())
    refreshing.ask(account, now(), now())
    account.refresh_from_db()
    assert account.blocked_until > now()
    assert refreshing.refresh_due(now()) == 1
    assert number(account) == 1
    assert not refreshing.helps(account, now() + timedelta(seconds=1), now()), "a young token"


def test_a_pasted_token_cannot_be_helped(path):
    account = connected(None, expires_at=None)
    PlatformCredential.objects.update(stored_at=now() - timedelta(hours=1))
    assert not refreshing.helps(account, now(), now())
