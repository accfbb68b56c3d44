"""Whatever number a page shows, the link beside it leads to exactly that many rows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import Role
from platforms.models import Account
from tests.factories import (
    AccountFactory,
    BrandFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
)

STATES = ("scheduled", "publishing", "published", "removed", "failed", "missed", "unconfirmed")


@pytest.fixture
def everything(people, client):
    """Something of every kind in two brands of one person, and a third brand of another's."""
    other = BrandFactory(name="Oban")
    MembershipFactory(brand=other, user=people.mairi, role=Role.PUBLISHER)
    for brand, times in ((people.brand, 1), (other, 2), (BrandFactory(), 3)):
        account = AccountFactory(brand=brand)
        for _ in range(times):
            AccountFactory(brand=brand, state=Account.State.NEEDS_RECONNECT)
            AccountFactory(brand=brand, state=Account.State.PAUSED)
            PieceFactory(brand=brand)
            for state in STATES:
                PostFactory(account=account, **{state: True})
            PostFactory(account=account)
            PostFactory(account=account, holds=1)
            PostFactory(account=account, scheduled=True, holds=1)
            PostFactory(account=account, scheduled=True, holds=2)
            PostFactory(account=account, published=True, due=timezone.now() - timedelta(days=3))
    client.force_login(people.mairi)
    return people.brand


def rows_behind(client, url):
    context = client.get(url).context
    if url.endswith("#accounts"):
        return len(context["accounts"])
    listed = context.get("posts") or context["pieces"]
    return len(listed.rows) + len(context.get("accounts") or ())


@pytest.fixture(params=["all brands", "one brand"])
def shown_brand(request, client, everything):
    if request.param == "one brand":
        client.post(reverse("desk:choose_brand"), {"brand": everything.pk})


@pytest.mark.usefixtures("shown_brand")
def test_each_figure_of_home(client):
    figures = client.get(reverse("desk:home")).context["figures"]
    told = {figure.words: int(figure.number) for figure in figures}
    assert all(told.values())
    assert told == {figure.words: rows_behind(client, figure.url) for figure in figures}


@pytest.mark.usefixtures("shown_brand")
def test_each_tab_of_the_posting_pages(client):
    tabs = client.get(reverse("desk:posting_hub")).context["tabs"]
    assert all(tab.count.number for tab in tabs)
    assert {tab.slug: tab.count.number for tab in tabs} == {
        tab.slug: rows_behind(client, tab.url) for tab in tabs
    }


@pytest.mark.usefixtures("shown_brand")
def test_what_needs_a_person_is_one_number_everywhere(client):
    """In the rail, on home, in its tab and on its page: held posts and lost accounts too."""
    page = client.get(reverse("desk:home"))
    rail = next(entry for entry in page.context["frame"].entries if entry.waiting is not None)
    tabs = client.get(reverse("desk:posting_hub")).context["tabs"]
    numbers = {
        rail.waiting.number,
        page.context["home"].attention_total.number,
        next(tab.count.number for tab in tabs if tab.slug == "attention"),
        rows_behind(client, reverse("desk:attention")),
    }
    assert len(numbers) == 1


def test_home_says_why_a_held_post_stands_there_and_offers_the_approval(client, people):
    account = AccountFactory(brand=people.brand)
    post = PostFactory(account=account, holds=1, author=people.ewan)
    client.force_login(people.mairi)
    page = client.get(reverse("desk:home")).content.decode()
    assert "Nobody has approved it yet." in page
    assert reverse("desk:decide", args=[post.pk, "approve"]) in page
    client.force_login(people.ewan)
    page = client.get(reverse("desk:home")).content.decode()
    assert "Nobody has approved it yet." in page
    assert "/approve" not in page


def test_accounts_stand_on_the_first_page_of_what_needs_a_person_unless_it_is_narrowed(
    client, people
):
    AccountFactory(
        brand=people.brand, name="Oban shop", state=Account.State.NEEDS_RECONNECT,
        state_reason="Meta ended the permission yesterday.",
    )  # fmt: skip
    client.force_login(people.mairi)
    address = reverse("desk:attention")
    whole = client.get(address).content.decode()
    assert "Meta ended the permission yesterday. Its posts wait." in whole
    assert "Accounts to reconnect" not in client.get(f"{address}?status=failed").content.decode()
    client.force_login(people.isla)
    assert "Oban shop" not in client.get(address).content.decode()
