"""Stopping and starting from the top bar: who may, what it says, what it does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import AuditEntry, Membership, Role, Switch
from tests.factories import (
    AccountFactory,
    BrandFactory,
    MembershipFactory,
    PostFactory,
    SwitchFactory,
    UserFactory,
)

STOP, START = reverse("desk:stop_publishing"), reverse("desk:start_publishing")
HOME = reverse("desk:home")


@pytest.fixture
def una(people):
    """Administrator of the brand, but not of every brand."""
    una = UserFactory(username="una", first_name="Una", last_name="Keir")
    MembershipFactory(brand=people.brand, user=una, role=Role.ADMINISTRATOR)
    return una


@pytest.fixture
def boss(people):
    return UserFactory(boss=True)


def shown(client, person, address=HOME):
    client.force_login(person)
    return client.get(address).content.decode()


@pytest.mark.parametrize("address", [STOP, START])
def test_a_stranger_is_asked_to_sign_in(client, db, address):
    assert client.post(address).url.startswith(reverse("desk:sign_in"))


@pytest.mark.parametrize("address", [STOP, START])
def test_who_administers_no_brand_may_neither_look_nor_act(client, people, address):
    SwitchFactory(brand=people.brand)
    for person in (people.mairi, people.ewan, people.isla):
        client.force_login(person)
        assert client.get(address).status_code == 403
        assert client.post(address, {"scope": people.brand.slug}).status_code == 403
    assert Switch.objects.filter(stopped=True).count() == 1


def test_only_who_may_turn_it_is_led_to_it(client, people, una):
    assert STOP in shown(client, una)
    assert STOP not in shown(client, people.mairi)


def test_an_administrator_stops_a_brand_with_a_reason(client, people, una):
    client.force_login(una)
    client.post(STOP, {"scope": people.brand.slug, "reason": "A wrong price."})
    switch = Switch.objects.get()
    assert (switch.brand, switch.stopped, switch.stopped_by) == (people.brand, True, una)
    assert "A wrong price." in shown(client, people.mairi)
    assert AuditEntry.objects.get(verb="stop").brand == people.brand


def test_a_stop_may_last_until_a_time_in_the_persons_zone_which_every_page_says(
    client, people, una
):
    una.timezone = "Asia/Tokyo"
    una.save()
    client.force_login(una)
    day = timezone.now() + timedelta(days=30)
    client.post(STOP, {"scope": people.brand.slug, "until": f"{day:%Y-%m-%d}T09:00"})
    switch = Switch.objects.get()
    assert f"{switch.until:%Y-%m-%d %H:%M}" == f"{day:%Y-%m-%d} 00:00"
    assert "09:00 JST" in shown(client, una)


@pytest.mark.parametrize("until", ["2020-01-01T09:00", "tomorrow"])
def test_a_stop_that_would_last_until_a_time_that_makes_no_sense_is_refused(
    client, people, una, until
):
    client.force_login(una)
    answer = client.post(STOP, {"scope": people.brand.slug, "until": until})
    assert "Nothing was changed." in answer.content.decode()
    assert not Switch.objects.exists()


def test_an_administrator_of_one_brand_cannot_stop_everything(client, people, una):
    assert "Everything" not in shown(client, una, STOP)
    answer = client.post(STOP, {"scope": "everything"})
    assert "not yours to turn" in answer.content.decode()
    assert not Switch.objects.exists()


def test_nor_another_brand(client, people, una):
    other = Membership.objects.get(user=people.isla).brand
    client.force_login(una)
    client.post(STOP, {"scope": other.slug})
    assert not Switch.objects.exists()


def test_an_administrator_of_all_brands_stops_everything(client, people, una):
    for membership in Membership.objects.filter(user=people.isla):
        MembershipFactory(brand=membership.brand, user=una, role=Role.ADMINISTRATOR)
    assert "Everything" in shown(client, una, STOP)
    client.post(STOP, {"scope": "everything"})
    assert Switch.objects.get().brand is None


def test_a_superuser_stops_everything_and_one_brand_at_once(client, people, boss):
    client.force_login(boss)
    client.post(STOP, {"scope": ["everything", people.brand.slug]})
    assert set(Switch.objects.values_list("brand", flat=True)) == {None, people.brand.pk}


def test_starting_says_who_stopped_it_and_what_would_go_out(client, people, boss):
    SwitchFactory(stopped_by=people.mairi, reason="Wrong price")
    due = timezone.now() - timedelta(minutes=3)
    PostFactory(account=AccountFactory(brand=people.brand), scheduled=True, due=due,
                piece__title="Cullen skink")  # fmt: skip
    text = shown(client, boss, START)
    assert "Everything was stopped by Mairi Fraser" in text
    assert "1 post is due" in text
    assert "Cullen skink" in text


def test_starting_again_leaves_an_audit_entry_and_no_line(client, people, boss):
    SwitchFactory(stopped_by=people.mairi)
    client.force_login(boss)
    client.post(START, {"scope": "everything"})
    assert not Switch.objects.filter(stopped=True).exists()
    assert AuditEntry.objects.filter(verb="start", user=boss).exists()
    assert "Publishing is stopped" not in shown(client, boss)


def test_only_the_due_posts_of_ones_own_brand_are_listed(client, people, una):
    SwitchFactory(brand=people.brand)
    PostFactory(account=AccountFactory(), scheduled=True, due=timezone.now() - timedelta(minutes=3),
                piece__title="Of another brand")  # fmt: skip
    assert "Of another brand" not in shown(client, una, START)


def test_an_administrator_is_not_offered_to_start_what_a_superuser_stopped(client, people, una):
    SwitchFactory()
    text = shown(client, una)
    assert "Publishing is stopped" in text
    assert START not in text
    client.post(START, {"scope": "everything"})
    assert Switch.objects.get().stopped


def test_without_a_choice_nothing_is_stopped(client, people, boss):
    client.force_login(boss)
    assert "Tick at least one" in client.post(STOP, {"reason": "x"}).content.decode()
    assert not Switch.objects.exists()


def test_the_dialog_gets_the_question_alone(client, people, una):
    client.force_login(una)
    text = client.get(STOP, headers={"X-Part": "dialog"}).content.decode()
    assert "<form" in text
    assert "<html" not in text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_the_way_back_stays_on_this_site(client, people, una, elsewhere):
    client.force_login(una)
    answer = client.post(STOP, {"scope": people.brand.slug, "next": elsewhere})
    assert answer.url == HOME


def test_the_question_asks_the_database_as_often_for_many_brands(
    client, people, boss, django_assert_max_num_queries
):
    client.force_login(boss)
    counts = []
    for _ in range(2):
        for _ in range(5):
            SwitchFactory(brand=BrandFactory())
        for address in (STOP, START):
            with django_assert_max_num_queries(20) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
