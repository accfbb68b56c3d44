"""Threads while writing and afterwards: each post of one with its own count, as it will be."""

import re

import pytest
from django.urls import reverse

from organisation.models import Role
from tests.desk.composing import COMPOSE, form
from tests.factories import AccountFactory, MembershipFactory, PieceFactory, PostFactory

pytestmark = pytest.mark.django_db
CHECK = reverse("desk:compose_check")
LONG = "One sentence of some length stands here. " * 12


@pytest.fixture
def account(client):
    member = MembershipFactory(role=Role.PUBLISHER)
    client.force_login(member.user)
    return AccountFactory(
        brand=member.brand,
        platform="bluesky",
        server="https://morel.us-east.host.bsky.network",
        remote_id="did:plc:ewvi7nxzyoun6zhxrhs64oiz",
        server_facts={"handle": "glenandloom.scot"},
    )


def checked(client, account, text, channel="thread", **more):
    sent = form(account, text=text, to=[f"{account.pk}/{channel}"], **more)
    return client.post(CHECK, sent).content.decode()


def test_each_post_of_a_thread_is_shown_with_its_count(client, account):
    page = checked(client, account, "One #peat.\n---\nTwo.")
    assert page.count('<ol class="thread">') == 1
    assert '<span class="tg">#peat</span>' in page
    assert "10 / 300" in page
    assert "4 / 300" in page
    assert "---" not in page.partition('<ol class="thread">')[2].partition("</ol>")[0]


def test_a_long_text_is_cut_by_sentences_and_numbered_when_chosen(client, account):
    page = checked(client, account, LONG)
    assert page.count("/ 300</span>") == 4  # in the preview, and on the cards
    page = checked(client, account, LONG, **{"own-option-numbered:bluesky/thread": "1"})
    assert "here. 1/2</div>" in page
    assert "here. 2/2</div>" in page


def test_what_is_one_post_is_shown_as_one_and_said(client, account):
    page = checked(client, account, "Short.")
    assert '<ol class="thread">' not in page
    assert "so this is no thread" in page


def test_a_text_too_long_for_a_post_may_be_a_thread(client, account):
    page = checked(client, account, LONG, channel="post")
    assert "and Bluesky takes 300" in page
    assert "and Bluesky takes" not in checked(client, account, LONG)


def test_one_press_makes_a_thread_of_a_text_that_is_too_long(client, account):
    page = checked(client, account, LONG, channel="post")
    assert 'value="thread:bluesky/post"' in page
    assert "thread:" not in checked(client, account, "Words. " * 2000)
    sent = form(account, text=LONG, to=[f"{account.pk}/post"], fix="thread:bluesky/post")
    sent |= {"own-option-replies_nobody:bluesky/post": "1"}
    page = client.post(COMPOSE, sent).content.decode()
    assert '<ol class="thread">' in page
    assert chosen(page) == [f"{account.pk}/thread"]
    assert 'name="own-option-replies_nobody:bluesky/thread" value="1" checked' in page


def test_one_press_makes_a_thread_at_x(client, account):
    there = AccountFactory(brand=account.brand, platform="twitter", remote_id="1400")
    assert 'value="thread:twitter/tweet"' in checked(client, there, LONG, channel="tweet")
    own = {"own-text:twitter/tweet": f"{LONG}Own words.", "fix": "thread:twitter/tweet"}
    sent = form(there, text=LONG, to=[f"{there.pk}/tweet"], **own)
    page = client.post(COMPOSE, sent).content.decode()
    assert chosen(page) == [f"{there.pk}/thread"]
    assert "Own words." in page
    assert page.count("/ 280</span>") == 4


def test_one_press_makes_a_thread_at_mastodon_by_the_count_of_its_server(client, account):
    facts = {"max_characters": 300}
    there = AccountFactory(brand=account.brand, platform="mastodon", server_facts=facts)
    assert 'value="thread:mastodon/status"' in checked(client, there, LONG, channel="status")
    sent = form(there, text=LONG, to=[f"{there.pk}/status"], fix="thread:mastodon/status")
    page = client.post(COMPOSE, sent).content.decode()
    assert chosen(page) == [f"{there.pk}/thread"]
    assert page.count("/ 300</span>") == 4  # two cards, and two posts of the preview


def test_the_usual_kind_of_post_stands_before_the_thread(client, account):
    there = AccountFactory(brand=account.brand, platform="twitter", remote_id="1400")
    page = client.get(COMPOSE, follow=True).content.decode()
    assert page.index(f'value="{there.pk}/tweet"') < page.index(f'value="{there.pk}/thread"')


def test_pressed_where_there_are_no_threads_it_changes_nothing(client, account):
    other = AccountFactory(brand=account.brand, platform="facebook")
    sent = form(other, text=LONG, fix="thread:facebook/feed-post")
    page = client.post(COMPOSE, sent).content.decode()
    assert chosen(page) == [f"{other.pk}/feed-post"]


def chosen(page):
    """The places that are ticked."""
    boxes = re.findall(r'<input type="checkbox"[^>]*name="to"[^>]*>', page)
    return [re.findall(r'value="([^"]*)"', box)[0] for box in boxes if " checked" in box]


def test_a_thread_that_is_too_long_is_shown_whole_with_what_is_too_much(client, account):
    page = checked(client, account, "Words. " * 2000)
    assert '<ol class="thread">' not in page
    assert 'class="over"' in page


def test_the_handle_stands_below_the_name(client, account):
    assert "@glenandloom.scot" in checked(client, account, "Peat", channel="post")


def test_hostile_words_stay_words(client, account):
    page = checked(client, account, "<script>alert(1)</script>\n---\n<img src=x onerror=alert(1)>")
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_page_of_a_post_shows_its_thread(client, account):
    kind = account.platform.channel_types.get(slug="thread")
    piece = PieceFactory(brand=account.brand, text="One.\n---\nTwo.")
    post = PostFactory(account=account, piece=piece, channel_type=kind, scheduled=True)
    page = client.get(reverse("desk:post", args=[post.pk])).content.decode()
    assert page.count('<ol class="thread">') == 1
    assert page.count("/ 300</span>") == 2
