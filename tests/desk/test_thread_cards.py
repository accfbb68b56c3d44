"""The posts of a thread as cards: what stands on them, and the text they are joined into."""

import re
from html import unescape

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from organisation.models import Role
from platforms.adapters.bluesky.threads import SPLITTER as BLUESKY
from platforms.adapters.twitter.rules import SPLITTER as X
from platforms.splitting import joined, without_numbers
from platforms.values import Rendition
from tests.desk.composing import form
from tests.factories import AccountFactory, MembershipFactory

CHECK = reverse("desk:compose_check")
CARD = re.compile(r"<textarea[^>]*data-card-text>([^<]*)</textarea>\s*<p[^>]*>(.*?)</p>", re.DOTALL)
LONG = "One sentence of some length stands here. " * 12
NUMBERED = {"own-option-numbered:twitter/thread": "1"}


@pytest.fixture
def account(client):
    member = MembershipFactory(role=Role.PUBLISHER)
    client.force_login(member.user)
    return AccountFactory(brand=member.brand, platform="twitter", remote_id="1400")


def decks(client, account, text, to=("thread",), **more):
    """The part of the server's answer that holds the cards."""
    sent = form(account, text=text, to=[f"{account.pk}/{channel}" for channel in to], **more)
    page = client.post(CHECK, sent).content.decode()
    return page.partition('<div id="cards"')[2].partition('<span id="kept"')[0]


def cards(deck):
    """What stands on each card, and what is said below it."""
    return [
        (unescape(text), re.sub(r"<[^>]+>", "", foot).strip()) for text, foot in CARD.findall(deck)
    ]


@pytest.mark.django_db
def test_each_post_is_a_card_with_its_own_count(client, account):
    deck = decks(client, account, "One & two.\n---\nThree.")
    assert cards(deck) == [("One & two.", "10 / 280"), ("Three.", "6 / 280")]
    assert 'data-writes-to="text"' in deck
    assert "name=" not in deck  # a card is no field of the form


@pytest.mark.django_db
def test_numbers_are_counted_and_are_not_part_of_what_is_written(client, account):
    deck = decks(client, account, "One.\n---\nTwo 1/2", **NUMBERED)
    assert cards(deck) == [("One.", "8 / 280"), ("Two 1/2", "11 / 280")]


@pytest.mark.django_db
def test_the_link_stays_at_the_end_and_is_not_part_of_the_last_card(client, account):
    deck = decks(client, account, "One.\n---\nTwo.", link="https://example.org/a")
    assert cards(deck) == [("One.", "4 / 280"), ("Two.", "29 / 280, with the link")]


@pytest.mark.django_db
def test_a_link_that_is_a_post_of_its_own_is_an_empty_card(client, account):
    text = f"{'a' * 270}"
    deck = decks(client, account, text, link="https://example.org/a")
    assert cards(deck) == [(text, "270 / 280"), ("", "23 / 280, with the link")]


@pytest.mark.django_db
def test_cards_write_into_a_text_of_their_own_where_other_channels_share_it(client, account):
    deck = decks(client, account, LONG, to=("thread", "tweet"))
    assert 'data-writes-to="own-twitterthread"' in deck
    own = {"own-text:twitter/thread": "Own.\n---\nWords."}
    deck = decks(client, account, LONG, **own)
    assert 'data-writes-to="own-twitterthread"' in deck
    assert [text for text, _ in cards(deck)] == ["Own.", "Words."]


@pytest.mark.django_db
def test_the_field_that_cards_write_into_is_on_the_page(client, account):
    query = f"?account={account.pk}&channel=thread"
    page = client.get(f"{reverse('desk:compose')}{query}", follow=True).content.decode()
    assert 'id="own-twitterthread"' in page


@pytest.mark.django_db
def test_there_are_none_for_other_kinds_of_posts_and_without_words(client, account):
    assert "data-deck" not in decks(client, account, LONG, to=("tweet",))
    assert "data-deck" not in decks(client, account, "  ")
    assert "data-deck" not in decks(client, account, "Words. " * 2_000)


@pytest.mark.django_db
def test_hostile_words_stay_words(client, account):
    deck = decks(client, account, "</textarea><script>alert(1)</script>\n---\nTwo.")
    assert "<script>" not in deck


@pytest.mark.django_db
def test_where_there_is_no_thread_the_cuts_are_named_and_left_out_by_one_press(client, account):
    page = AccountFactory(brand=account.brand)
    to = [f"{account.pk}/thread", f"{page.pk}/feed-post"]
    sent = form(account, text="One.\n---\nTwo.", to=to)
    said = client.post(CHECK, sent).content.decode()
    assert "Facebook would show the lines of three hyphens" in said
    assert "X would show" not in said
    fixed = client.post(
        reverse("desk:compose"), {**sent, "fix": "uncut:facebook/feed-post"}
    ).content.decode()
    assert "would show the lines" not in fixed
    assert ">One.\n\nTwo.</textarea>" in fixed
    alone = form(page, text="One.\n---\nTwo.", to=to[1:])
    assert "would show the lines" not in client.post(CHECK, alone).content.decode()


@given(st.text(alphabet="ab .\n-é🐟/1", max_size=900), st.booleans())
def test_what_is_joined_is_cut_into_the_same_posts(text, numbered):
    for splitter in (X, BLUESKY):
        parts = splitter.parts(text, numbered)
        whole = Rendition("thread", text, options={"numbered": numbered})
        written = without_numbers(parts, whole)
        assert splitter.parts(joined(written), numbered) == parts
