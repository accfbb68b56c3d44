"""The first steps tick themselves, and go away when they are done or put away."""

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import Brand, Role
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


@pytest.fixture
def brand(db):
    return BrandFactory(name="Glen & Loom")


def member(brand, role, **more):
    user = UserFactory(timezone="UTC", **more)
    return MembershipFactory(brand=brand, role=role, user=user).user


OWN = {
    Role.AUDITOR: ["Choose your time zone"],
    Role.AUTHOR: ["Choose your time zone", "Write your first piece",
                  "Send your first post for approval"],
    Role.PUBLISHER: ["Choose your time zone", "Write your first piece", "Schedule your first post"],
    Role.ADMINISTRATOR: ["Choose your time zone", "Connect an account", "Write your first piece",
                         "Schedule your first post"],
}  # fmt: skip
OWN[Role.EDITOR] = OWN[Role.AUTHOR]


@pytest.mark.parametrize("role", Role)
def test_each_role_is_shown_the_steps_it_can_take(client, brand, role):
    person = member(brand, role, is_staff=role == Role.ADMINISTRATOR)
    assert [step.words for step in steps(client, person).steps] == OWN[role]


@pytest.mark.parametrize("role", Role)
def test_no_step_leads_to_where_the_role_may_not_go(client, brand, role):
    AccountFactory(brand=brand)
    person = member(brand, role, is_staff=role == Role.ADMINISTRATOR)
    for step in steps(client, person).steps:
        assert step.done or client.get(step.url, follow=True).status_code == 200


def test_an_author_is_told_who_connects_accounts(client, brand):
    una = member(brand, Role.ADMINISTRATOR, first_name="Una", last_name="Bain", is_staff=True)
    author = member(brand, Role.AUTHOR)
    words = "Ask Una Bain, who administers Glen &amp; Loom, to connect one."
    client.force_login(author)
    assert words in client.get(HOME).content.decode()
    una.is_staff = False  # and so cannot open the back office, where accounts are connected
    una.save()
    assert "Ask an administrator to connect one." in client.get(HOME).content.decode()
    AccountFactory(brand=brand)
    assert "to connect one" not in client.get(HOME).content.decode()


def test_an_auditor_is_not_told_of_what_others_write(client, brand):
    assert steps(client, member(brand, Role.AUDITOR)).asks == ""


def test_who_works_for_no_brand_is_told_whom_to_ask(client, db):
    UserFactory(boss=True, first_name="Callum", last_name="Reid")
    UserFactory(boss=True, first_name="Gone", last_name="Away", is_active=False)
    client.force_login(UserFactory())
    text = client.get(HOME).content.decode()
    assert "You work for no brand yet" in text
    assert "Ask Callum Reid to add you to one" in text
    assert "Gone Away" not in text
    assert "Nothing needs" not in text


def test_the_list_can_be_put_away_for_oneself(client, newcomer, brand):
    client.force_login(newcomer)
    assert client.post(reverse("desk:hide_checklist")).url == HOME
    assert "First steps" not in client.get(HOME).content.decode()
    client.force_login(member(brand, Role.AUTHOR))
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
