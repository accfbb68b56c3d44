"""The page of an account's slots, hours and days off."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import AuditEntry
from platforms.models import Account
from scheduling.models import Blackout, Slot, TimeRules
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(people) -> Account:
    return AccountFactory(brand=people.brand, name="Glen & Loom", timezone="America/New_York")


@pytest.fixture
def send(client, people, account):
    client.force_login(people.mairi)

    def sent(part, **fields):
        data = {"part": part, **fields}
        for name in ("slots", "rules-hours", "brand-rules-hours"):
            rows = {key.split("-")[-2] for key in fields if key.startswith(f"{name}-")}
            data |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
        return client.post(reverse("desk:account_times", args=[account.pk]), data)

    return sent


def slot(number, at, days=(0, 1), queue=""):
    row = {"at": at, "days": days, "queue": queue}
    return {f"slots-{number}-{name}": value for name, value in row.items()}


def test_slots_are_set_as_a_whole_and_audited(send, account) -> None:
    Slot.objects.create(account=account, days=1, at=time(7))
    send("slots", **slot(0, "09:00"), **slot(1, "17:30", (5, 6), " Ever  Green "), **slot(2, ""))
    kept = Slot.objects.values_list("days", "at", "queue")
    assert list(kept) == [(3, time(9), ""), (96, time(17, 30), "ever green")]
    told = AuditEntry.objects.get(verb="set slots").sentence
    assert "Mon, Tue 09:00; Sat, Sun 17:30, ever green" in told


def test_the_same_time_twice_becomes_one_slot_of_all_its_days(send) -> None:
    send("slots", **slot(0, "09:00", (0,)), **slot(1, "09:00", (4,)))
    assert Slot.objects.get().days == 0b10001


def test_a_slot_without_days_is_refused_and_what_was_typed_stays(send, account) -> None:
    Slot.objects.create(account=account, days=1, at=time(7))
    answer = send("slots", **slot(0, "09:15", ()))
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Choose at least one day of the week." in told
    assert "09:15" in told
    assert Slot.objects.get().at == time(7)


def test_the_next_ten_are_shown_in_both_zones(send, client, account) -> None:
    send("slots", **slot(0, "09:00", range(7)))
    told = client.get(reverse("desk:account_times", args=[account.pk])).content.decode()
    assert told.count(" for you") == 10
    assert "09:00 E" in told  # New York's
    assert "14:00 " in told or "13:00 " in told  # London's


def test_rules_of_the_account_and_of_its_brand(send, people, account) -> None:
    hours = {"rules-hours-0-days": (0,), "rules-hours-0-opens": "08:00"}
    send("rules", **hours, **{"rules-hours-0-closes": "20:00", "rules-country": "gb-sct"})
    own = TimeRules.objects.get(account=account)
    assert own.hours == [{"days": 1, "opens": "08:00", "closes": "20:00"}]
    assert own.country == "GB-SCT"
    send("brand-rules", **{"brand-rules-daily_budget": "4", "brand-rules-look_back": "0"})
    shared = TimeRules.objects.get(account=None, brand=people.brand)
    assert (shared.hours, shared.daily_budget, shared.look_back) == (None, 4, 0)


@pytest.mark.parametrize("country", ["Atlantis", "GB-ZZZ", "G\x00B", "12"])
def test_a_country_nobody_knows_is_refused_with_what_is_known(send, country) -> None:
    assert send("rules", **{"rules-country": country}).status_code == 422
    assert not TimeRules.objects.exists()


def test_blackouts_are_added_and_removed(send, account) -> None:
    first = timezone.localdate() + timedelta(days=3)
    send("blackout", **{"blackout-first": f"{first}", "blackout-why": "Stocktaking"})
    one = Blackout.objects.get()
    assert (one.first, one.last, one.account) == (first, first, account)
    backwards = {"blackout-first": f"{first}", "blackout-last": f"{date(2020, 1, 1)}"}
    assert send("blackout", **backwards, **{"blackout-why": "x"}).status_code == 422
    send("end-blackout", blackout=one.pk)
    assert not Blackout.objects.exists()
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"add blackout", "end blackout"} <= verbs


def test_another_brands_blackout_is_not_found(send) -> None:
    other = AccountFactory()
    day = timezone.localdate()
    theirs = Blackout.objects.create(brand=other.brand, first=day, last=day, why="Theirs")
    assert send("end-blackout", blackout=theirs.pk).status_code == 404
    assert send("end-blackout", blackout="9" * 40).status_code == 404
    assert Blackout.objects.get() == theirs


def test_more_slots_and_days_off_cost_no_more_queries(
    send, client, account, django_assert_max_num_queries
) -> None:
    def asked() -> int:
        with django_assert_max_num_queries(60) as seen:
            client.get(reverse("desk:account_times", args=[account.pk]))
        return len(seen)

    Slot.objects.create(account=account, days=127, at=time(9))
    few = asked()
    for hour in range(10, 20):
        Slot.objects.create(account=account, days=127, at=time(hour))
        day = timezone.localdate() + timedelta(days=hour)
        Blackout.objects.create(brand=account.brand, first=day, last=day, why="Fair")
    assert asked() == few
