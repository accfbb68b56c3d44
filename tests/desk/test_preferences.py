"""Zone and brand of one's own, and help: each changes only what that person sees."""

import pytest
from django.urls import reverse

from organisation.models import AuditEntry, Membership, Notice, Role
from tests.factories import (
    AccountFactory,
    BrandFactory,
    MembershipFactory,
    NoticeFactory,
    PostFactory,
    UserFactory,
)

HOME, ZONE, BRAND = reverse("desk:home"), reverse("desk:zone"), reverse("desk:choose_brand")


def shown(client, person, address=HOME):
    client.force_login(person)
    return client.get(address).content.decode()


@pytest.mark.parametrize("address", [ZONE, BRAND, reverse("desk:help", args=["home"]),
                                     reverse("desk:hide_checklist")])  # fmt: skip
def test_a_stranger_is_asked_to_sign_in(client, db, address):
    for ask in (client.get, client.post):
        assert ask(address).url.startswith(reverse("desk:sign_in"))


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        (" new york ", "America/New_York"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_found_by_name_or_city(client, people, typed, zone):
    client.force_login(people.ewan)
    assert client.post(ZONE, {"timezone": typed}).status_code == 302
    people.ewan.refresh_from_db()
    assert people.ewan.timezone == zone
    assert AuditEntry.objects.get(verb="set zone").user == people.ewan


@pytest.mark.parametrize("typed", ["", "Atlantis", "../../etc/passwd", "\x00", "é" * 64, "x" * 70])
def test_what_is_no_zone_is_refused_with_a_sentence(client, people, typed):
    client.force_login(people.ewan)
    answer = client.post(ZONE, {"timezone": typed})
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    people.ewan.refresh_from_db()
    assert people.ewan.timezone == "Europe/London"


def test_with_one_brand_there_is_no_switcher(client, people):
    assert BRAND not in shown(client, people.mairi)


@pytest.fixture
def both(people):
    """Mairi also writes for a second brand, and each has a failed post."""
    other = BrandFactory(name="Pictish Stones")
    MembershipFactory(brand=other, user=people.mairi, role=Role.AUTHOR)
    for brand, title in ((people.brand, "Of the first"), (other, "Of the second")):
        PostFactory(account=AccountFactory(brand=brand), failed=True, piece__title=title)
    return other


def test_a_chosen_brand_is_what_home_shows_until_all_are_chosen(client, people, both):
    assert BRAND in shown(client, people.mairi)
    client.post(BRAND, {"brand": both.pk})
    text = client.get(HOME).content.decode()
    assert "Of the second" in text
    assert "Of the first" not in text
    client.post(BRAND, {"brand": ""})
    assert "Of the first" in client.get(HOME).content.decode()


def test_the_choice_is_the_persons_own(client, people, both):
    client.force_login(people.mairi)
    client.post(BRAND, {"brand": both.pk})
    client.logout()
    assert "Of the first" in shown(client, people.ewan)


@pytest.mark.parametrize("wanted", ["theirs", "0", "-1", "9" * 30, "x", "٣"])
def test_a_brand_that_is_not_ones_own_chooses_all(client, people, both, wanted):
    theirs = Membership.objects.get(user=people.isla).brand
    client.force_login(people.mairi)
    client.post(BRAND, {"brand": theirs.pk if wanted == "theirs" else wanted})
    text = client.get(HOME).content.decode()
    assert "Of the first" in text
    assert "Of the second" in text
    assert theirs.name not in text


def test_a_brand_one_has_left_is_no_longer_chosen(client, people, both):
    client.force_login(people.mairi)
    client.post(BRAND, {"brand": both.pk})
    Membership.objects.filter(brand=both).delete()
    assert "Of the first" in client.get(HOME).content.decode()


def test_there_is_help_on_the_home_page(client, people):
    assert reverse("desk:help", args=["home"]) in shown(client, people.ewan)
    assert "<p>" in shown(client, people.ewan, reverse("desk:help", args=["home"]))


@pytest.mark.parametrize("name", ["nowhere", "base", "_home"])
def test_help_that_is_not_there_is_not_found(client, people, name):
    client.force_login(people.ewan)
    assert client.get(reverse("desk:help", args=[name])).status_code == 404


def test_the_frame_asks_as_often_for_twelve_brands_as_for_two(
    client, people, django_assert_max_num_queries
):
    counts = []
    for _ in range(2):
        for _ in range(6):
            MembershipFactory(user=people.mairi, role=Role.ADMINISTRATOR)
        client.force_login(people.mairi)
        with django_assert_max_num_queries(16) as seen:
            client.get(ZONE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_frame_serves_people_without_any_brand(client, db):
    assert "Home" in shown(client, UserFactory())


def test_who_may_write_nowhere_is_not_led_to_the_composer(client, people):
    auditor = MembershipFactory(brand=people.brand, role=Role.AUDITOR).user
    compose = f'href="{reverse("desk:compose")}"'
    assert compose in shown(client, people.ewan)
    assert compose not in shown(client, auditor)
    assert compose not in shown(client, UserFactory(boss=True, is_superuser=False))


def test_notices_are_put_away_one_by_one_or_all_and_only_ones_own(client, people):
    away = reverse("desk:put_away")
    mine = [NoticeFactory(user=people.ewan, fault=f"approved:post:{n}") for n in range(7)]
    other = NoticeFactory(user=people.mairi, fault="approved:post:99")
    client.force_login(people.ewan)
    assert len(client.get(HOME).context["home"].told) == 5
    for wanted in (mine[0].pk, other.pk, "x", "9" * 30):
        assert client.post(away, {"notice": wanted}).url == HOME
    assert Notice.objects.open().count() == 7
    client.post(away)
    assert list(Notice.objects.open()) == [other]
    assert "Told to you" not in client.get(HOME).content.decode()
    client.logout()
    assert client.post(away).url.startswith(reverse("desk:sign_in"))
