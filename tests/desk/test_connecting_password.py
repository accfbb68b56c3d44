"""Connecting an account by its handle and an app password, at the sandbox."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from platforms.models import Account, PlatformCredential
from platforms.refreshing import refresh_due
from tests.factories import AccountFactory
from tests.sandbox.conftest import Sandbox

pytestmark = pytest.mark.django_db
HANDLE, PASSWORD = "harbour-cafe.test", "sandbox-pass-word"
PAGE = reverse("desk:connect_password", args=["bluesky"])
Type = PlatformCredential.Type


@pytest.fixture
def browser(una):
    client = Client()
    client.force_login(una)
    return client


def sign_in(browser, name=HANDLE, password=PASSWORD, query="?sandbox=1", **more):
    return browser.post(f"{PAGE}{query}", {"name": name, "password": password, **more})


def kept(account):
    rows = account.credentials.filter(is_active=True)
    return {row.credential_type: row.credential_value for row in rows}


def test_a_handle_and_an_app_password_connect_an_account(browser, una, sandbox):
    answer = sign_in(browser, f" @{HANDLE} ")
    account = Account.objects.get()
    assert answer.url == reverse("desk:account", args=[account.pk])
    assert account.brand == una.memberships.get().brand
    assert (account.name, account.server, account.login_path, account.state) == (
        "Harbour Cafe",
        "sandbox",
        "app-password",
        "connected",
    )
    assert account.remote_id.startswith("did:plc:")
    assert set(kept(account)) == {"access_token", "refresh_token", "app_password"}
    token = account.credentials.get(credential_type=Type.ACCESS_TOKEN)
    assert token.expires_at is not None
    assert token.refresh_at is not None
    assert token.expires_at - timezone.now() < timedelta(hours=2, minutes=1)
    assert timezone.now() < token.refresh_at < token.expires_at


def test_a_wrong_password_stores_nothing_and_is_not_sent_back(browser, sandbox):
    answer = sign_in(browser, password="quite-wrong-word")
    page = answer.content.decode()
    assert "does not know this handle with this app password. Nothing was stored." in page
    assert "quite-wrong-word" not in page
    assert not Account.objects.exists()
    assert not PlatformCredential.objects.exists()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("rate_limit", "allows the next request at"),
        ("error_500_before", "gave no clear answer to the sign-in"),
        ("reset_before", "gave no answer"),
        ("garbage", "could not be read"),
    ],
)
def test_what_goes_wrong_is_told(browser, sandbox, fault, words):
    sign_in(browser)
    Account.objects.all().delete()
    sandbox.arm("bluesky", fault, call="refresh")
    answer = sign_in(browser)
    assert words in answer.content.decode()
    assert not Account.objects.exists()


def test_reconnecting_replaces_the_session_and_takes_no_other_account(browser, sandbox):
    sign_in(browser)
    account = Account.objects.get()
    before = kept(account)
    answer = sign_in(browser, "somebody-else.test", query="", reconnect=account.pk)
    assert "Nothing was changed." in answer.content.decode()
    assert kept(account) == before
    assert Account.objects.count() == 1
    sign_in(browser, query="", reconnect=account.pk)
    assert kept(account)["access_token"] != before["access_token"]
    assert Account.objects.count() == 1


def test_an_account_that_moved_to_another_server_keeps_its_row(browser, una, sandbox, settings):
    settings.FETCH_ALLOW = ["127.0.0.1"]
    sign_in(browser)
    moved = Account.objects.get()
    Account.objects.update(server="https://old.example.org")
    server = f"{sandbox.address}/bluesky"
    sign_in(browser, query="", server=server)
    account = Account.objects.get()
    assert (account.pk, account.server) == (moved.pk, server)


def test_a_server_on_this_network_is_not_dialled_unless_it_was_opened(browser, sandbox):
    answer = sign_in(browser, query="", server=f"{sandbox.address}/bluesky")
    assert "FETCH_ALLOW" in answer.content.decode()
    assert sandbox.received() == []
    assert not Account.objects.exists()


@pytest.mark.parametrize("server", ["not a server", "https://", "ftp://example.org"])
def test_what_is_no_server_is_said_so(browser, server):
    answer = sign_in(browser, query="", server=server)
    assert "is not the address of a server" in answer.content.decode()


@pytest.mark.parametrize("name", ["", "no handle", "@", "x" * 300])
def test_what_is_no_handle_is_said_so(browser, name):
    answer = sign_in(browser, name, query="")
    assert answer.status_code == 200
    assert not Account.objects.exists()


def test_platforms_without_passwords_have_no_such_page(browser):
    assert browser.get(reverse("desk:connect_password", args=["facebook"])).status_code == 404
    other = AccountFactory(platform="facebook")
    assert browser.get(PAGE, {"account": other.pk}).status_code == 404


def test_without_a_sandbox_it_cannot_be_tried(browser, settings):
    settings.SANDBOX_URL = ""
    assert browser.get(f"{PAGE}?sandbox=1").status_code == 404


def test_the_page_of_all_ways_offers_it_and_no_token(browser, sandbox):
    page = browser.get(reverse("desk:connect")).content.decode()
    assert "Connect with an app password" in page
    assert f"{PAGE}?brand=" in page
    assert reverse("desk:connect_token", args=["bluesky"]) not in page
    assert browser.get(reverse("desk:connect_token", args=["bluesky"])).status_code == 404
    sign_in(browser)
    account = Account.objects.get()
    shown = browser.get(reverse("desk:account", args=[account.pk])).content.decode()
    assert "Reconnect with an app password" in shown
    assert reverse("desk:connect_token", args=["bluesky"]) not in shown


# Renewing


def renewals(sandbox: Sandbox) -> list[str]:
    return [r["path"].rpartition(".")[2] for r in sandbox.received() if "server." in r["path"]]


def test_a_session_is_renewed_ahead_of_its_end_with_both_tokens(browser, sandbox):
    sign_in(browser)
    account = Account.objects.get()
    before = kept(account)
    sandbox.control("DELETE", "requests")
    assert refresh_due(timezone.now() + timedelta(minutes=80)) == 0
    assert refresh_due(timezone.now() + timedelta(minutes=95)) == 1
    after = kept(account)
    assert renewals(sandbox) == ["refreshSession"]
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]
    assert after["app_password"] == before["app_password"]


@pytest.mark.parametrize("fault", ["reset_after_accept", "garbage"])
def test_a_lost_answer_to_a_renewal_loses_nothing(browser, sandbox, fault):
    sign_in(browser)
    account = Account.objects.get()
    before = kept(account)
    sandbox.arm("bluesky", fault, call="refresh")
    now = timezone.now() + timedelta(minutes=95)
    refresh_due(now)
    assert kept(account) == before
    for hour in range(1, 5):
        refresh_due(now + timedelta(hours=hour))
    account.refresh_from_db()
    assert account.state == "connected"
    assert kept(account)["access_token"] != before["access_token"]


def test_a_server_that_forgot_its_sessions_gets_a_new_one(browser, sandbox):
    sign_in(browser)
    account = Account.objects.get()
    before = kept(account)
    account.credentials.filter(credential_type=Type.REFRESH_TOKEN).update(
        credential_value="a-refresh-token-of-another-life"
    )
    sandbox.control("DELETE", "requests")
    refresh_due(timezone.now() + timedelta(minutes=95))
    assert renewals(sandbox) == ["refreshSession", "createSession"]
    assert kept(account)["access_token"] != before["access_token"]


def test_an_app_password_that_was_taken_back_stops_the_account(browser, sandbox, settings):
    sign_in(browser)
    account = Account.objects.get()
    for kind in (Type.REFRESH_TOKEN, Type.APP_PASSWORD):
        account.credentials.filter(credential_type=kind).update(credential_value="taken-back-there")
    now = timezone.now() + timedelta(hours=3)
    for step in range(settings.DISCONNECT_AFTER):
        refresh_due(now + timedelta(hours=step))
    account.refresh_from_db()
    assert account.state == "needs_reconnect"
    assert "does not know this handle with this app password" in account.state_reason
