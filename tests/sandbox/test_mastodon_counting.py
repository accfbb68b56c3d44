"""How long a status is: links count 23, mentions their local part, graphemes one each."""

import pytest

from sandbox import characters
from sandbox.mastodon.text import length
from tests.sandbox.conftest import BEARER, PERSON, Sandbox


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("👍🏽", 1),
        ("👨‍👩‍👧‍👦", 1),
        ("🇬🇧🇩🇪", 2),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 1),
        ("❤️", 1),
        ("한국", 2),
        ("\u1112\u1161\u11ab", 1),
        ("नि", 1),
    ],
)
def test_graphemes_are_counted_as_people_see_them(text: str, expected: int) -> None:
    assert characters.count(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/" + "x" * 300, 23),
        ("see https://example.org.", 4 + 23 + 1),
        ("https://localhost/x", 19),
        ("@someone@far.example.org hello", 8 + 6),
        ("@local hello", 12),
        ("me@example.org", 14),
    ],
)
def test_links_and_mentions_have_lengths_of_their_own(text: str, expected: int) -> None:
    assert length(text) == expected


def test_a_content_warning_counts_too(sandbox: Sandbox) -> None:
    assert sandbox.toot("x" * 490, spoiler_text="y" * 10).ok
    assert sandbox.toot("x" * 490, spoiler_text="y" * 11).status_code == 422


def test_a_server_may_allow_more(sandbox: Sandbox) -> None:
    sandbox.register("mastodon", PERSON, BEARER, limits={"max_characters": 5000})
    assert sandbox.toot("x" * 5000).ok
    assert "limit of 5000 exceeded" in sandbox.toot("x" * 5001).json()["error"]
