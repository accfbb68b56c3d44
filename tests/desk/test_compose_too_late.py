"""A form that comes after its session: its person learns that nothing went out and where it is."""

import pytest
from django.test import Client
from django.urls import reverse

from posting.models import Post
from tests.desk.composing import COMPOSE, form
from tests.factories import AccountFactory

OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand)


def sent_late(client, filled, **headers):
    address = f"{COMPOSE}?draft={filled['key']}"
    return client.post(address, filled, headers=headers), address


def test_who_was_signed_out_is_led_through_the_sign_in_to_the_form(client, account):
    filled = form(account)
    answer, _ = sent_late(client, filled)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing went out" in page
    assert f"{reverse('desk:sign_in')}?next={COMPOSE}%3Fdraft%3D{filled['key']}" in page
    assert not Post.objects.exists()


def test_who_signed_in_again_elsewhere_is_led_back_to_the_form(people, account):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.mairi)
    answer, address = sent_late(client, form(account))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "you signed in again meanwhile" in page
    assert f'href="{address}"' in page
    assert not Post.objects.exists()


@pytest.mark.parametrize("strict", [False, True])
def test_the_words_of_our_own_page_stand_on_the_answer(account, strict):
    client = Client(enforce_csrf_checks=strict)
    own = {"own-text:mastodon/status": "Kettle's on!"}
    filled = form(account, text="The kettle <b>is</b> on.", title="Tea", **own)
    page = sent_late(client, filled, **OURS)[0].content.decode()
    for words in ("The kettle &lt;b&gt;is&lt;/b&gt; on.", "Tea", "Kettle&#x27;s on!"):
        assert words in page


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}])
def test_another_site_cannot_put_words_on_our_page(account, headers):
    client = Client(enforce_csrf_checks=True)
    page = sent_late(client, form(account, text="Ring this number"), **headers)[0].content.decode()
    assert "Nothing went out" in page
    assert "Ring this number" not in page


def test_another_page_that_is_too_old_says_so(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.mairi)
    answer = client.post(reverse("desk:choose_brand"), {"brand": people.brand.pk})
    assert answer.status_code == 403
    assert "too old to be sent" in answer.content.decode()
