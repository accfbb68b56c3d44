"""Numbers out of addresses and forms, which hold whatever anybody typed."""

import pytest
from django.urls import reverse

from desk.numbers import whole, wholes


@pytest.mark.parametrize(
    ("text", "number"),
    [("17", 17), ("", 0), ("-1", 0), ("1.5", 0), (" 7", 0), ("²", 0), ("٣", 0), ("9" * 19, 0)],
)
def test_what_is_no_id_of_a_row_is_none(text, number):
    assert whole(text) == number


def test_numbers_keep_their_order_and_stand_once():
    assert wholes(["3", "x", "1", "3", "²"]) == [3, 1]


@pytest.mark.parametrize("typed", ["²", "9" * 40])
def test_no_page_breaks_on_what_is_no_number(client, people, typed):
    client.force_login(people.mairi)
    assert client.get(reverse("desk:live_rows"), {"ids": typed}).status_code < 500
    assert client.post(reverse("desk:compose_picture"), {"brand": typed}).status_code == 404
    assert client.post(reverse("desk:put_away"), {"notice": typed}).status_code == 302
    assert client.get(reverse("desk:new_plan"), {"piece": typed}).status_code == 200
