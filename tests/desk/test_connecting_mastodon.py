"""Signing in at a server with Mastodon's API, at the sandbox, until a post could go out."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.connecting import server_in
from organisation.models import AuditEntry, Role
from platforms.adapters.mastodon.login import MastodonLogin
from platforms.doors import place_of
from platforms.errors import CredentialsExpired
from platforms.flows import begin
from platforms.keeping import app_keys
from platforms.models import Account, OAuthFlow, Platform, PlatformCredential
from posting.connecting import target_of
from posting.identifying import identify
from tests.desk.walking import SITE, Walk, address_with, page_of
from tests.factories import AccountFactory, BrandFactory, MembershipFactory

pytestmark = pytest.mark.django_db
WAY = ("mastodon", "mastodon-login")
BOOKS, WALKS = "109300200300401", "109300200300402"
PAGE = reverse("desk:connect_server", args=WAY)
START = reverse("desk:connect_start", args=WAY)


@pytest.fixture
def walk(sandbox, una):
    return Walk(sandbox, una, WAY)


def asked(sandbox, path: str) -> int:
    return sum(path in one["path"] for one in sandbox.received(platform="mastodon"))


def test_signing_in_connects_the_account_with_the_limits_of_its_server(walk, brand):
    walk.connect(BOOKS, person=BOOKS, sandbox=1)
    account = brand.accounts.get()
    assert (account.remote_id, account.name, account.login_path, account.server) == (
        BOOKS,
        "Harbour Books",
        "mastodon-login",
        "sandbox",
    )
    assert account.server_facts["max_characters"] == 500
    token = account.credentials.get(is_active=True)
    assert (token.expires_at, "write:statuses" in token.scopes) == (None, True)
    assert identify(target_of(account)).remote_id == BOOKS


def test_the_program_is_registered_once_for_each_brand(walk, brand, sandbox, una):
    walk.connect(BOOKS, person=BOOKS, sandbox=1)
    walk.connect(WALKS, person=WALKS, sandbox=1)
    assert asked(sandbox, "/api/v1/apps") == 2  # registered, and then asked whether it is known
    other = BrandFactory()
    MembershipFactory(brand=other, user=una, role=Role.ADMINISTRATOR)
    walk.start(sandbox=1, brand=other.pk)
    platform = Platform.objects.get(slug="mastodon")
    mine, theirs = (app_keys(one, platform, "sandbox") for one in (brand, other))
    assert mine
    assert theirs
    assert mine.client_id != theirs.client_id
    assert AuditEntry.objects.filter(verb="register app").count() == 2


def test_an_app_that_the_server_forgot_is_registered_anew(walk, brand, sandbox):
    walk.start(sandbox=1)
    platform = Platform.objects.get(slug="mastodon")
    before = app_keys(brand, platform, "sandbox")
    sandbox.control("DELETE", "apps", params={"platform": "mastodon"})
    walk.connect(BOOKS, person=BOOKS, sandbox=1)
    assert app_keys(brand, platform, "sandbox") != before
    assert brand.accounts.exists()


def test_an_app_for_another_address_of_this_installation_is_registered_anew(walk, brand, settings):
    walk.start(sandbox=1)
    platform = Platform.objects.get(slug="mastodon")
    before = app_keys(brand, platform, "sandbox")
    settings.SITE_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = ["*"]
    walk.client.get(START, {"sandbox": 1}, HTTP_HOST="localhost:8000")
    assert app_keys(brand, platform, "sandbox") != before


def test_two_walks_at_once_end_with_one_app(walk, brand, sandbox, monkeypatch):
    """The second registers while the first is on its way; both go out under the app kept first."""
    arrange = MastodonLogin.arrange
    begun: list[str] = []

    def slowly(self, door):
        mine = arrange(self, door)
        if not begun:
            begun.append("the other")
            begun.append(walk.start(sandbox=1))
        return mine

    monkeypatch.setattr(MastodonLogin, "arrange", slowly)
    first = walk.start(sandbox=1)
    clients = {parse_qs(urlsplit(one).query)["client_id"][0] for one in (first, begun[1])}
    assert len(clients) == 1
    assert PlatformCredential.objects.filter(account=None, is_active=True).count() == 2
    assert walk.come_back(walk.agree(first, BOOKS)).status_code == 302


def test_the_secret_of_the_app_is_kept_encrypted_and_the_flow_keeps_none(walk):
    address = walk.start(sandbox=1)
    query = parse_qs(urlsplit(address).query)
    secret = PlatformCredential.objects.get(credential_type="app_secret")
    assert secret.credential_value not in address
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{SITE}/syndication/connect/return"]
    assert OAuthFlow.objects.get().secret not in address


def test_an_older_server_is_asked_without_pkce(walk, brand, sandbox):
    sandbox.register("mastodon", "77", "a-token-for-77", limits={"pkce": False})
    address = walk.start(sandbox=1)
    assert "code_challenge" not in address
    assert OAuthFlow.objects.get().secret == ""
    walk.choose(walk.come_back(walk.agree(address, BOOKS)).url, BOOKS)
    assert brand.accounts.get().remote_id == BOOKS


def test_a_server_that_speaks_for_another_is_refused(walk, sandbox):
    limits = {"issuer": "https://evil.example/"}
    sandbox.register("mastodon", "77", "a-token-for-77", limits=limits)
    page = page_of(walk.client.get(START, {"sandbox": 1}))
    assert "people sign in at evil.example" in page
    assert "Nothing was connected." in page
    assert asked(sandbox, "/api/v1/apps") == 0
    assert not OAuthFlow.objects.exists()


def names_itself(sandbox, as_what: str) -> None:
    """The server announces that it names itself with each answer (RFC 9207)."""
    sandbox.register("mastodon", "2002", "person-token", limits={"iss": as_what})


def test_a_server_that_names_itself_with_its_answer_is_believed(walk, brand, sandbox):
    names_itself(sandbox, "its own")
    walk.connect(BOOKS, person=BOOKS, sandbox=1)
    assert brand.accounts.get().remote_id == BOOKS
    assert OAuthFlow.objects.get().issuer == f"{sandbox.address}/"


@pytest.mark.parametrize(
    ("as_what", "who"), [("https://other.example/", "https://other.example/"), ("", "nobody")]
)
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_answer_of_another_server_is_not_taken(walk, brand, sandbox, as_what, who, answer):
    """The code would be sent to a server that it was not made for."""
    names_itself(sandbox, as_what)
    page = page_of(walk.arrive(BOOKS, {"answer": answer}, sandbox=1))
    assert f"The answer is signed by {who}," in page
    assert "Nothing was connected, and the code was not used." in page
    received = [
        one for one in sandbox.received(platform="mastodon") if one["path"].endswith("/token")
    ]
    assert all("code" not in one["parameters"] for one in received)
    assert not brand.accounts.exists()
    assert OAuthFlow.objects.get().ended_at is not None


def test_a_name_that_was_put_into_the_answer_changes_nothing_where_none_is_announced(walk, brand):
    back = address_with(walk.agree(walk.start(sandbox=1), BOOKS), iss="https://other.example")
    walk.choose(walk.come_back(back).url, BOOKS)
    assert brand.accounts.exists()


def test_during_maintenance_nobody_is_signed_in_without_what_the_server_says_of_itself(
    walk, sandbox
):
    """An answer that is none must not look like an old server, which knows neither PKCE nor iss."""
    sandbox.arm("mastodon", "maintenance", call="read")
    page = page_of(walk.client.get(START, {"sandbox": 1}))
    assert "as it does during maintenance" in page
    assert not OAuthFlow.objects.exists()


def test_saying_no_connects_nothing(walk):
    answer = walk.arrive(BOOKS, {"answer": "no"}, sandbox=1)
    assert "You did not allow it at Mastodon. Nothing was connected." in page_of(answer)
    assert not Account.objects.exists()


def test_a_code_that_ended_is_refused_in_the_servers_own_words(walk, sandbox):
    back = walk.agree(walk.start(sandbox=1), BOOKS)
    sandbox.control("DELETE", "codes")
    page = page_of(walk.come_back(back))
    assert "The provided authorization grant is invalid" in page
    assert not Account.objects.exists()


def test_a_code_from_elsewhere_does_not_fit_the_verifier(walk):
    mine, other = (walk.agree(walk.start(sandbox=1), BOOKS) for _ in range(2))
    code = parse_qs(urlsplit(other).query)["code"][0]
    page = page_of(walk.come_back(address_with(mine, code=code)))
    assert "The provided authorization grant is invalid" in page


@pytest.mark.parametrize(
    "fault",
    ["error_500_before", "garbage", "reset_before", "rate_limit", "maintenance", "redirect"],
)
def test_a_server_that_fails_is_said_and_nothing_is_kept(walk, sandbox, fault):
    sandbox.arm("mastodon", fault, call="refresh")
    assert "Nothing was connected." in page_of(walk.client.get(START, {"sandbox": 1}))
    assert not PlatformCredential.objects.exists()
    assert not OAuthFlow.objects.exists()


def test_a_token_that_was_taken_back_is_told(walk, brand, sandbox):
    walk.connect(BOOKS, person=BOOKS, sandbox=1)
    account = brand.accounts.get()
    keys = app_keys(brand, account.platform, "sandbox")
    token = account.credentials.get(is_active=True).credential_value
    said = {"client_id": keys.client_id, "client_secret": keys.client_secret, "token": token}
    assert sandbox.ask("POST", f"{sandbox.mastodon}/oauth/revoke", data=said).status_code == 200
    with pytest.raises(CredentialsExpired, match="was revoked"):
        identify(target_of(account))


def test_an_account_with_a_pasted_token_is_reconnected_by_signing_in(walk, brand, sandbox):
    account = AccountFactory(
        brand=brand,
        platform="mastodon",
        server="sandbox",
        remote_id=BOOKS,
        state="needs_reconnect",
    )
    walk.connect(BOOKS, person=BOOKS, account=account.pk)
    again = brand.accounts.get()
    assert (again.pk, again.login_path, again.state) == (account.pk, "mastodon-login", "connected")


def test_another_account_does_not_take_its_place(walk, brand):
    account = AccountFactory(brand=brand, platform="mastodon", server="sandbox", remote_id=BOOKS)
    choice = walk.arrive(WALKS, account=account.pk).url
    assert "offers Harbour Walks, and not" in page_of(walk.choose(choice, WALKS))


# The server that is typed in


def test_without_a_server_the_way_in_asks_for_one(walk, brand):
    assert PAGE in walk.client.get(START).url
    assert PAGE in walk.client.get(reverse("desk:connect")).content.decode()
    assert "The address of the profile will do" in page_of(walk.client.get(PAGE))


def test_an_opened_server_of_ones_own_is_gone_to(brand, una, sandbox, settings):
    settings.FETCH_ALLOW = ("127.0.0.1",)
    platform = Platform.objects.get(slug="mastodon")
    place = place_of(brand, platform, "mastodon-login", sandbox.mastodon)
    assert place
    address = begin(place, by=una, browser="b", now=timezone.now())
    assert address.startswith(f"{sandbox.mastodon}/oauth/authorize?")
    assert app_keys(brand, platform, sandbox.mastodon)
    assert app_keys(brand, platform, "sandbox") is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("127.0.0.1:9", "is not a public address"),
        ("https://user:secret@social.example", "is not the address of a server"),
        ("not a server", "is not the address of a server"),
        ("", "Say at which server the account is."),
    ],
)
def test_what_is_no_public_server_is_refused_in_words(walk, typed, words):
    page = page_of(walk.client.post(PAGE, {"server": typed}))
    assert words in page
    assert not OAuthFlow.objects.exists()
    assert not PlatformCredential.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "social.example",
        " Social.Example/ ",
        "https://social.example/@books",
        "@books@social.example",
        "social.example/@books",
    ],
)
def test_a_server_is_understood_as_people_type_it(typed):
    assert server_in(typed) == "https://social.example"


def test_the_page_may_lead_its_form_to_a_server(walk):
    policy = walk.client.get(PAGE).headers["Content-Security-Policy"]
    (forms,) = [one for one in policy.split(";") if "form-action" in one]
    assert forms.split() == ["form-action", "'self'", "https:", "http:"]
