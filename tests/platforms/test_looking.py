"""Evidence for people, and HTML read as the words it shows."""

from datetime import UTC, datetime, timedelta

import pytest

from platforms.looking import (
    Candidate,
    Listing,
    look_for,
    same_words,
    started_at,
    without_servers,
    words_of_html,
)
from platforms.values import StepRecord

STARTED = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)
OTHERS = "The Page, 1 post read: those since 08:59:00 UTC with this text are other posts of ours."


def listing(*texts: str, more: bool = False) -> Listing:
    candidates = [Candidate(str(n), STARTED, text) for n, text in enumerate(texts)]
    return Listing("The Page", candidates, more)


@pytest.mark.parametrize(
    ("texts", "more", "known", "evidence"),
    [
        ((), False, (), "The Page, no post read: none since 08:59:00 UTC has this text."),
        (("a",), False, (), "The Page, 1 post read: none since 08:59:00 UTC has this text."),
        (
            ("a", "b"),
            False,
            (),
            "The Page, 2 newest posts read: none since 08:59:00 UTC has this text.",
        ),
        (("it",), False, (), "The Page, 1 post read: 1 since 08:59:00 UTC with this text."),
        (
            ("it",),
            False,
            ("0",),
            OTHERS,
        ),
        (
            ("a",),
            True,
            (),
            "The Page, 1 post read: all are newer than 08:59:00 UTC, and this one may be older.",
        ),
    ],
)
def test_the_evidence_says_what_was_read(texts, more, known, evidence):
    sighting = look_for("it", STARTED, listing(*texts, more=more), frozenset(known))
    assert sighting.evidence == evidence


def test_the_request_began_with_the_oldest_step_that_is_not_void():
    steps = [
        StepRecord("post", "once", "void", STARTED - timedelta(hours=9)),
        StepRecord("media:1", "repeatable", "done", STARTED - timedelta(hours=1)),
        StepRecord("post", "once", "started", STARTED),
    ]
    assert started_at(steps) == STARTED
    assert started_at(steps[:2]) is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One Two"),
        ("One<br>two<br/>three", "One two three"),
        ("<p>a<span>b</span>c</p>", "abc"),
        ("&lt;b&gt; &amp; &#39;quoted&#39;", "<b> & 'quoted'"),
        ("<ul><li>one</li><li>two</li></ul>", "one two"),
        ("no html at all", "no html at all"),
        ("<p>never closed", "never closed"),
        ("", ""),
    ],
)
def test_html_is_read_as_the_words_it_shows(html, text):
    assert same_words(words_of_html(html), text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hi @ana@social.example.", "hi @ana."),
        ("@ana", "@ana"),
        ("ana@social.example", "ana@social.example"),
        ("https://social.example/@ana@other.example", "https://social.example/@ana@other.example"),
    ],
)
def test_a_mention_is_shown_without_its_server(text, shown):
    assert without_servers(text) == shown


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a  b\r\n", "a b", True),
        ("Cafe\u0301", "Café", True),
        ("Hello", "hello", False),
        ("Hello", "Hello.", False),
    ],
)
def test_words_are_compared_as_a_reader_would(one, other, same):
    assert same_words(one, other) is same
