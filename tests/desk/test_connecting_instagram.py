"""Signing in for Instagram at the sandbox, by each of its logins, until a post is out."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from platforms.adapters.instagram.profile import Profile
from platforms.graph import proof
from platforms.keeping import keep_app
from platforms.models import Account, Platform, PlatformCredential
from platforms.oauth import AppKeys
from platforms.refreshing import refresh_due
from posting.connecting import client_until, connection_for, target_of
from posting.identifying import identify
from posting.models import Post
from tests.desk.walking import BOOKS, EWAN, ISLA, PRIVATE, SITE, Walk, page_of
from tests.factories import AccountFactory, PostFactory

pytestmark = pytest.mark.django_db
BY_FACEBOOK = ("instagram", "facebook-login")
BY_ITSELF = ("instagram", "instagram-login")


@pytest.fixture
def by_facebook(sandbox, una):
    return Walk(sandbox, una, BY_FACEBOOK)


@pytest.fixture
def by_itself(sandbox, una):
    return Walk(sandbox, una, BY_ITSELF)


def asked(sandbox, part: str) -> list[dict[str, Any]]:
    return [r for r in sandbox.received(platform="instagram") if part in r["path"]]


def test_by_facebook_login_the_account_of_a_page_is_chosen(by_facebook, brand):
    by_facebook.connect(BOOKS, sandbox=1)
    account = brand.accounts.get()
    assert (account.remote_id, account.platform.slug) == (BOOKS, "instagram")
    assert (account.login_path, account.server_facts["login"]) == ("facebook-login", "facebook")
    token = account.credentials.get(is_active=True)
    assert (token.expires_at, "instagram_content_publish" in token.scopes) == (None, True)
    assert identify(target_of(account)).remote_id == BOOKS


def test_pages_without_an_account_say_what_is_missing(by_facebook):
    page = page_of(by_facebook.client.get(by_facebook.arrive(sandbox=1).url))
    assert "No professional Instagram account is linked to this Facebook Page" in page
    assert "Harbour Books Café" in page


def test_who_may_only_look_at_the_page_cannot_connect_its_account(by_facebook):
    page = page_of(by_facebook.client.get(by_facebook.arrive(EWAN, sandbox=1).url))
    assert "does not include creating content" in page


def test_who_manages_no_page_is_told(by_facebook):
    page = page_of(by_facebook.client.get(by_facebook.arrive(ISLA, sandbox=1).url))
    assert "shows nothing to connect" in page


def test_by_instagram_login_the_account_itself_is_connected_for_sixty_days(by_itself, brand):
    by_itself.connect(BOOKS, person=BOOKS, sandbox=1)
    account = brand.accounts.get()
    assert (account.remote_id, account.login_path) == (BOOKS, "instagram-login")
    assert account.server_facts == {"login": "instagram", "username": "harbourbookscaf"}
    token = account.credentials.get(is_active=True)
    assert timedelta(days=59) < token.expires_at - timezone.now() <= timedelta(days=60)
    assert token.refresh_at < token.expires_at - timedelta(days=19)
    assert "instagram_business_content_publish" in token.scopes
    assert account.granted_by == BOOKS
    assert identify(target_of(account)).remote_id == BOOKS


def test_a_personal_account_is_told_to_become_professional(by_itself):
    choice = by_itself.arrive(PRIVATE, sandbox=1).url
    assert "personal account, to which no app can post" in page_of(by_itself.client.get(choice))
    assert "cannot be connected" in page_of(by_itself.choose(choice, PRIVATE))
    assert not Account.objects.exists()


@pytest.mark.parametrize("way", [BY_FACEBOOK, BY_ITSELF])
def test_saying_no_connects_nothing(sandbox, una, way):
    walk = Walk(sandbox, una, way)
    person = BOOKS if way == BY_ITSELF else EWAN
    answer = walk.arrive(person, said={"answer": "no"}, sandbox=1)
    assert "You did not allow it at Instagram. Nothing was connected." in page_of(answer)


def test_a_permission_that_posting_needs_is_named_and_asked_for_again(by_itself):
    said = {"grant[]": ["instagram_business_basic"]}
    choice = by_itself.arrive(BOOKS, said, sandbox=1).url
    answer = by_itself.client.get(choice)
    assert "instagram_business_content_publish" in page_of(answer)
    assert "force_reauth=true" in by_itself.client.get(answer.context["again"]).url
    assert not Account.objects.exists()


@pytest.mark.parametrize("fault", ["error_500_before", "garbage", "reset_before", "rate_limit"])
def test_a_platform_that_fails_during_the_exchange_is_said(by_itself, sandbox, fault):
    back = by_itself.agree(by_itself.start(sandbox=1), BOOKS)
    sandbox.arm("instagram", fault, call="refresh")
    page = page_of(by_itself.come_back(back))
    assert "Nothing was connected. Begin again." in page


def test_a_code_that_ended_is_refused_in_instagrams_own_words(by_itself, sandbox):
    back = by_itself.agree(by_itself.start(sandbox=1), BOOKS)
    sandbox.control("DELETE", "codes")
    assert "This authorization code has expired" in page_of(by_itself.come_back(back))


def test_reconnecting_by_the_other_login_keeps_queue_and_history(
    by_itself, by_facebook, brand, settings
):
    by_itself.connect(BOOKS, person=BOOKS, sandbox=1)
    account = brand.accounts.get()
    post = PostFactory(account=account, scheduled=True)
    Account.objects.update(late_limit=timedelta(hours=1), state="needs_reconnect")
    by_facebook.connect(BOOKS, account=account.pk)
    again = brand.accounts.get()
    assert (again.pk, again.late_limit, again.state) == (
        account.pk,
        timedelta(hours=1),
        "connected",
    )
    assert again.login_path == "facebook-login"
    assert again.server_facts["login"] == "facebook"
    assert Post.objects.get().pk == post.pk
    assert again.credentials.filter(is_active=True).count() == 1


def test_another_account_is_refused(by_itself, brand, sandbox):
    by_itself.connect(BOOKS, person=BOOKS, sandbox=1)
    account = brand.accounts.get()
    walks = "17841405309200602"
    choice = by_itself.arrive(walks, account=account.pk).url
    page = page_of(by_itself.choose(choice, walks))
    assert "offers Harbour Walks, and not Harbour Books Café" in page


# Renewing


def renewed(account: Account) -> PlatformCredential:
    """The token after its time to be renewed has come."""
    PlatformCredential.objects.filter(account=account).update(refresh_at=timezone.now())
    refresh_due(timezone.now())
    return account.credentials.get(is_active=True)


def test_a_token_is_renewed_for_sixty_more_days(by_itself, brand, sandbox):
    by_itself.connect(BOOKS, person=BOOKS, sandbox=1)
    account = brand.accounts.get()
    before = account.credentials.get()
    sandbox.control("POST", "tokens", json={"platform": "instagram", "hours": 30 * 24})
    after = renewed(account)
    assert after.credential_value != before.credential_value
    assert after.expires_at is not None
    assert after.expires_at - timezone.now() > timedelta(days=59)
    assert identify(target_of(account)).remote_id == BOOKS
    (request,) = asked(sandbox, "refresh_access_token")
    assert before.credential_value not in str(request), "the sandbox cuts it from its own log"


def test_a_token_younger_than_a_day_is_refused_and_stays(by_itself, brand):
    by_itself.connect(BOOKS, person=BOOKS, sandbox=1)
    account = brand.accounts.get()
    before = account.credentials.get()
    after = renewed(account)
    assert (after.credential_value, after.refresh_refused) == (before.credential_value, 1)
    assert brand.accounts.get().state == Account.State.CONNECTED


def test_tokens_by_facebook_login_need_no_renewal(by_facebook, brand):
    by_facebook.connect(BOOKS, sandbox=1)
    assert brand.accounts.get().credentials.get().refresh_at is None


# Whose app


def app_for(brand, slug: str, secret: str, una) -> None:
    keys = AppKeys("123456789012", secret)
    platform = Platform.objects.get(slug=slug)
    keep_app(brand, platform, "", keys, by=una, now=timezone.now())


@pytest.mark.parametrize(
    ("login_path", "secret"),
    [("facebook-login", "of facebook's"), ("instagram-login", "of instagram's"), ("", "")],
)
def test_each_login_signs_with_the_secret_of_its_own_app(brand, una, login_path, secret):
    app_for(brand, "facebook", "of facebook's", una)
    app_for(brand, "instagram", "of instagram's", una)
    account = AccountFactory(brand=brand, platform="instagram", server="", login_path=login_path)
    kept = target_of(account).credentials.get("app_secret", "")
    assert kept == (secret or "of instagram's")


def test_calls_of_facebook_login_go_to_graph_and_carry_its_proof(brand, una):
    app_for(brand, "facebook", "of facebook's", una)
    account = AccountFactory(
        brand=brand,
        platform="instagram",
        server="",
        login_path="facebook-login",
        server_facts={"login": "facebook"},
        token="page-token-1234567890",
    )
    target = target_of(account)
    assert target.base_url == "https://graph.facebook.com"
    profile = Profile(connection_for(target, client_until(0.0, target)))
    sent = profile.graph._proof["appsecret_proof"]
    assert sent == proof("page-token-1234567890", "of facebook's")


def test_without_an_app_each_way_leads_to_the_form_of_its_own(una, sandbox):
    for way, slug in ((BY_FACEBOOK, "facebook"), (BY_ITSELF, "instagram")):
        walk = Walk(sandbox, una, way)
        answer = walk.client.get(reverse("desk:connect_start", args=way))
        assert answer.url.startswith(reverse("desk:connect_app", args=[slug]))


def test_the_real_instagram_is_asked_at_its_own_address(brand, una, by_itself):
    app_for(brand, "instagram", "of instagram's", una)
    went = urlsplit(by_itself.start())
    assert f"{went.scheme}://{went.netloc}{went.path}" == (
        "https://www.instagram.com/oauth/authorize"
    )
    query = parse_qs(went.query)
    assert query["client_id"] == ["123456789012"]
    assert query["redirect_uri"] == [f"{SITE}/syndication/connect/return"]
    assert query["scope"][0].split(",")[0] == "instagram_business_basic"
