"""Signing in at X: PKCE, apps with and without a secret, tokens that are used up by renewal."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from organisation.clock import database_now
from organisation.models import Notice
from platforms import refreshing
from platforms.adapters.twitter import Twitter
from platforms.contract import Connection
from platforms.doors import keys_of, place_of
from platforms.flows import FlowRefused, arrive, begin, choice_of, connect_chosen
from platforms.keeping import app_keys, keep_app
from platforms.models import Account, OAuthFlow, Platform, PlatformCredential
from platforms.oauth import AppKeys
from platforms.values import Rendition
from tests.factories import BrandFactory, UserFactory
from tests.platforms.journal import MemoryJournal
from tests.sandbox.conftest import Sandbox, running

pytestmark = pytest.mark.django_db

SITE, BROWSER = "http://127.0.0.1:8000", "this-browser"
USER, TOKEN = "1400200300400500", "token-of-the-account-0123"


@pytest.fixture
def sandbox(settings):
    with running() as client:
        settings.SANDBOX_URL, settings.SITE_URL = client.address, SITE
        client.register("twitter", USER, TOKEN, name="Harbour Books")
        yield client


@pytest.fixture
def brand():
    return BrandFactory()


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def x():
    return Platform.objects.get(slug="twitter")


def place(brand, x):
    found = place_of(brand, x, "x-login", "sandbox")
    assert found
    return found


def agree(sandbox: Sandbox, address: str, answer: str = "yes", **said: str) -> dict[str, str]:
    """Say yes on the consent page and return what comes back in the address."""
    page = sandbox.ask("GET", address)
    assert page.status_code == 200, page.text
    hidden = re.findall(r'name="(\w+)" value="([^"]*)"', page.text)
    sent = {name: unescape(value) for name, value in hidden if name not in ("answer", "account")}
    sent |= {"account": USER, "answer": answer, **said}
    target = address.partition("?")[0]
    back = sandbox.ask("POST", target, data=sent, allow_redirects=False)
    assert back.status_code == 302, back.text
    address = back.headers["Location"]
    assert address.startswith(f"{SITE}{reverse('desk:connect_return')}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def walk(sandbox, brand, person, x):
    """Go there, agree, and come back."""

    def go(answer: str = "yes", spoilt: dict[str, str] | None = None) -> OAuthFlow:
        now = database_now()
        address = begin(place(brand, x), by=person, browser=BROWSER, now=now)
        said = agree(sandbox, address, answer) | (spoilt or {})
        return arrive(said, by=person, browser=BROWSER, now=database_now())

    return go


@pytest.fixture
def account(walk, person):
    (made,) = connect_chosen(walk(), [USER], by=person, now=database_now())
    return made


def secrets(account: Account) -> dict[str, str]:
    rows = account.credentials.filter(is_active=True)
    return {row.credential_type: row.credential_value for row in rows}


def make_due(account: Account) -> None:
    rows = PlatformCredential.objects.filter(account=account, refresh_at__isnull=False)
    rows.update(refresh_at=database_now() - timedelta(seconds=1))


def test_the_question_says_what_is_asked_and_proves_itself(sandbox, brand, person, x):
    address = begin(place(brand, x), by=person, browser=BROWSER, now=database_now())
    said = {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{sandbox.address}/twitter/i/oauth2/authorize?")
    assert said["scope"] == "tweet.read tweet.write users.read media.write offline.access"
    assert (said["code_challenge_method"], len(said["code_challenge"])) == ("S256", 43)
    assert "+" not in urlsplit(address).query


def test_an_account_is_connected_with_both_tokens(account, brand, sandbox):
    assert (account.name, account.remote_id) == ("Harbour Books", USER)
    assert account.server_facts == {"handle": "harbour_books"}
    assert account.login_path == "x-login"
    kept = secrets(account)
    assert set(kept) == {"access_token", "refresh_token"}
    row = account.credentials.get(credential_type="access_token")
    assert timedelta(minutes=119) < row.expires_at - database_now() < timedelta(hours=2)
    assert row.refresh_at < row.expires_at - timedelta(minutes=25)
    assert "tweet.write" in row.scopes


def test_what_was_connected_can_post(account, sandbox, make_client):
    there = Connection(
        f"{sandbox.address}/twitter", "2", USER, make_client(), secrets(account),
        lambda item: NotImplemented,
    )  # fmt: skip
    Twitter(there).publish(Rendition("tweet", "Hello"), MemoryJournal())
    assert sandbox.texts() == ["Hello"]


def test_saying_no_connects_nothing(walk):
    with pytest.raises(FlowRefused, match="You did not allow it at X"):
        walk("no")
    assert not Account.objects.exists()


def test_a_made_up_code_connects_nothing(walk):
    with pytest.raises(FlowRefused, match="refused the sign-in"):
        walk(spoilt={"code": "made-up"})


APP = ("4400550066007700", "sandbox-app-secret")


@pytest.fixture
def coded(sandbox, brand, person, x):
    """What a code is exchanged with, if all is right."""
    address = begin(place(brand, x), by=person, browser=BROWSER, now=database_now())
    return {
        "grant_type": "authorization_code",
        "code": agree(sandbox, address)["code"],
        "redirect_uri": f"{SITE}{reverse('desk:connect_return')}",
        "code_verifier": str(OAuthFlow.objects.get().secret),
    }


def exchanged(sandbox: Sandbox, said: dict[str, str], app: tuple[str, str] = APP) -> int:
    address = f"{sandbox.address}/twitter/2/oauth2/token"
    return int(sandbox.ask("POST", address, data=said, auth=app).status_code)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"redirect_uri": f"{SITE}/elsewhere"},
        {"code_verifier": "x" * 64},
        {"code": "made-up"},
        {"grant_type": "password"},
    ],
)
def test_a_code_is_good_for_one_address_and_one_verifier(sandbox, coded, spoilt):
    assert exchanged(sandbox, coded | spoilt) == 400


def test_a_code_is_good_for_its_app_and_once(sandbox, coded):
    assert exchanged(sandbox, coded, (APP[0], "another-secret")) == 401
    assert exchanged(sandbox, coded) == 200
    assert exchanged(sandbox, coded) == 400


def test_a_code_is_good_for_half_a_minute(walk, monkeypatch):
    monkeypatch.setattr("sandbox.twitter.login.CODE_LASTS", -1.0)
    with pytest.raises(FlowRefused, match="authorization code was invalid"):
        walk()


def test_a_public_app_signs_in_without_a_secret(walk, brand, person, x, sandbox):
    keep_app(brand, x, "sandbox", AppKeys("sandbox-public-app"), by=person, now=database_now())
    (account,) = connect_chosen(walk(), [USER], by=person, now=database_now())
    asked = [r for r in sandbox.received() if r["path"].endswith("/oauth2/token")]
    assert asked[-1]["parameters"]["client_id"] == "sandbox-public-app"
    assert "authorization" not in {name.lower() for name in asked[-1]["headers"]}
    before = secrets(account)
    make_due(account)
    refreshing.refresh_due(database_now())
    assert secrets(account)["access_token"] != before["access_token"]


def test_an_app_that_becomes_public_keeps_no_secret(brand, person, x):
    keep_app(brand, x, "", AppKeys("an-id", "a-secret-of-the-app"), by=person, now=database_now())
    keep_app(brand, x, "", AppKeys("another-id"), by=person, now=database_now())
    assert app_keys(brand, x, "") is None
    assert app_keys(brand, x, "", public=True) == AppKeys("another-id")
    found = place_of(brand, x, "x-login")
    assert found
    assert keys_of(found) == AppKeys("another-id")


def test_other_platforms_still_need_the_secret(brand, person):
    facebook = Platform.objects.get(slug="facebook")
    keep_app(brand, facebook, "", AppKeys("an-id"), by=person, now=database_now())
    found = place_of(brand, facebook, "facebook-login")
    assert found
    assert keys_of(found) is None


def test_both_tokens_are_replaced_by_a_renewal(account, sandbox):
    before = secrets(account)
    make_due(account)
    assert refreshing.refresh_due(database_now()) == 1
    after = secrets(account)
    assert before["access_token"] != after["access_token"]
    assert before["refresh_token"] != after["refresh_token"]
    make_due(account)
    refreshing.refresh_due(database_now())
    assert secrets(account)["refresh_token"] != after["refresh_token"]
    assert not Notice.objects.exists()


def test_a_renewal_whose_answer_was_lost_asks_a_person(account, sandbox):
    sandbox.arm("twitter", "reset_after_accept", call="refresh")
    for _ in range(2):
        make_due(account)
        refreshing.refresh_due(database_now())
    account.refresh_from_db()
    assert account.state == Account.State.EXPIRING
    assert "its answer was lost" in Notice.objects.get().sentence


@pytest.mark.parametrize("fault", ["error_500_before", "rate_limit", "hang"])
def test_a_renewal_that_failed_is_tried_again(account, sandbox, fault, settings):
    settings.READ_TIMEOUT = 0.2
    sandbox.arm("twitter", fault, call="refresh")
    before = secrets(account)
    make_due(account)
    refreshing.refresh_due(database_now())
    assert secrets(account) == before
    make_due(account)
    refreshing.refresh_due(database_now())
    assert secrets(account) != before
    assert not Notice.objects.exists()


def test_no_secret_is_in_what_the_choice_shows(walk):
    choice = choice_of(walk())
    (offer,) = choice.possible
    assert offer.grant.access_token not in repr(choice)
    assert offer.grant.refresh_token not in repr(choice)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "http://127.0.0.1:8000/syndication/connect/return#x"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"scope": "tweet.read follows.write"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"state": ""},
        {"response_type": "token"},
    ],
)
def test_a_question_that_is_wrong_is_not_answered(sandbox, brand, person, x, spoilt):
    address = begin(place(brand, x), by=person, browser=BROWSER, now=database_now())
    query = {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()} | spoilt
    page = sandbox.ask("GET", address.partition("?")[0], params=query)
    assert page.status_code == 400
    assert "Authorize app" not in page.text
