"""Blackout days out of calendar files."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scheduling.days_off import DaysOff, read_days_off, take_days_off
from scheduling.models import Blackout
from tests.desk.conftest import people  # noqa: F401
from tests.factories import AccountFactory

TODAY = date(2026, 11, 23)


def file(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split("|"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


HOLIDAY = "SUMMARY:Christmas|DTSTART;VALUE=DATE:20261224|DTEND;VALUE=DATE:20261227"


@pytest.mark.parametrize(
    ("event", "first", "last"),
    [
        (HOLIDAY, date(2026, 12, 24), date(2026, 12, 26)),
        ("DTSTART;VALUE=DATE:20261224", date(2026, 12, 24), date(2026, 12, 24)),
        ("DTSTART:20261224T090000|DTEND:20261225T120000", date(2026, 12, 24), date(2026, 12, 25)),
        ("DTSTART:20261224T000000|DTEND:20261225T000000", date(2026, 12, 24), date(2026, 12, 24)),
        ("DTSTART;VALUE=DATE:20261224|DURATION:P2D", date(2026, 12, 24), date(2026, 12, 25)),
    ],
)
def test_an_entry_takes_the_days_it_touches(event, first, last):
    (days,), left_out = read_days_off(file(event), TODAY)
    assert (days.first, days.last, left_out) == (first, last, 0)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:20251224",  # past
        "DTSTART;VALUE=DATE:20261224|RRULE:FREQ=YEARLY",
        "SUMMARY:No day",
        "DTSTART:nonsense",
        "DTSTART;VALUE=DATE:20261224|DTEND;VALUE=DATE:20261201",  # ends before it begins
        "DTSTART;VALUE=DATE:20261224|DTEND;VALUE=DATE:20991201",  # for ever
    ],
)
def test_what_is_past_repeats_or_has_no_readable_day_is_left_out(event):
    assert read_days_off(file(event, HOLIDAY), TODAY) == (
        [DaysOff(date(2026, 12, 24), date(2026, 12, 26), "Christmas")],
        1,
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no calendar file"),
        (b"\x00\xff\xfe", "no calendar file"),
        (b"<html>Sign in</html>", "no calendar file"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (file(*[HOLIDAY] * 501), "500 are the most"),
    ],
)
def test_what_is_no_calendar_file_is_refused_whole(data, why):
    with pytest.raises(ValidationError, match=why):
        read_days_off(data, TODAY)


@pytest.mark.django_db
def test_given_again_a_file_doubles_nothing(people):  # noqa: F811
    data = file(HOLIDAY, HOLIDAY, "SUMMARY:Fair|DTSTART;VALUE=DATE:20270301")
    first = take_days_off(data, people.brand, None, by=people.mairi, today=TODAY)
    again = take_days_off(data, people.brand, None, by=people.mairi, today=TODAY)
    assert (first.added, again.added, again.there) == (2, 0, 3)
    assert [str(row) for row in Blackout.objects.all()] == [
        "Christmas, 24 December 2026 to 26 December 2026", "Fair, 1 March 2027",
    ]  # fmt: skip


@pytest.mark.django_db
def test_it_is_given_on_the_page_of_an_accounts_times(client, people):  # noqa: F811
    account = AccountFactory(brand=people.brand)
    address = reverse("desk:account_times", args=[account.pk])
    calendar = file("SUMMARY:Fair|DTSTART;VALUE=DATE:20990301")

    def give(data):
        sent = {"part": "blackout-file", "file-calendar": SimpleUploadedFile("a.ics", data)}
        return client.post(address, sent, follow=True)

    client.force_login(people.ewan)
    assert give(calendar).status_code == 403
    client.force_login(people.mairi)
    assert "1 blackout added." in give(calendar).content.decode()
    assert Blackout.objects.get().account == account
    refused = give(b"<html>")
    assert refused.status_code == 422
    assert "This is no calendar file" in refused.content.decode()
