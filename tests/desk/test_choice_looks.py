"""How choices look before anybody has made one."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHOICES = """
<input type="radio" class="form-check-input" name="fold" id="first">
<input type="radio" class="form-check-input" name="fold" id="second">
<input type="radio" class="form-check-input" name="other" id="chosen" checked>
"""


def test_no_radio_looks_chosen_while_none_is(page, live_server):
    page.goto(f"{live_server.url}/syndication/sign-in")
    page.evaluate("html => document.querySelector('main').innerHTML = html", CHOICES)
    first, second, chosen = (
        page.evaluate("id => getComputedStyle(document.getElementById(id)).backgroundColor", name)
        for name in ("first", "second", "chosen")
    )
    assert first == second != chosen
