"""How platforms count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.text import graphemes, mastodon_length

LONG = "https://example.org/" + "a" * 200


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("plain", 5),
        ("e\u0301", 1),  # a letter and its accent
        ("🇫🇴", 1),  # a flag of two letters
        ("👩‍👩‍👧‍👦", 1),  # four people joined
        ("👍🏽", 1),  # with a tone of skin
        ("한국", 2),
        ("\r\n", 1),
    ],
)
def test_graphemes_are_what_a_reader_counts(text, count):
    assert graphemes(text) == count


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        "http://a.example",
        "HTTPS://EXAMPLE.ORG/Path?query=1#part",
        "https://example.org:8443/x",
        "https://en.wikipedia.org/wiki/Ayr_(town)",
        "https://bücher.example/straße",
    ],
)
def test_mastodon_counts_a_link_as_23(text):
    assert mastodon_length(text) == 23


def test_mastodon_takes_the_servers_own_length_of_a_link():
    assert mastodon_length(f"see {LONG}", link_length=30) == 34


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("(https://example.org/a).", 26),
        ("https://example.org, and", 28),
        ('"https://example.org/a"', 25),
        ("https://example.org/a\nhttps://example.org/b", 47),
    ],
)
def test_mastodon_leaves_punctuation_outside_a_link(text, count):
    assert mastodon_length(text) == count


@pytest.mark.parametrize("text", ["http://localhost", "example.org", "https://", "ftp://a.example"])
def test_mastodon_counts_what_is_no_link_as_it_stands(text):
    assert mastodon_length(text) == len(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("@user@social.example", 5),
        ("hi @some.one@social.example!", 13),
        ("@user", 5),
        ("me@social.example", 17),  # an e-mail address
        ("https://social.example/@user@other.example", 23),
    ],
)
def test_mastodon_counts_a_mention_without_its_server(text, count):
    assert mastodon_length(text) == count


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_mastodon_counts_text_without_links_and_mentions_as_graphemes(text):
    if "@" not in text and "://" not in text:
        assert mastodon_length(text) == graphemes(text)


def test_counting_a_hostile_text_takes_no_time():
    for text in ("https://" + "a." * 20_000, "@" + "a-" * 20_000 + "@", "(" * 20_000 + LONG):
        assert mastodon_length(text) > 0
