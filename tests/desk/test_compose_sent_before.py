"""A form that was sent: it says so, sends nothing twice, and keeps what was written since."""

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from content.models import Draft, Piece
from desk.compose.composition import Composition
from desk.compose.filled import Filled
from desk.compose.keeping import left_open
from posting.models import Batch, Post
from tests.desk.composing import CHECK, COMPOSE, form, place_of
from tests.factories import AccountFactory


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand)


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return client


def test_a_second_press_leads_to_the_first_batch(mairi, account):
    filled = form(account, when="now")
    first = mairi.post(COMPOSE, filled)
    second = mairi.post(COMPOSE, filled, follow=True)
    assert second.redirect_chain[0][0] == first.url
    assert "nothing was sent a second time" in second.content.decode()
    assert (Post.objects.count(), Piece.objects.count()) == (1, 1)


def test_words_written_since_become_a_new_form_without_accounts(mairi, account):
    filled = form(account, when="now")
    mairi.post(COMPOSE, filled)
    answer = mairi.post(COMPOSE, filled | {"text": "Something else by now."}, follow=True)
    shown = answer.context["filled"]
    assert (shown.text, shown.to) == ("Something else by now.", [])
    assert "was not sent" in answer.content.decode()
    assert str(Draft.objects.get().pk) != filled["key"]
    assert Post.objects.count() == 1


def test_words_too_long_to_be_kept_come_back_all_the_same(mairi, account):
    filled = form(account, when="now")
    mairi.post(COMPOSE, filled)
    answer = mairi.post(COMPOSE, filled | {"text": "x" * 100_001})
    assert answer.context["filled"].text == "x" * 100_001
    assert answer.context["c"].key != uuid.UUID(filled["key"])
    assert "100,001 characters" in answer.context["errors"]["text"][0]


def test_back_shows_that_it_was_sent_and_no_form(mairi, account):
    filled = form(account, when="now")
    batch = mairi.post(COMPOSE, filled).url
    page = mairi.get(COMPOSE, {"draft": filled["key"]}).content.decode()
    assert "This form was sent" in page
    assert batch in page
    assert 'id="send"' not in page
    assert 'name="to"' not in page


def test_back_to_what_was_saved_as_ready_leads_to_the_piece(mairi, people):
    filled = form(brand=people.brand, when="ready")
    mairi.post(COMPOSE, filled)
    page = mairi.get(COMPOSE, {"draft": filled["key"]}).content.decode()
    assert f"{COMPOSE}?piece={Piece.objects.get().pk}" in page
    assert 'id="send"' not in page


def test_a_form_that_is_still_open_elsewhere_offers_to_go_on_as_a_new_one(mairi, account):
    filled = form(account)
    mairi.post(COMPOSE, filled)
    later = filled | {"text": "And another thing."}
    assert 'value="anew"' in mairi.post(CHECK, later).content.decode()
    answer = mairi.post(COMPOSE, later | {"fix": "anew"}, follow=True)
    assert answer.context["filled"].text == "And another thing."
    assert Post.objects.count() == 1


def test_a_keeping_that_comes_in_after_the_sending_leaves_nothing_to_go_on_with(people, account):
    key = uuid.uuid4()
    Batch.objects.create(id=key, brand=people.brand, by=people.mairi)
    payload = {"brand": people.brand.pk, "text": "Sent"}
    Draft.objects.create(id=key, brand=people.brand, by=people.mairi, payload=payload)
    new = Composition(Filled(brand=people.brand.pk), people.mairi, uuid.uuid4())
    assert left_open(new) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["now", "at"])
def test_of_two_presses_at_the_same_instant_one_makes_the_posts(people, account, when):
    toot = AccountFactory(brand=people.brand, platform="mastodon")
    filled, start, answers = form(account, toot, when=when), threading.Barrier(2), []

    def press():
        browser = Client()
        browser.force_login(people.mairi)
        start.wait(10)
        try:
            answers.append(browser.post(COMPOSE, filled))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    batch = reverse("desk:batch", args=[filled["key"]])
    assert [answer.url for answer in answers] == [batch, batch]
    assert (Batch.objects.count(), Piece.objects.count()) == (1, 1)
    sent = {f"{post.account_id}/{post.channel_type.slug}" for post in Post.objects.all()}
    assert (Post.objects.count(), sent) == (2, {place_of(account), place_of(toot)})
