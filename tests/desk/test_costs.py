"""What a post costs is said wherever it is sent from, and what an account may spend is set."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import Role
from platforms.costs import micros_of
from platforms.forms import PlatformForm
from platforms.models import Platform
from posting.models import PublishStep
from tests.desk.composing import CHECK, form
from tests.factories import AccountFactory, MembershipFactory, PieceFactory, PostFactory

pytestmark = pytest.mark.django_db
LINKED = "Ferries at example.org"


@pytest.fixture
def member(client):
    member = MembershipFactory(role=Role.ADMINISTRATOR)
    client.force_login(member.user)
    return member


@pytest.fixture
def account(member):
    return AccountFactory(brand=member.brand, platform="twitter", remote_id="1400", name="Ferries")


def capped(account, cap, spent="0"):
    account.monthly_cap = Decimal(cap)
    account.save()
    if Decimal(spent):
        charged(PostFactory(account=account, channel_type=kind_of(account)), spent)


def kind_of(account, slug="tweet"):
    return account.platform.channel_types.get(slug=slug)


def charged(post, spent):
    return PublishStep.objects.create(
        post=post, key="post", kind="once", state="done", lease_token=1, result={"id": "7"},
        cost=micros_of(spent), charged_to=post.account, started_at=timezone.now(),
    )  # fmt: skip


def checked(client, *accounts, **more):
    return client.post(CHECK, form(*accounts, **more)).content.decode()


def test_the_composer_says_what_all_of_it_costs(client, account):
    assert "Costs $0.015 at X." in checked(client, account)
    assert "Costs $0.20 at X." in checked(client, account, text=LINKED)
    assert "Costs $0.20 at X." in checked(client, account, link="https://example.org/a")
    both = [f"{account.pk}/tweet", f"{account.pk}/thread"]
    text = "One.\n---\nTwo."
    assert "Costs $0.045 at X." in checked(client, account, text=text, to=both)


def test_the_composer_says_nothing_where_it_is_free(client, account, member):
    assert "Costs" not in checked(client, AccountFactory(brand=member.brand))
    assert "Costs" not in checked(client, account, text=" ")
    account.pays_per_use = False
    account.save()
    assert "Costs" not in checked(client, account, text=LINKED)


def test_the_composer_warns_of_the_cap_counting_what_goes_out_together(client, account):
    capped(account, "0.03", spent="0.01")
    assert "left of the $0.03" not in checked(client, account)
    both = [f"{account.pk}/tweet", f"{account.pk}/thread"]
    page = checked(client, account, to=both)
    assert page.count("This post costs $0.015 at X, and $0.005 is left of the $0.03") == 1
    assert page.count("The text fits into one post, so this is no thread.") == 1
    assert "6 to know" in page  # and of each that the other has its time and its text


def test_a_review_says_it_for_all_and_for_each(client, account, member):
    capped(account, "0.10")
    pieces = [PieceFactory(brand=member.brand, text=text) for text in ("Short.", LINKED)]
    query = "&".join([f"piece={piece.pk}" for piece in pieces])
    address = f"{reverse('desk:review')}?{query}&to={account.pk}-{kind_of(account).pk}"
    page = client.get(address).content.decode()
    assert "All that can go costs $0.215 at X." in page
    assert "One post would pass its account’s monthly cap" in page
    assert "Costs $0.20" in page


def test_a_post_says_what_it_will_cost_and_what_it_did(client, account, member):
    piece = PieceFactory(brand=member.brand, text=LINKED)
    post = PostFactory(account=account, piece=piece, channel_type=kind_of(account), scheduled=True)
    address = reverse("desk:post", args=[post.pk])
    assert "Costs $0.20" in client.get(address).content.decode()
    charged(post, "0.15")
    assert "Cost $0.15" in client.get(address).content.decode()


def test_channel_dashboard_and_account_say_what_is_spent(client, account):
    capped(account, "10", spent="1.25")
    month = f"$1.25 of $10.00 in {timezone.now():%B}"
    pages = (
        reverse("desk:channel", args=["twitter", "tweet"]),
        reverse("desk:platforms"),
        reverse("desk:account", args=[account.pk]),
    )
    for address in pages:
        assert month in client.get(address).content.decode()


def test_the_dashboard_asks_as_much_for_many_accounts(
    client, account, member, django_assert_max_num_queries
):
    address = reverse("desk:platforms")
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    for number in range(4):
        AccountFactory(brand=member.brand, platform="twitter", remote_id=f"15{number}")
    with django_assert_max_num_queries(len(one)):
        client.get(address)


def terms(client, account, **said):
    address = reverse("desk:account_act", args=[account.pk, "terms"])
    answer = client.post(address, said, follow=True)
    account.refresh_from_db()
    return answer.content.decode()


def test_an_administrator_sets_what_an_account_may_spend(client, account):
    page = terms(client, account, pays_per_use="on", monthly_cap="7.50", tier="premium")
    assert "Saved for Ferries." in page
    assert (account.monthly_cap, account.tier) == (Decimal("7.50"), "premium")
    page = terms(client, account, pays_per_use="on", monthly_cap="250000")
    assert "$250,000.00 a month" in page
    terms(client, account, monthly_cap="")
    assert (account.pays_per_use, account.monthly_cap, account.tier) == (False, None, "")


@pytest.mark.parametrize("wrong", ["-1", "much", "1e99", "NaN", "7.505"])
def test_what_is_no_amount_changes_nothing(client, account, wrong):
    capped(account, "5")
    page = terms(client, account, pays_per_use="on", monthly_cap=wrong)
    assert "Nothing was changed." in page
    assert account.monthly_cap == Decimal(5)


def test_a_subscription_that_there_is_not_changes_nothing(client, account):
    assert "Nothing was changed." in terms(client, account, tier="royal", pays_per_use="on")
    assert account.tier == ""


def test_where_nothing_is_charged_there_is_nothing_to_set(client, member):
    free = AccountFactory(brand=member.brand)
    assert (
        "What it may spend"
        not in client.get(reverse("desk:account", args=[free.pk])).content.decode()
    )
    answer = client.post(reverse("desk:account_act", args=[free.pk, "terms"]), {})
    assert answer.status_code == 404


def test_only_who_connects_accounts_may_set_it(client, account):
    other = MembershipFactory(brand=account.brand, role=Role.PUBLISHER)
    client.force_login(other.user)
    address = reverse("desk:account_act", args=[account.pk, "terms"])
    assert client.post(address, {"monthly_cap": "1000"}).status_code == 403
    account.refresh_from_db()
    assert account.monthly_cap is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"prices": {"post": 0.02}}, ""),
        ({}, ""),
        ({"prices": {"posts": 0.02}}, "posts is no price of X. There are: post,"),
        ({"prices": {"post": -1}}, "is not from 0 to 1,000 dollars"),
        ({"prices": {"post": "a lot"}}, "is no amount of money"),
        ({"prices": [1]}, "Write settings as"),
        ({"limits": {}}, "Write settings as"),
        ([1], "Write settings as"),
    ],
)
def test_prices_are_settings_and_nonsense_is_refused(said, words):
    x = Platform.objects.get(slug="twitter")
    filled = PlatformForm({"settings": json.dumps(said)}, instance=x)
    assert filled.is_valid() == (not words)
    assert words in str(filled.errors.get("settings", ""))
