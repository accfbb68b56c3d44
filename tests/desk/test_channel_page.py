"""The page of one channel: who posts there, what fits, what waits, what was tried, a trial."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import Role
from platforms.models import ChannelType, Platform, RateBudget
from posting.models import Post
from tests.desk.walking import page_of
from tests.factories import (
    AccountFactory,
    BrandFactory,
    MembershipFactory,
    PieceFactory,
    PostAttemptFactory,
    PostFactory,
)
from tests.sandbox.conftest import running

pytestmark = pytest.mark.django_db
FEED = ("facebook", "feed-post")


@pytest.fixture
def una(db):
    return MembershipFactory(role=Role.ADMINISTRATOR).user


@pytest.fixture
def brand(una):
    return una.memberships.get().brand


@pytest.fixture
def account(brand):
    return AccountFactory(brand=brand, name="Glen & Loom")


@pytest.fixture
def here(client, una):
    client.force_login(una)
    return client


def open_page(client, *place: str, **asked: object):
    return client.get(reverse("desk:channel", args=place or FEED), asked)


def test_it_names_the_channel_and_its_accounts(here, account):
    AccountFactory(name="Somebody else's")
    page = page_of(open_page(here))
    assert "Facebook, page post" in page
    assert "Glen & Loom" in page
    assert "Somebody else's" not in page
    assert "1 account uses this channel." in page
    assert "https://graph.facebook.com , version v26.0" in page


def test_what_a_server_takes_is_told_by_its_own_numbers(here, brand):
    facts = {"max_characters": 700, "image_matrix_limit": 2_000_000, "poll_options": 6}
    AccountFactory(brand=brand, platform="mastodon", server_facts=facts)
    page = page_of(open_page(here, "mastodon", "thread"))
    assert "Each post 700 characters" in page
    assert "Picture size 2.0 million pixels" in page
    assert "Video size 8.3 million pixels" in page
    assert "Poll 2 to 6 answers of 50 characters, for 5 min to 30 days" in page
    assert "Proportions" not in page
    AccountFactory(brand=brand, platform="bluesky", remote_id="did:plc:ewvi7nxzyoun6zhxrhs64oiz")
    assert "Proportions 0.05 to 20.00" in page_of(open_page(here, "bluesky", "post"))


def test_of_two_accounts_one_is_looked_at(here, account, brand):
    other = AccountFactory(brand=brand, name="Glen & Loom USA", late_limit=timedelta(hours=2))
    page = open_page(here, account=other.pk)
    assert page.context["page"].row.account == other
    assert "later than 2 h" in page_of(page)


def test_who_stands_in_is_said(here, account, brand):
    assert "its posts wait: no other account stands in for it" in page_of(open_page(here))
    account.fallback = AccountFactory(brand=brand, name="The spare Page")
    account.fallback_without_video = True
    account.save()
    said = page_of(open_page(here, account=account.pk))
    assert "The spare Page sends what is due." in said
    assert "A post whose video is refused goes out without it." in said


def test_without_an_account_it_says_how_to_get_one(here):
    assert "Connect an account of Facebook" in page_of(open_page(here))


@pytest.mark.parametrize("place", [("facebook", "tweet"), ("myspace", "feed-post"), ("x", "y")])
def test_what_no_adapter_offers_is_not_there(here, place):
    assert open_page(here, *place).status_code == 404


def test_the_older_address_leads_here(client, account):
    moved = client.get(f"/syndication/facebook/feed-post?account={account.pk}")
    assert moved.status_code == 301
    assert moved.url == f"/syndication/posting/facebook/feed-post?account={account.pk}"
    assert client.get("/syndication/facebook/tweet").status_code == 404


def test_limits_are_the_platforms_and_staffs_lower_ones(here, account):
    rows = ChannelType.objects.filter(platform__slug="facebook", slug="feed-post")
    assert "Text 63,206 characters" in page_of(open_page(here))
    rows.update(limits={"text_max": 400})
    assert "Text 400 characters here, 63,206 characters there" in page_of(open_page(here))


def test_the_shares_of_an_answer_are_the_rules_by_which_posts_are_tried_again(here, account):
    page = page_of(open_page(here))
    assert "try again after 5 s, then twice as long each time, up to 15 min" in page
    assert "never send again; look whether it is out" in page


def test_what_waits_is_listed_and_nobody_elses(here, account):
    soon = PostFactory(account=account, scheduled=True, due=timezone.now() + timedelta(hours=1))
    PostFactory(scheduled=True)
    PostFactory(account=account)
    assert open_page(here).context["page"].waiting == [soon]


def test_attempts_are_shown_with_their_reason_and_no_secret(here, account):
    post = PostFactory(account=account, failed=True)
    PostAttemptFactory(post=post, error_class="Rejected", error_message="Too red.")
    page = page_of(open_page(here))
    assert "Too red." in page
    assert "token-for-tests-4f2a" not in page


def test_how_many_went_out_at_the_first_try_is_counted(here, account):
    PostFactory(account=account, published=True)
    PostFactory(account=account, published=True, attempts=3)
    PostFactory(account=account, failed=True)
    PostFactory(published=True)
    said = "Of the last 3 posts of Glen & Loom, 33.3 % went out at the first try."
    assert said in page_of(open_page(here))


def test_a_dry_run_shows_what_would_go_out_and_writes_nothing(here, account, brand):
    piece = PieceFactory(brand=brand, text="Peat smoke.")
    page = page_of(open_page(here, account=account.pk, piece=piece.pk))
    assert "It would go out from Glen & Loom as below." in page
    assert "Peat smoke." in page
    assert not Post.objects.exists()


def test_a_dry_run_says_what_keeps_a_piece(here, account, brand):
    piece = PieceFactory(brand=brand, text="x" * 63_207)
    account.state = "paused"
    account.save()
    page = page_of(open_page(here, account=account.pk, piece=piece.pk))
    assert "Shorten it by 1" in page
    assert "Glen & Loom is paused." in page


def test_another_brands_piece_cannot_be_tried(here, account):
    piece = PieceFactory(text="Somebody else's words")
    page = open_page(here, account=account.pk, piece=piece.pk)
    assert page.context["page"].trial is None
    assert "Somebody else" not in page_of(page)


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, "٣", ""])
def test_nonsense_in_the_address_is_no_error(here, account, asked):
    assert open_page(here, account=asked, piece=asked).status_code == 200


def test_the_composer_opens_with_this_channel(here, account):
    page = open_page(here, "facebook", "story")
    address = reverse("desk:compose") + f"?account={account.pk}&channel=story"
    assert address.replace("&", "&amp;") in page.content.decode()
    composer = here.get(address, follow=True)
    ticked = rf'value="{account.pk}/story" data-channel="[^"]*" checked'
    assert re.search(ticked, composer.content.decode())


def test_who_may_not_write_or_connect_is_offered_neither(client, brand, account):
    auditor = MembershipFactory(brand=brand, role=Role.AUDITOR).user
    client.force_login(auditor)
    page = page_of(open_page(client))
    assert "Write a post" not in page
    assert "Check now" not in page
    assert "Pretend once" not in page


# Pretending


def order(client, account, fault: str):
    address = reverse("desk:channel_pretend", args=FEED)
    return client.post(address, {"account": account.pk, "fault": fault}, follow=True)


def test_a_fault_is_ordered_at_the_sandbox_for_one_post(here, brand, settings):
    with running() as sandbox:
        settings.SANDBOX_URL = sandbox.address
        account = AccountFactory(brand=brand, server="sandbox", name="Trial", remote_id="1001")
        said = page_of(order(here, account, "reset_after_accept"))
        assert "it takes the post and its answer is lost" in said
        (armed,) = sandbox.control("GET", "faults").json()["faults"]
        assert (armed["account"], armed["fault"], armed["times"]) == (
            "1001",
            "reset_after_accept",
            1,
        )


def test_nothing_is_pretended_at_a_real_platform(here, account):
    assert "Only accounts in the sandbox can pretend" in page_of(order(here, account, "refuse"))


@pytest.mark.parametrize("fault", ["", "explode"])
def test_an_unknown_fault_is_refused(here, brand, settings, fault):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    account = AccountFactory(brand=brand, server="sandbox")
    assert "Choose what should be pretended" in page_of(order(here, account, fault))


def test_a_sandbox_that_is_away_is_said(here, brand, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    account = AccountFactory(brand=brand, server="sandbox")
    assert "The sandbox does not answer" in page_of(order(here, account, "refuse"))


# Questions to the database


def fill(brand, count: int) -> None:
    facebook = Platform.objects.get(slug="facebook")
    for _ in range(count):
        account = AccountFactory(brand=brand)
        RateBudget.objects.create(
            platform=facebook, account=account, name="calls", limit=200, remaining=100,
            read_at=timezone.now(),
        )  # fmt: skip
        PostFactory(account=account, scheduled=True)
        PostAttemptFactory(post=PostFactory(account=account, published=True))
        PieceFactory(brand=brand)


@pytest.mark.parametrize("name", ["desk:channel", "desk:platforms"])
def test_more_accounts_and_posts_cost_no_more_questions(
    here, brand, name, django_assert_max_num_queries
):
    address = reverse(name, args=FEED if name == "desk:channel" else [])
    fill(brand, 1)
    here.get(address)
    with django_assert_max_num_queries(30) as few:
        here.get(address)
    fill(brand, 6)
    with django_assert_max_num_queries(len(few.captured_queries)):
        here.get(address)


# The dashboard


def test_the_dashboard_groups_accounts_and_tells_version_budget_and_what_is_missing(here, account):
    RateBudget.objects.create(
        platform=account.platform,
        account=account,
        name="posts in 24 hours",
        limit=50,
        remaining=10,
        resets_at=timezone.now() + timedelta(hours=1),
        read_at=timezone.now(),
    )
    Platform.objects.filter(slug="facebook").update(api_version="v24.0", fallback_version="v25.0")
    answer = here.get(reverse("desk:platforms"))
    page = page_of(answer)
    assert "Facebook version v24.0, falls back to v25.0, ends on 18 February 2028" in page
    assert "10 of 50 left" in page
    assert "posts in 24 hours, resets" in page
    assert 'width="20"' in answer.content.decode()
    assert "Not connected yet" in page
    assert reverse("desk:posting_hub") + f"?account={account.pk}" in answer.content.decode()


def test_a_pause_from_the_list_leads_back_to_the_list(here, account):
    address = reverse("desk:account_act", args=[account.pk, "pause"])
    answer = here.post(address, {"next": reverse("desk:platforms")})
    assert answer.url == reverse("desk:platforms")
    account.refresh_from_db()
    assert account.state == "paused"


def test_no_secret_is_read_for_either_page(here, account, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as asked:
        here.get(reverse("desk:platforms"))
        open_page(here)
    about_tokens = [q["sql"] for q in asked.captured_queries if "platform_credentials" in q["sql"]]
    assert about_tokens
    assert not [sql for sql in about_tokens if "credential_value" in sql]


def test_accounts_of_all_the_persons_brands_are_shown(here, una):
    other = MembershipFactory(user=una, brand=BrandFactory(), role=Role.AUTHOR).brand
    AccountFactory(brand=other, name="The other brand's")
    assert "The other brand's" in page_of(open_page(here))
