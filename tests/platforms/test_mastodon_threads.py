"""Threads at Mastodon and at servers that ignore its key: each post goes out once."""

from dataclasses import replace

import pytest

from platforms.adapters.mastodon import Mastodon
from platforms.adapters.mastodon.rules import PARTS_MAX
from platforms.checking import problems_of
from platforms.errors import NotSent, OutcomeUnknown, Rejected
from platforms.values import Absent, CannotTell, Found, Rendition
from tests.platforms.journal import MemoryJournal
from tests.platforms.test_mastodon_at_the_sandbox import (  # noqa: F401 (fixtures)
    connect,
    item,
    limits_of,
    sandbox,
    stops,
)

TEXTS = ("One at https://example.org/one.", "Two for @ana@other.example.", "Three.")
THREAD = Rendition("thread", "\n---\n".join(TEXTS))
OTHERS = {"software": "pleroma", "idempotency": False}


def made(sandbox):  # noqa: F811
    return [r["parameters"] for r in sandbox.received() if r["created"] and "status" in r["path"]]


def test_each_post_answers_the_one_before_it(connect, sandbox):  # noqa: F811
    receipt = connect().publish(THREAD, MemoryJournal())
    posts = sandbox.posts()
    assert tuple(post["text"] for post in posts) == TEXTS
    assert [post["parent"] for post in posts] == [None, posts[0]["id"], posts[1]["id"]]
    assert (receipt.remote_id, receipt.url) == (posts[0]["id"], posts[0]["url"])


def test_pictures_and_a_poll_stand_with_the_first_and_a_warning_with_each(connect, sandbox):  # noqa: F811
    options = {"spoiler_text": "Wet", "visibility": "unlisted", "language": "gd", "numbered": True}
    thread = replace(THREAD, media=(item(),), options=options)
    connect().publish(thread, MemoryJournal())
    assert [len(post["media"]) for post in sandbox.posts()] == [1, 0, 0]
    assert sandbox.texts() == [f"{text} {n}/3" for n, text in enumerate(TEXTS, start=1)]
    for said in made(sandbox):
        assert (said["spoiler_text"], said["visibility"], said["language"]) == (
            "Wet",
            "unlisted",
            "gd",
        )
    asked = replace(THREAD, options={"poll": "Tea; Coffee"})
    sandbox.control("DELETE", "requests")
    connect().publish(asked, MemoryJournal())
    assert ["poll" in said for said in made(sandbox)] == [True, False, False]


def lose(sandbox, place, fault):  # noqa: F811
    """Let the request for one post go wrong. To faults a further post is a comment."""
    for _ in range(place - 2):
        sandbox.arm("mastodon", "slow", call="comment")
    sandbox.arm("mastodon", fault, call="publish" if place == 1 else "comment")


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("server", [{}, OTHERS])
def test_a_part_whose_answer_was_lost_is_found(connect, sandbox, place, arrived, server):  # noqa: F811
    adapter, journal = connect(**server), MemoryJournal()
    lose(sandbox, place, "reset_after_accept" if arrived else "reset_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(THREAD, journal)
    assert len(sandbox.posts()) == place - 1 + arrived
    sighting = adapter.find(THREAD, journal.records())
    if not arrived:
        assert isinstance(sighting, Absent)
        return
    posts = sandbox.posts()
    assert isinstance(sighting, Found)
    assert (sighting.remote_id, sighting.url) == (posts[0]["id"], posts[0]["url"])
    assert sighting.part_id == posts[place - 1]["id"]
    assert sighting.unfinished == (place < 3)


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("fault", ["reset_after_accept", "reset_before", "maintenance", "garbage"])
def test_under_its_key_a_lost_part_is_sent_again_and_is_one(connect, sandbox, place, fault):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    lose(sandbox, place, fault)
    with pytest.raises(OutcomeUnknown):
        adapter.publish(THREAD, journal)
    adapter.publish(THREAD, journal.reborn())
    posts = sandbox.posts()
    assert tuple(post["text"] for post in posts) == TEXTS
    assert [post["parent"] for post in posts] == [None, posts[0]["id"], posts[1]["id"]]


def test_where_the_key_is_ignored_a_lost_part_is_not_sent_again(connect, sandbox):  # noqa: F811
    adapter, journal = connect(**OTHERS), MemoryJournal()
    lose(sandbox, 2, "reset_after_accept")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            adapter.publish(THREAD, journal)
        journal = journal.reborn()
    assert tuple(sandbox.texts()) == TEXTS[:2]


def test_a_part_is_told_from_the_same_words_elsewhere(connect, sandbox):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    adapter.publish(Rendition("status", TEXTS[1]), MemoryJournal())
    lose(sandbox, 2, "reset_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(THREAD, journal)
    assert isinstance(adapter.find(THREAD, journal.records()), Absent)


def test_a_refused_part_stops_the_rest_and_a_later_try_goes_on(connect, sandbox):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("mastodon", "refuse", call="comment")
    with pytest.raises(Rejected):
        adapter.publish(THREAD, journal)
    assert sandbox.texts() == [TEXTS[0]]
    adapter.publish(THREAD, journal.reborn())
    assert tuple(sandbox.texts()) == TEXTS


def test_a_list_that_cannot_be_read_tells_nothing(connect, sandbox):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    lose(sandbox, 2, "reset_after_accept")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(THREAD, journal)
    sandbox.arm("mastodon", "maintenance", call="read")
    assert isinstance(adapter.find(THREAD, journal.records()), CannotTell)


SENTENCE = "The ferry of {} leaves the pier at noon, whatever the weather. "
LONG = "".join(SENTENCE.format(n) for n in range(40))


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_server_that_changes_its_limit_does_not_move_the_cuts(connect, sandbox, forgotten):  # noqa: F811
    """What is out was cut by the old limit; by the new one, words would be missing or out twice."""
    thread, journal = Rendition("thread", LONG.strip()), MemoryJournal()
    adapter = connect(max_characters=200)
    whole = Mastodon.parts(thread, limits_of(adapter, "thread"))
    lose(sandbox, 3, "refuse")
    with pytest.raises(Rejected):
        adapter.publish(thread, journal)
    other, journal = connect(max_characters=300), journal.reborn()
    assert Mastodon.parts(thread, limits_of(other, "thread")) != whole
    if forgotten:  # as when a person sends it again: what was prepared is prepared anew
        journal.forget("parts")
    other.publish(thread, journal)
    assert sandbox.texts() == whole


def test_a_long_text_is_cut_by_the_server_s_own_count(connect, sandbox):  # noqa: F811
    adapter = connect(max_characters=100)
    options = {"spoiler_text": "Ferries", "numbered": True}
    thread = Rendition("thread", LONG, options=options)
    receipt = adapter.publish(replace(thread, text=LONG[:900]), MemoryJournal())
    assert receipt.remote_id
    assert len(sandbox.texts()) > 9
    assert " ".join(text.rpartition(" ")[0] for text in sandbox.texts()) == LONG[:900].strip()


def test_what_would_be_refused_is_a_problem(connect):  # noqa: F811
    adapter = connect()
    assert stops(adapter, THREAD) == set()
    assert stops(adapter, Rendition("thread", "\n---\n".join("x" * 26))) == {"thread_too_long"}
    assert "text_too_long" in stops(adapter, Rendition("thread", "word " * 500 * PARTS_MAX))
    assert stops(adapter, replace(THREAD, options={"numbered": 1})) == {"numbered"}
    warned = replace(THREAD, options={"spoiler_text": "w" * 460})
    assert stops(adapter, warned) == {"spoiler_text"}
    found = problems_of(Mastodon, Rendition("thread", "Short."), limits_of(adapter, "thread"))
    assert [(problem.code, problem.level) for problem in found] == [("thread_of_one", "warn")]


def test_deleting_a_thread_deletes_all_of_it_the_last_first(connect, sandbox):  # noqa: F811
    adapter = connect()
    adapter.publish(THREAD, MemoryJournal())
    names = [post["id"] for post in sandbox.posts()]
    adapter.delete_parts(names, MemoryJournal())
    assert sandbox.texts() == []
    gone = sorted(sandbox.posts(), key=lambda post: post["deleted_at"])
    assert [post["id"] for post in gone] == names[::-1]
    adapter.delete_parts(names, MemoryJournal())


def test_a_deletion_that_breaks_off_goes_on_where_it_was(connect, sandbox):  # noqa: F811
    adapter, journal = connect(), MemoryJournal()
    adapter.publish(THREAD, MemoryJournal())
    names = [post["id"] for post in sandbox.posts()]
    sandbox.arm("mastodon", "slow", call="delete")
    sandbox.arm("mastodon", "maintenance", call="delete")
    with pytest.raises(NotSent):
        adapter.delete_parts(names, journal)
    assert len(sandbox.texts()) == 2
    adapter.delete_parts(names, journal.reborn())
    assert sandbox.texts() == []


def test_the_text_of_a_thread_is_not_held_against_its_first_post(connect):  # noqa: F811
    adapter = connect()
    name = adapter.publish(THREAD, MemoryJournal()).remote_id
    found = adapter.read_back(name, "thread")
    assert isinstance(found, Found)
    assert found.text is None
