"""Texts that say nearly the same find each other by short prints, whatever they hold."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from content.models import PieceVersion, TextPrint
from content.sameness import (
    ALIKE,
    bands_of,
    likeness,
    may_be_alike,
    plain,
    print_of,
    prints_of,
    same,
)
from tests.factories import PieceFactory

TWEED = "Harris Tweed smells of peat for a reason: crottle, the lichen of Hebridean rocks."


@pytest.mark.parametrize(
    "other",
    [
        TWEED.upper(),
        TWEED.replace(" ", " \n "),
        TWEED.replace(":", " —").replace(",", ""),
        TWEED.replace("Harris", "\uff28arris"),  # a full-width letter
    ],
)
def test_case_space_punctuation_and_width_do_not_count(other: str) -> None:
    assert same(print_of(TWEED), print_of(other))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (TWEED, TWEED.replace("reason", "cause"), True),
        (TWEED, TWEED.replace("of Hebridean", "of the Hebridean"), True),
        ("red loom, blue loom and a green one", "blue loom and a green one, red loom", True),
        (TWEED, "The mill is closed on Saint Andrew's day, and the shop is too.", False),
        ("New: https://example.org/peat", "New: https://example.org/scarves", False),
        ("Sale!", "Soon!", False),
    ],
)
def test_what_counts_as_nearly_the_same(one: str, other: str, alike: bool) -> None:
    assert (likeness(plain(one), plain(other)) >= ALIKE) is alike


def test_an_address_counts_by_where_it_leads() -> None:
    tracked = "Read https://www.example.org/peat/?utm_source=x&utm_medium=y."
    assert plain(tracked) == plain("Read https://example.org/peat")
    assert plain("Read", "https://example.org/peat") == plain("Read https://example.org/peat")
    assert plain(tracked, "https://example.org/peat") == plain(tracked)
    assert plain("Read http://[broken") != plain("Read")


def test_signs_alone_are_a_text_and_nothing_is_none() -> None:
    assert same(print_of("🌷 🌷 🌷"), print_of("🌷🌷🌷"))
    assert not same(print_of("🌷🌷🌷"), print_of("🐑🐑🐑"))
    assert print_of(" \n ") == ""
    assert not same(print_of(""), print_of(""))
    assert not may_be_alike("", print_of(TWEED))


@given(st.text(max_size=3000))
def test_any_text_has_one_short_print(text: str) -> None:
    value = print_of(text)
    assert value == print_of(text)
    assert len(value) <= 60
    assert value.isascii()
    assert len(bands_of(value)) in (0, 8)


WORDS = st.lists(st.text(string.ascii_lowercase, min_size=2, max_size=9), min_size=12, max_size=60)


@given(WORDS, st.data())
def test_a_long_text_with_one_other_word_is_found(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    other = [*words[:place], "loom", *words[place + 1 :]]
    one, two = " ".join(words), " ".join(other)
    assume(likeness(plain(one), plain(two)) >= 97)
    assert may_be_alike(print_of(one), print_of(two))


def test_what_a_channel_says_has_a_print_of_its_own() -> None:
    variants = {"mastodon/status": {"text": "Peat!"}, "facebook/feed-post": {"pictures": 1}}
    assert set(prints_of(TWEED, "", variants)) == {"", "mastodon/status"}


@pytest.mark.django_db
def test_each_version_keeps_its_prints_with_it() -> None:
    piece = PieceFactory(text=TWEED, variants={"mastodon/status": {"text": "Peat!"}})
    kept = dict(TextPrint.objects.values_list("channel", "value"))
    assert kept == {"": print_of(TWEED), "mastodon/status": print_of("Peat!")}
    piece.current = None
    piece.save()
    PieceVersion.objects.all().delete()
    assert not TextPrint.objects.exists()
