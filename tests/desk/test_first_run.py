"""The first steps tick themselves, and go away when they are done or put away."""

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import Brand
from tests.factories import (
    AccountFactory,
    BrandFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

HOME = reverse("desk:home")


@pytest.fixture
def newcomer(db):
    """The superuser that `createsuperuser` makes: in UTC, without a brand."""
    return UserFactory(boss=True, timezone="UTC")


def steps(client, person):
    client.force_login(person)
    return client.get(HOME).context["checklist"]


def ticks(client, person):
    return [step.done for step in steps(client, person).steps]


def test_a_fresh_installation_has_everything_still_to_do(client, newcomer):
    assert ticks(client, newcomer) == [False] * 5
    text = client.get(HOME).content.decode()
    assert "First steps" in text
    assert reverse("admin:organisation_brand_add") in text


def test_each_step_ticks_itself_until_the_list_is_gone(client, newcomer):
    client.force_login(newcomer)
    client.post(reverse("desk:zone"), {"timezone": "UTC"})
    assert ticks(client, newcomer) == [True, False, False, False, False]
    brand = BrandFactory()
    assert sum(ticks(client, newcomer)) == 2
    account = AccountFactory(brand=brand)
    assert sum(ticks(client, newcomer)) == 3
    piece = PieceFactory(brand=brand)
    assert sum(ticks(client, newcomer)) == 4
    PostFactory(account=account, piece=piece, scheduled=True, due=timezone.now())
    assert sum(ticks(client, newcomer)) == 5
    assert "First steps" not in client.get(HOME).content.decode()


def test_a_step_that_others_must_take_has_no_button(client, db):
    author = UserFactory()
    assert [step.url for step in steps(client, author).steps if step.words.startswith("Name")] == [
        ""
    ]


def test_the_list_can_be_put_away_for_oneself(client, newcomer):
    client.force_login(newcomer)
    assert client.post(reverse("desk:hide_checklist")).url == HOME
    assert "First steps" not in client.get(HOME).content.decode()
    client.force_login(UserFactory(timezone="UTC"))
    assert "First steps" in client.get(HOME).content.decode()


def test_the_demo_does_not_count_and_only_its_administrators_may_remove_it(client, newcomer):
    brand = BrandFactory(slug="harbour-books", name="Harbour Books")
    PostFactory(account=AccountFactory(brand=brand), scheduled=True, due=timezone.now())
    assert sum(ticks(client, newcomer)) == 0
    assert reverse("desk:remove_demo") in client.get(HOME).content.decode()
    author = MembershipFactory(brand=brand).user
    client.force_login(author)
    assert reverse("desk:remove_demo") not in client.get(HOME).content.decode()
    assert Brand.objects.count() == 1
