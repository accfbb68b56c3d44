"""Connecting accounts by OAuth, at the sandbox: to the platform, back once, and choose."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.models import AuditEntry, Notice, Role
from organisation.notices import open_notice
from platforms.keeping import app_keys
from platforms.models import Account, OAuthFlow, Platform, PlatformCredential
from platforms.pausing import resume_account
from posting.models import Post
from tests.desk.walking import (
    CAFE,
    CHILDREN,
    EVENTS,
    EWAN,
    ISLA,
    SITE,
    Walk,
    address_with,
    page_of,
)
from tests.factories import (
    AccountFactory,
    BrandFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(sandbox, una):
    return Walk(sandbox, una)


def test_pages_are_chosen_after_consent_and_can_be_posted_to(walk, brand, sandbox):
    answer = walk.connect(CAFE, CHILDREN, sandbox=1)
    assert answer.url == reverse("desk:platforms")
    accounts = Account.objects.filter(brand=brand)
    assert {account.remote_id for account in accounts} == {CAFE, CHILDREN}
    account = accounts.get(remote_id=CAFE)
    assert (account.server, account.login_path, account.state) == (
        "sandbox",
        "facebook-login",
        "connected",
    )
    token = account.credentials.get(is_active=True)
    assert (token.expires_at, "pages_manage_posts" in token.scopes) == (None, True)
    sent = sandbox.ask(
        "POST",
        f"{sandbox.facebook}/{CAFE}/feed",
        data={"message": "Peat", "access_token": token.credential_value},
    )
    assert sent.status_code == 200
    assert AuditEntry.objects.filter(verb="connect account", brand=brand).count() == 2


def test_nothing_is_connected_by_coming_back_alone(walk):
    choice = walk.arrive(sandbox=1)
    assert not Account.objects.exists()
    page = page_of(walk.client.get(choice.url))
    assert "Harbour Books Café" in page
    walk.client.post(choice.url, {"cancel": "1"})
    assert not Account.objects.exists()
    assert OAuthFlow.objects.get().secret == ""


def test_saying_no_is_said_in_plain_words(walk):
    answer = walk.arrive(said={"answer": "no"}, sandbox=1)
    assert "You did not allow it at Facebook. Nothing was connected." in page_of(answer)
    assert OAuthFlow.objects.get().ended_at


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"error": "server_error"}, "has a fault of its own right now"),
        ({"error_code": "1349126", "error_message": "App Not Active"}, "App Not Active"),
        ({"error": "x", "error_description": "<b>bold</b>"}, "<b>bold</b>"),
        ({}, "without an answer"),
    ],
)
def test_other_errors_of_the_platform_are_repeated_and_escaped(walk, said, sentence):
    back = walk.agree(walk.start(sandbox=1), answer="no")
    state = back.partition("state=")[2].partition("&")[0]
    answer = walk.come_back(address_with(back.partition("?")[0], state=state, **said))
    assert sentence in page_of(answer)
    assert b"<b>bold" not in answer.content


def test_a_state_counts_once(walk):
    back = walk.agree(walk.start(sandbox=1))
    assert walk.come_back(back).status_code == 302
    again = walk.come_back(back)
    assert "This answer was used already" in page_of(again)
    assert "Go to the choice" in page_of(again)


def test_another_browser_gets_nothing(walk, una):
    back = walk.agree(walk.start(sandbox=1))
    other = Client(HTTP_HOST="127.0.0.1:8000")
    other.force_login(una)
    assert "begun in another browser" in page_of(walk.come_back(back, other))
    assert walk.come_back(back).status_code == 302, "and the right one still can"


def test_another_person_in_the_same_browser_gets_nothing(walk, brand):
    back = walk.agree(walk.start(sandbox=1))
    other = MembershipFactory(brand=brand, role=Role.ADMINISTRATOR).user
    walk.client.force_login(other)
    assert "by somebody else" in page_of(walk.come_back(back))


def test_a_made_up_state_is_not_taken(walk):
    assert "not begun here" in page_of(
        walk.come_back(f"{SITE}/syndication/connect/return?state=a&code=b")
    )


def let_pass(time: timedelta) -> None:
    """Age the flow: PostgreSQL's clock, which decides, cannot be set."""
    OAuthFlow.objects.update(begun_at=F("begun_at") - time, expires_at=F("expires_at") - time)


def test_an_answer_that_takes_too_long_is_not_taken(walk):
    back = walk.agree(walk.start(sandbox=1))
    let_pass(timedelta(minutes=16))
    assert "longer than 15 minutes" in page_of(walk.come_back(back))


def test_a_choice_that_takes_too_long_is_not_taken_and_its_tokens_are_erased(walk):
    choice = walk.arrive(sandbox=1).url
    let_pass(timedelta(minutes=31))
    assert "too late for it" in page_of(walk.choose(choice, CAFE))
    assert (Account.objects.count(), OAuthFlow.objects.get().secret) == (0, "")


def test_a_choice_is_made_once(walk):
    choice = walk.arrive(sandbox=1).url
    assert walk.choose(choice, CAFE).status_code == 302
    assert "made already" in page_of(walk.choose(choice, CHILDREN))
    assert Account.objects.count() == 1


def test_what_was_not_offered_cannot_be_chosen(walk):
    answer = walk.choose(walk.arrive(sandbox=1).url, CAFE, EVENTS)
    assert "cannot be connected" in page_of(answer)
    assert not Account.objects.exists()


def test_choosing_nothing_asks_again(walk):
    assert "Choose at least one." in page_of(walk.choose(walk.arrive(sandbox=1).url))


def test_a_page_on_which_one_may_only_look_says_why_not(walk):
    choice = walk.arrive(EWAN, sandbox=1).url
    page = page_of(walk.client.get(choice))
    assert "does not include creating content" in page
    assert "cannot be connected" in page_of(walk.choose(choice, CAFE))


def test_who_manages_nothing_is_told(walk):
    page = page_of(walk.client.get(walk.arrive(ISLA, sandbox=1).url))
    assert "Facebook shows nothing to connect" in page


def test_a_missing_permission_is_named_and_can_be_asked_for_again(walk):
    choice = walk.arrive(said={"grant[]": ["pages_show_list"]}, sandbox=1).url
    answer = walk.client.get(choice)
    assert "pages_manage_posts" in page_of(answer)
    assert "Nothing was connected" in page_of(answer)
    again = answer.context["again"]
    assert "again=1" in again
    assert "auth_type=rerequest" in walk.client.get(again).url


def test_a_permission_that_posting_can_do_without_is_only_named(walk, brand):
    granted = ["pages_show_list", "pages_manage_posts", "pages_read_engagement"]
    choice = walk.arrive(said={"grant[]": granted}, sandbox=1).url
    assert "Posting works without" in page_of(walk.client.get(choice))
    walk.choose(choice, CAFE)
    account = brand.accounts.get()
    page = page_of(walk.client.get(reverse("desk:account", args=[account.pk])))
    assert "was not allowed pages_manage_engagement" in page


def test_reconnecting_keeps_queue_history_and_settings(walk, brand):
    walk.connect(CAFE, sandbox=1)
    account = brand.accounts.get()
    post = PostFactory(account=account, scheduled=True)
    Account.objects.update(
        late_limit=timedelta(hours=1), state="needs_reconnect", state_reason="Meta ended it."
    )
    open_notice(f"account:{account.pk}", "Meta ended it.", brand=brand)
    before = account.credentials.get()
    answer = walk.connect(CAFE, account=account.pk)
    assert answer.url == reverse("desk:account", args=[account.pk])
    again = brand.accounts.get()
    assert (again.pk, again.late_limit, again.state) == (
        account.pk,
        timedelta(hours=1),
        "connected",
    )
    assert Post.objects.get().pk == post.pk
    assert not Notice.objects.open().exists()
    before.refresh_from_db()
    assert (before.is_active, before.credential_value) == (False, "")


def test_another_account_than_before_is_refused(walk, brand):
    walk.connect(CAFE, sandbox=1)
    account = brand.accounts.get()
    kept = account.credentials.get()
    choice = walk.arrive(said={"page[]": [CHILDREN]}, account=account.pk).url
    page = page_of(walk.client.get(choice))
    assert "Facebook offers Harbour Books for Children, and not Harbour Books Café." in page
    assert "and not Harbour Books Café" in page_of(walk.choose(choice, CHILDREN))
    assert brand.accounts.get().credentials.get(is_active=True) == kept


def test_what_is_connected_already_is_marked(walk):
    walk.connect(CAFE, sandbox=1)
    page = page_of(walk.client.get(walk.arrive(sandbox=1).url))
    assert page.count("Connected already") == 1


def test_a_paused_account_stays_paused_and_its_notice_open_until_it_sends(walk, brand, una):
    walk.connect(CAFE, sandbox=1)
    account = brand.accounts.get()
    Account.objects.update(state="paused", state_reason="A strike.")
    open_notice(f"account:{account.pk}", "Blocked.", brand=brand)
    walk.connect(CAFE, account=account.pk)
    account.refresh_from_db()
    assert (account.state, account.state_reason) == ("paused", "A strike.")
    assert Notice.objects.open().count() == 1
    resume_account(account, by=una, now=timezone.now())
    assert not Notice.objects.open().exists()


def test_an_account_without_a_token_is_not_resumed_to_fail(una, brand):
    account = AccountFactory(brand=brand, token=False, state="paused")
    resume_account(account, by=una, now=timezone.now())
    assert account.state == "needs_reconnect"


def test_a_real_platform_needs_the_brands_own_app_first(walk, brand):
    address = reverse("desk:connect_start", args=["facebook", "facebook-login"])
    answer = walk.client.get(address)
    assert answer.url.startswith(reverse("desk:connect_app", args=["facebook"]))
    page = walk.client.get(answer.url)
    assert f"{SITE}/syndication/connect/return" in page_of(page)
    words = {"brand": brand.pk, "client_id": "123456789012", "client_secret": "a secret of an app"}
    walk.client.post(reverse("desk:connect_app", args=["facebook"]), words)
    assert app_keys(brand, Platform.objects.get(slug="facebook"), "").client_id == "123456789012"
    went = walk.start()
    assert went.startswith("https://www.facebook.com/v26.0/dialog/oauth?")
    assert "&client_id=123456789012&" in went
    again = walk.client.get(reverse("desk:connect_app", args=["facebook"]))
    assert "a secret of an app" not in again.content.decode()
    assert "••••9012" in again.content.decode()


def test_the_app_of_one_brand_is_not_anothers(walk, brand, una):
    other = MembershipFactory(user=una, brand=BrandFactory(), role=Role.ADMINISTRATOR).brand
    words = {"brand": brand.pk, "client_id": "123456789012", "client_secret": "a secret of an app"}
    walk.client.post(reverse("desk:connect_app", args=["facebook"]), words)
    assert app_keys(other, Platform.objects.get(slug="facebook"), "") is None


def test_a_code_that_the_platform_refuses_connects_nothing(walk, sandbox):
    back = walk.agree(walk.start(sandbox=1))
    sandbox.control("DELETE", "codes")
    page = page_of(walk.come_back(back))
    assert "This authorization code has expired" in page
    assert "Nothing was connected" in page


@pytest.mark.parametrize("fault", ["error_500_before", "garbage", "reset_before", "rate_limit"])
def test_a_platform_that_fails_during_the_exchange_is_said(walk, sandbox, fault):
    back = walk.agree(walk.start(sandbox=1))
    sandbox.arm("facebook", fault, call="refresh")
    answer = walk.come_back(back)
    assert "Nothing was connected. Begin again." in page_of(answer)
    assert OAuthFlow.objects.get().secret == ""


def test_a_pasted_token_is_checked_before_it_is_kept(walk, sandbox, brand):
    sandbox.register("facebook", "1001", "page-token-1234567890")
    address = reverse("desk:connect_token", args=["facebook"]) + "?sandbox=1"
    wrong = walk.client.post(address, {"brand": brand.pk, "token": "wrong"})
    assert "Nothing was stored" in page_of(wrong)
    assert not PlatformCredential.objects.exists()
    words = {"brand": brand.pk, "token": "page-token-1234567890", "ends": "2030-01-01"}
    walk.client.post(address, words)
    account = brand.accounts.get()
    assert account.remote_id == "1001"
    assert account.credentials.get().expires_at.year == 2030


def test_a_pasted_token_of_another_account_is_refused(walk, sandbox, brand):
    sandbox.register("facebook", "1001", "page-token-1234567890")
    account = AccountFactory(brand=brand, server="sandbox", remote_id="55")
    address = reverse("desk:connect_token", args=["facebook"])
    words = {"reconnect": account.pk, "token": "page-token-1234567890"}
    assert "Nothing was changed" in page_of(walk.client.post(address, words))
    assert account.credentials.get().credential_value == "token-for-tests-4f2a"


def test_at_another_address_of_this_server_one_is_led_to_the_right_one(una, sandbox):
    client = Client(HTTP_HOST="localhost:8000")
    client.force_login(una)
    address = reverse("desk:connect_start", args=["facebook", "facebook-login"])
    answer = client.get(address, {"sandbox": 1})
    assert f"Platforms send people back to {SITE}" in page_of(answer)


def test_the_right_to_connect_is_looked_at_again_at_the_choice(walk, una):
    choice = walk.arrive(sandbox=1).url
    una.memberships.update(role=Role.PUBLISHER)
    assert walk.choose(choice, CAFE).status_code == 403
    assert not Account.objects.exists()


def test_a_choice_is_its_persons_own(walk, brand):
    choice = walk.arrive(sandbox=1).url
    other = MembershipFactory(brand=brand, role=Role.ADMINISTRATOR).user
    client = Client()
    client.force_login(other)
    assert client.post(choice, {"account": CAFE}).status_code == 404


def test_the_list_costs_the_same_for_one_account_and_for_many(
    una, brand, client, django_assert_max_num_queries
):
    client.force_login(una)
    AccountFactory(brand=brand)
    client.get(reverse("desk:platforms"))
    with django_assert_max_num_queries(40) as one:
        client.get(reverse("desk:platforms"))
    for platform in ("facebook", "mastodon") * 4:
        account = AccountFactory(brand=brand, platform=platform)
        PostFactory(account=account, failed=True)
    with django_assert_max_num_queries(40) as many:
        page = client.get(reverse("desk:platforms"))
    assert len(many) == len(one)
    assert "9 accounts on 2 platforms." in page_of(page)


def test_the_account_page_checks_pauses_and_resumes(walk, brand):
    walk.connect(CAFE, sandbox=1)
    account = brand.accounts.get()
    act = lambda name: walk.client.post(  # noqa: E731
        reverse("desk:account_act", args=[account.pk, name]), follow=True
    )
    assert "Facebook accepts the token of Harbour Books Café." in page_of(act("check"))
    act("pause")
    account.refresh_from_db()
    assert account.state == "paused"
    act("resume")
    account.refresh_from_db()
    assert account.state == "connected"
    walk.sandbox.control("POST", "revocations", json={"platform": "facebook", "person": "20011001"})
    assert "no longer accepts the token" in page_of(act("check"))


def test_a_person_without_the_right_sees_the_account_and_no_buttons(walk, brand, client):
    walk.connect(CAFE, sandbox=1)
    client.force_login(MembershipFactory(brand=brand, role=Role.AUTHOR).user)
    page = page_of(client.get(reverse("desk:account", args=[brand.accounts.get().pk])))
    assert "Harbour Books Café" in page
    assert "Check now" not in page
    assert "Paste a token" not in page


def test_a_stranger_finds_no_account(walk, brand, client):
    walk.connect(CAFE, sandbox=1)
    client.force_login(UserFactory())
    address = reverse("desk:account", args=[brand.accounts.get().pk])
    assert client.get(address).status_code == 404
