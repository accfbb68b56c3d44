"""What the composer says of a time while it is filled in: once, with the way out one press away."""

from datetime import UTC, datetime

import pytest

from tests.desk.composing import CHECK, COMPOSE, form
from tests.factories import AccountFactory

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STOPS = [
    ({"day": "2026-11-22"}, "is in the past", "That time is past."),
    ({"day": "2027-03-28", "time": "01:30"}, "does not exist on 28", "That time does not exist."),
    ({"day": "2027-10-31", "time": "01:30"}, "comes twice on 31", "That time comes twice."),
    ({"day": "2099-01-01"}, "more than five years", "That time is too far away."),
    ({"day": "the first"}, "is not a date and time", "That is no time to send at."),
]


@pytest.fixture
def mairi(client, people, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(people.mairi)
    return client


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand)


def choices(page):
    """The times that are offered instead; those that are suggested in any case come after."""
    notes = page.partition('id="suggested"')[0]
    return [part.split('"')[0] for part in notes.split('name="fix" value="at:')[1:]]


@pytest.mark.parametrize(("time", "sentence", "brief"), STOPS)
@pytest.mark.parametrize("address", [CHECK, COMPOSE])
def test_a_time_that_stops_is_said_once_and_briefly_beside_the_button(
    mairi, account, address, time, sentence, brief
):
    page = mairi.post(address, form(account, **time)).content.decode()
    assert page.count(sentence) == 1
    assert page.partition('id="go"')[2].count(brief) == 1


def test_a_gap_offers_the_times_around_it(mairi, account):
    page = mairi.post(CHECK, form(account, day="2027-03-28", time="01:30")).content.decode()
    assert choices(page) == ["2027-03-28T00:30", "2027-03-28T02:30"]


@pytest.mark.parametrize(("time", "day"), [("09:30", "2026-11-24"), ("15:00", "2026-11-23")])
def test_a_past_time_offers_the_next_day_with_it(mairi, account, time, day):
    page = mairi.post(CHECK, form(account, day="2026-11-22", time=time)).content.decode()
    assert choices(page) == [f"{day}T{time}"]


def test_each_zone_that_stops_is_named_and_the_button_says_it_once(mairi, people, account):
    far = AccountFactory(brand=people.brand, timezone="America/New_York")
    page = mairi.post(CHECK, form(account, far, day="2026-11-22", zone="own")).content.decode()
    assert page.count("is in the past") == 2
    assert page.count("That time is past.") == 1


def test_no_time_yet_is_said_beside_the_button(mairi, account):
    page = mairi.post(CHECK, form(account, time="")).content.decode()
    assert "No time chosen yet." in page.partition('id="go"')[2]


def test_a_good_time_stops_nothing(mairi, account):
    page = mairi.post(CHECK, form(account, day="2026-11-24")).content.decode()
    assert "Goes out on Tuesday 24 November 2026 at 09:30 GMT." in page
    assert "That time" not in page
