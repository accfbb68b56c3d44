"""Choices of one channel: what the form says, what is kept, and what comes back into the form."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from content.models import Piece, PieceVersion
from desk.compose.options import offered, values_of, words_of
from organisation.models import Role
from platforms.adapters.instagram import Instagram
from platforms.adapters.instagram.rules import OPTIONS
from tests.desk.composing import COMPOSE, form
from tests.factories import AccountFactory, MembershipFactory

FEED, REEL = OPTIONS["feed-post"], OPTIONS["reel"]
KEY = "instagram/feed-post"


@pytest.fixture
def account(db, client):
    member = MembershipFactory(role=Role.PUBLISHER)
    client.force_login(member.user)
    return AccountFactory(brand=member.brand, platform="instagram", server="sandbox")


def test_what_is_typed_becomes_what_the_adapter_takes():
    words = {
        "whole_pictures": "1",
        "collaborators": "@glen.and.loom, mairi  callum",
        "user_tags": "1 @mairi 30 70\n 2 callum 0 100 ",
        "location_id": " ",
        "nobody_offers": "this",
    }
    assert values_of(FEED, words) == {
        "whole_pictures": True,
        "collaborators": ["glen.and.loom", "mairi", "callum"],
        "user_tags": [
            {"picture": 1, "username": "mairi", "x": 0.3, "y": 0.7},
            {"picture": 2, "username": "callum", "x": 0.0, "y": 1.0},
        ],
    }
    assert values_of(REEL, {"cover_at": "2,5"}) == {"cover_at": 2.5}


@given(text=st.text(max_size=60))
def test_whatever_is_typed_is_read_and_judged_and_shown_again(text):
    for options in OPTIONS.values():
        words = {option.name: text for option in options if option.kind != "flag"}
        values = values_of(options, words)
        again = values_of(options, words_of(options, values))
        assert again == values


def test_what_cannot_be_read_is_shown_as_it_was_typed_and_refused(account, client):
    sent = form(account, **{f"own-option-user_tags:{KEY}": "somebody, somewhere"})
    page = client.post(reverse("desk:compose_check"), sent).content.decode()
    assert "one a line by picture, username and place" in page


class Plain:
    """A platform that has no choices of its own."""


def test_a_platform_without_choices_offers_none():
    assert offered(Plain, "status") == ()  # type: ignore[arg-type]
    assert offered(Instagram, "feed-post") == FEED


def test_choices_are_kept_with_the_piece_and_come_back(account, client):
    chosen = {
        f"own-option-whole_pictures:{KEY}": "1",
        f"own-option-collaborators:{KEY}": "glen.and.loom",
    }
    client.post(COMPOSE, form(account, when="ready", to=[], **chosen))
    piece = Piece.objects.get()
    options = {"whole_pictures": True, "collaborators": ["glen.and.loom"]}
    assert piece.current.variants == {KEY: {"options": options}}
    page = client.get(COMPOSE, {"piece": piece.pk}, follow=True).content.decode()
    assert 'value="glen.and.loom"' in page
    unchanged = form(account, when="ready", to=[], piece=str(piece.pk), piece_edits="1", **chosen)
    client.post(COMPOSE, unchanged)
    assert PieceVersion.objects.count() == 1


def test_choices_made_by_other_means_are_left_alone(account, client):
    client.post(COMPOSE, form(account, when="ready", to=[]))
    piece = Piece.objects.get()
    other = {"mastodon/status": {"options": {"visibility": "unlisted"}}}
    PieceVersion.objects.update(variants=other)
    changed = {"text": "Another", "piece": str(piece.pk), "piece_edits": "1"}
    flag = {f"own-option-ai_generated:{KEY}": "1"}
    client.post(COMPOSE, form(account, when="ready", to=[], **changed, **flag))
    piece.refresh_from_db()
    assert piece.current.variants == {**other, KEY: {"options": {"ai_generated": True}}}


def test_the_page_offers_what_each_channel_has(account, client):
    page = client.get(COMPOSE, follow=True).content.decode()
    for words in ("Only on Instagram<", "Only on Instagram, reel<", "Only on Instagram, story<"):
        assert words in page
    assert page.count("Made with AI") == 3


@pytest.fixture
def toot(account):
    """A Mastodon account whose server has polls of its own size."""
    return AccountFactory(
        brand=account.brand, platform="mastodon", server_facts={"poll_options": 3}
    )


def checked(client, account, channel, **chosen):
    platform = account.platform.slug
    own = {f"own-option-{name}:{platform}/{channel}": words for name, words in chosen.items()}
    sent = form(account, to=[f"{account.pk}/{channel}"], **own)
    return client.post(reverse("desk:compose_check"), sent).content.decode()


def test_a_poll_at_mastodon_is_judged_by_its_server_and_shown(toot, client):
    page = checked(client, toot, "status", poll="Tea; <b>Coffee</b>", poll_multiple="1")
    assert '<ul class="poll several"' in page
    assert "&lt;b&gt;Coffee&lt;/b&gt;</li>" in page
    page = checked(client, toot, "status", poll="Tea; Coffee; Milk; Water")
    assert "A poll has 2 to 3 answers at this server." in page


def test_a_content_warning_and_who_sees_it_are_shown(toot, client):
    page = checked(client, toot, "status", spoiler_text="Wet <ferries>", visibility="private")
    assert "Wet &lt;ferries&gt;" in page
    assert '<p class="prev-aside micro t3">Followers</p>' in page
    assert "Choose a visibility" not in page
    page = checked(client, toot, "thread", visibility="everybody-else")
    assert "Choose a visibility from public, unlisted, private, direct." in page


def test_a_poll_at_x_is_shown(account, client):
    there = AccountFactory(brand=account.brand, platform="twitter", remote_id="1400")
    assert '<ul class="poll"' in checked(client, there, "tweet", poll="Tea; Coffee")


def test_what_was_chosen_from_a_list_comes_back_and_what_the_list_lacks_stays(toot, client):
    key = "own-option-visibility:mastodon/status"
    sent = form(toot, when="ready", to=[], **{key: "unlisted"})
    client.post(COMPOSE, sent)
    piece = Piece.objects.get()
    assert piece.current.variants == {"mastodon/status": {"options": {"visibility": "unlisted"}}}
    page = client.get(COMPOSE, {"piece": piece.pk}, follow=True).content.decode()
    assert '<option value="unlisted" selected>' in page
    variants = {"mastodon/status": {"options": {"visibility": "friends"}}}
    PieceVersion.objects.update(variants=variants)
    page = client.get(COMPOSE, {"piece": piece.pk}, follow=True).content.decode()
    assert '<option value="friends" selected>friends</option>' in page
