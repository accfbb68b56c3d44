"""Connecting an account at X on the pages: the app, with a secret or none, and the walk there."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Role
from platforms.keeping import app_keys
from platforms.models import Account, Platform
from platforms.oauth import AppKeys
from tests.desk.walking import SITE, page_of
from tests.factories import MembershipFactory
from tests.sandbox.conftest import running

pytestmark = pytest.mark.django_db

USER = "1400200300400500"
APP = reverse("desk:connect_app", args=["twitter"])
START = reverse("desk:connect_start", args=["twitter", "x-login"])


@pytest.fixture
def sandbox(settings):
    with running() as client:
        settings.SANDBOX_URL, settings.SITE_URL = client.address, SITE
        client.register("twitter", USER, "token-of-the-account", name="Harbour Books")
        yield client


@pytest.fixture
def brand():
    return MembershipFactory(role=Role.ADMINISTRATOR).brand


@pytest.fixture
def una(brand):
    client = Client(HTTP_HOST=urlsplit(SITE).netloc)
    client.force_login(brand.memberships.get().user)
    return client


def walk(una, sandbox, answer="yes"):
    """Go there, answer, come back; return the answer of the address that X sends back to."""
    dialog = una.get(START, {"sandbox": "1"})
    assert dialog.status_code == 302, dialog.content.decode()
    page = sandbox.ask("GET", dialog.url).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    said = {name: unescape(value) for name, value in hidden.items()}
    back = sandbox.ask(
        "POST",
        dialog.url.partition("?")[0],
        data={**said, "account": USER, "answer": answer},
        allow_redirects=False,
    ).headers["Location"]
    assert back.startswith(SITE)
    return una.get(back.removeprefix(SITE))


def test_an_account_is_chosen_after_consent(una, sandbox, brand):
    choice = walk(una, sandbox)
    assert "Harbour Books" in page_of(una.get(choice.url))
    assert not Account.objects.exists()
    una.post(choice.url, {"account": [USER]})
    account = Account.objects.get(brand=brand)
    assert (account.remote_id, account.server, account.login_path) == (USER, "sandbox", "x-login")
    assert una.get(reverse("desk:account", args=[account.pk])).status_code == 200


def test_saying_no_is_said_in_plain_words(una, sandbox):
    assert "You did not allow it at X. Nothing was connected." in page_of(walk(una, sandbox, "no"))


def test_x_needs_the_brand_s_own_app_which_may_have_no_secret(una, brand):
    assert una.get(START).url.startswith(APP)
    page = page_of(una.get(APP))
    assert "Open X’s developer console" in page
    assert "Native App or Single page App" in page
    assert "Deauthorise callback" not in page
    assert "https only" not in page
    una.post(APP, {"brand": brand.pk, "client_id": "an-id-of-an-app", "client_secret": ""})
    x = Platform.objects.get(slug="twitter")
    assert app_keys(brand, x, "", public=True) == AppKeys("an-id-of-an-app")
    went = una.get(START).url
    assert went.startswith("https://x.com/i/oauth2/authorize?")
    assert dict(parse_qsl(urlsplit(went).query))["client_id"] == "an-id-of-an-app"


def test_meta_s_page_is_as_it_was_and_wants_a_secret(una, brand):
    address = reverse("desk:connect_app", args=["facebook"])
    page = page_of(una.get(address))
    assert "Open Meta’s page of apps" in page
    assert "Deauthorise callback" in page
    refused = una.post(address, {"brand": brand.pk, "client_id": "1234", "client_secret": ""})
    assert "Copy it from the app’s own page." in page_of(refused)


def test_a_token_may_be_pasted(una, sandbox, brand):
    address = reverse("desk:connect_token", args=["twitter"])
    una.post(
        f"{address}?sandbox=1",
        {"brand": brand.pk, "token": "token-of-the-account", "server": "sandbox", "sandbox": "1"},
    )
    account = Account.objects.get(brand=brand)
    assert (account.remote_id, account.login_path) == (USER, "")
