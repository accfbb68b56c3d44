"""Asking platforms now and then whether they still know us, and the command that asks at once."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from organisation.models import Notice
from platforms.models import Account
from posting.checking_tokens import AGAIN, EVERY, ask, check_due
from tests.factories import AccountFactory
from tests.sandbox.conftest import BEARER, PAGE, TOKEN, running

pytestmark = pytest.mark.django_db


def now():
    return datetime.now(UTC)


@pytest.fixture
def sandbox(settings):
    with running() as client:
        client.register("facebook", PAGE, TOKEN)
        settings.SANDBOX_URL = client.address
        yield client


@pytest.fixture
def account(sandbox):
    return AccountFactory(server="sandbox", remote_id=PAGE, token=TOKEN, name="Glen & Loom")


def test_an_account_is_asked_for_once_a_day(account, sandbox):
    assert check_due(now()) == 0
    assert check_due(now() + EVERY) == 1
    assert check_due(now() + EVERY) == 0
    assert len(sandbox.received(platform="facebook")) == 1


def test_several_refusals_in_a_row_disconnect_and_fewer_do_not(account, sandbox, settings):
    later = now() + EVERY
    for number in range(settings.DISCONNECT_AFTER):
        account.refresh_from_db()
        assert account.can_send, number
        sandbox.arm("facebook", "expired_token", call="read")
        assert check_due(later) == 1
        later += AGAIN
    account.refresh_from_db()
    assert account.state == "needs_reconnect"
    assert Notice.objects.open().filter(fault=f"account:{account.pk}").count() == 1
    assert check_due(later) == 0


def test_one_that_works_in_between_begins_the_count_anew(account, sandbox):
    later = now() + EVERY
    for fault in ("expired_token", "expired_token", "", "expired_token", "expired_token"):
        if fault:
            sandbox.arm("facebook", fault, call="read")
        Account.objects.update(checked_at=later - EVERY)
        check_due(later)
    account.refresh_from_db()
    assert (account.state, account.check_failures) == ("connected", 2)


@pytest.mark.parametrize("fault", ["error_500_before", "reset_before", "rate_limit", "garbage"])
def test_a_platform_that_cannot_be_asked_says_nothing_of_the_token(account, sandbox, fault):
    for _ in range(5):
        sandbox.arm("facebook", fault, call="read")
        Account.objects.update(checked_at=now() - EVERY)
        check_due(now())
    account.refresh_from_db()
    assert (account.state, account.check_failures) == ("connected", 0)


def test_paused_accounts_are_left_alone(account):
    Account.objects.update(state="paused")
    assert check_due(now() + timedelta(days=9)) == 0


def run(*arguments):
    out = StringIO()
    try:
        call_command("check_accounts", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def test_the_command_shows_each_account_and_no_token(account):
    said, code = run()
    assert code == 0
    assert "facebook:Glen & Loom" in said
    assert "works: Facebook accepts the token" in said
    assert TOKEN not in said


def test_the_command_ends_with_one_when_a_token_is_refused(account, sandbox):
    sandbox.arm("facebook", "expired_token", call="read")
    said, code = run("--json")
    row = json.loads(said)[0]
    assert (code, row["well"], row["verdict"]) == (1, False, "refused")
    account.refresh_from_db()
    assert account.check_failures == 0, "looking counts for nothing"


def test_the_command_ends_with_one_when_an_account_waits_or_has_no_token(account):
    assert run("--offline")[1] == 0
    AccountFactory(token=False, name="Bare")
    said, code = run("--offline")
    assert code == 1
    assert "No token is stored" in said
    assert run("--offline", "--account", "facebook:Glen & Loom")[1] == 0
    Account.objects.update(state="paused")
    assert run("--offline", "--account", "facebook:Glen & Loom")[1] == 1


def test_the_command_has_words_for_nothing(db):
    assert run() == ("No account is connected yet.\n", 0)


# What the server says of itself


@pytest.fixture
def profile(sandbox):
    sandbox.register("mastodon", "2002", BEARER, limits={"max_characters": 5000})
    facts = {"max_characters": 500, "software": "mastodon", "kept": "from before"}
    return AccountFactory(
        platform="mastodon", server="sandbox", remote_id="2002", token=BEARER, server_facts=facts
    )


def facts_of(profile):
    profile.refresh_from_db()
    return profile.server_facts


def test_new_limits_of_a_server_are_learnt_and_what_it_leaves_out_stays(profile):
    check_due(now() + EVERY)
    facts = facts_of(profile)
    assert (facts["max_characters"], facts["kept"]) == (5000, "from before")
    limits = profile.platform.adapter.limits("status", facts)
    assert (limits.text_max, limits.images_max) == (5000, 4)


@pytest.mark.parametrize("fault", ["error_500_before", "garbage", "expired_token", "rate_limit"])
def test_a_server_that_says_nothing_changes_nothing(profile, sandbox, fault):
    sandbox.arm("mastodon", fault, call="read")
    check_due(now() + EVERY)
    assert facts_of(profile)["max_characters"] == 500


def test_what_was_learnt_by_reconnecting_meanwhile_is_not_overwritten(profile, monkeypatch):
    def reconnected(account):
        said = ask(account)
        Account.objects.update(checked_at=now(), server_facts={"max_characters": 7000})
        return said

    monkeypatch.setattr("posting.checking_tokens.ask", reconnected)
    check_due(now() + EVERY)
    assert facts_of(profile) == {"max_characters": 7000}
