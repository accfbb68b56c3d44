"""Threads at X: each post is one request, and none of them is ever made twice."""

import pytest

from platforms.adapters.twitter import Twitter
from platforms.adapters.twitter.rules import SPLITTER, THREAD_MAX
from platforms.adapters.twitter.weighted import TEXT_MAX, length
from platforms.checking import limits_for, problems_of, stopping
from platforms.errors import OutcomeUnknown, Rejected
from platforms.values import Absent, CannotTell, Found, Rendition
from tests.platforms.journal import MemoryJournal
from tests.platforms.test_twitter_at_the_sandbox import (  # noqa: F401 (fixtures)
    connect,
    item,
    sandbox,
)

TEXTS = ("One at example.org.", "Two, twice as long.", "Three.")
THREAD = Rendition("thread", "\n---\n".join(TEXTS))


def codes(rendition: Rendition) -> set[str]:
    limits = limits_for(Twitter, "thread", {})
    return {problem.code for problem in stopping(problems_of(Twitter, rendition, limits))}


def test_each_post_answers_the_one_before_it(connect, sandbox):  # noqa: F811
    receipt = connect().publish(THREAD, MemoryJournal())
    posts = sandbox.posts()
    assert tuple(post["text"] for post in posts) == TEXTS
    assert [post["parent"] for post in posts] == [None, posts[0]["id"], posts[1]["id"]]
    assert (receipt.remote_id, receipt.url) == (posts[0]["id"], posts[0]["url"])


def test_pictures_and_rules_stand_with_the_first(connect, sandbox):  # noqa: F811
    options = {"replies_verified": True, "numbered": True}
    connect().publish(
        Rendition("thread", THREAD.text, media=(item(),), options=options), MemoryJournal()
    )
    assert [len(post["media"]) for post in sandbox.posts()] == [1, 0, 0]
    assert sandbox.texts() == [f"{text} {n}/3" for n, text in enumerate(TEXTS, start=1)]
    made = [r["parameters"] for r in sandbox.received() if r["path"] == "/twitter/2/tweets"]
    assert ["reply_settings" in said for said in made] == [True, False, False]


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("arrived", [True, False])
def test_a_part_whose_answer_was_lost_is_looked_for(connect, sandbox, place, arrived):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    fault = "reset_after_accept" if arrived else "reset_before"
    # To faults a further post of a thread is a comment; one that is slow is only passed by.
    for _ in range(place - 2):
        sandbox.arm("twitter", "slow", call="comment")
    sandbox.arm("twitter", fault, call="publish" if place == 1 else "comment")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(THREAD, journal)
    out = len(sandbox.posts())
    assert out == place - 1 + arrived
    with pytest.raises(OutcomeUnknown):
        adapter.publish(THREAD, journal.reborn())
    assert len(sandbox.posts()) == out

    sighting = adapter.find(THREAD, journal.records())
    if not arrived:
        assert isinstance(sighting, Absent)
        return
    posts = sandbox.posts()
    assert isinstance(sighting, Found)
    assert sighting.remote_id == posts[0]["id"]
    assert sighting.part_id == posts[place - 1]["id"]
    assert sighting.unfinished == (place < 3)


def test_a_refused_part_stops_the_rest_and_a_later_try_goes_on(connect, sandbox):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("twitter", "refuse", call="comment")
    with pytest.raises(Rejected):
        adapter.publish(THREAD, journal)
    assert sandbox.texts() == [TEXTS[0]]
    adapter.publish(THREAD, journal.reborn())
    assert tuple(sandbox.texts()) == TEXTS


def test_a_list_that_cannot_be_read_tells_nothing(connect, sandbox):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("twitter", "reset_after_accept", call="comment")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(THREAD, journal)
    sandbox.arm("twitter", "error_500_before", call="read")
    assert isinstance(adapter.find(THREAD, journal.records()), CannotTell)


def test_a_long_text_is_cut_by_x_s_own_count():
    parts = SPLITTER.parts("See https://example.org/a/rather/long/path and 東京。 " * 40, True)
    assert len(parts) > 5
    assert all(length(part) <= TEXT_MAX for part in parts)
    assert parts[-1].endswith(f" {len(parts)}/{len(parts)}")


def test_what_x_would_refuse_is_a_problem():
    assert codes(THREAD) == set()
    assert codes(Rendition("thread", "Same.\n---\nSame.")) == {"thread_repeats"}
    assert codes(Rendition("thread", "\n---\n".join(map(str, range(26))))) == {"thread_too_long"}
    assert "text_too_long" in codes(Rendition("thread", "word " * THREAD_MAX))
    assert codes(Rendition("thread", "A\n---\nB", options={"numbered": 1})) == {"numbered"}


def test_one_post_is_said_to_be_no_thread():
    limits = limits_for(Twitter, "thread", {})
    found = problems_of(Twitter, Rendition("thread", "Short."), limits)
    assert [(problem.code, problem.level) for problem in found] == [("thread_of_one", "warn")]
