"""Putting posts and threads out, through every fault and every kill."""

from contextlib import suppress
from typing import Any

import pytest

from platforms.adapters.bluesky.rules import GATES
from platforms.errors import (
    CredentialsExpired,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
)
from platforms.values import (
    Found,
    Rendition,
    Unpublished,
)
from tests.platforms.at_bluesky.posts import (
    KINDS,
    TEXT,
    sent_record,
)
from tests.platforms.contract_base import SOON
from tests.platforms.journal import MemoryJournal

# Requests of one post: a mention is one more, and so is each upload; a video takes two service
# tokens, a look at its allowance, the upload and a look at the job; several records look first.
CALLS = {"text": 2, "picture": 2, "gallery": 7, "video": 6, "closed": 2, "thread": 4}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_goes_out_once_with_as_many_requests_as_it_takes(connect, sandbox, kind):
    receipt = connect().publish(KINDS[kind], MemoryJournal())
    live = sandbox.posts()
    assert (live[0]["id"], live[0]["url"]) == (receipt.remote_id, receipt.url)
    assert [item["type"] for item in live[0]["media"]] == [m.type for m in KINDS[kind].media]
    assert [item["alt"] for item in live[0]["media"]] == [m.alt for m in KINDS[kind].media]
    assert len(sandbox.received()) == CALLS[kind]


def test_what_can_be_pressed_is_named_by_its_bytes(connect, sandbox):
    connect().publish(KINDS["text"], MemoryJournal())
    found = {
        facet["features"][0]["$type"].rpartition("#")[2]: TEXT.encode()[
            facet["index"]["byteStart"] : facet["index"]["byteEnd"]
        ].decode()
        for facet in sent_record(sandbox)["facets"]
    }
    assert found == {
        "link": "https://example.org/times",
        "mention": "@ferries.test",
        "tag": "#Fähren",
    }


def test_five_pictures_and_more_are_a_gallery_with_their_shapes(connect, sandbox):
    connect().publish(KINDS["gallery"], MemoryJournal())
    embed = sent_record(sandbox)["embed"]
    assert embed["$type"] == "app.bsky.embed.gallery"
    assert [item["aspectRatio"] for item in embed["items"]] == [{"width": 3, "height": 2}] * 6


def test_a_thread_hangs_together(connect, sandbox):
    receipt = connect().publish(KINDS["thread"], MemoryJournal())
    one, two, three = sandbox.posts()
    assert [post["text"] for post in (one, two, three)] == ["One.", "Two @ferries.test.", "Three."]
    assert (two["parent"], three["parent"]) == (one["id"], two["id"])
    last = sent_record(sandbox, 2)["reply"]
    assert (last["root"]["uri"], last["parent"]["uri"]) == (receipt.remote_id, two["id"])


@pytest.mark.parametrize("name", GATES)
def test_who_may_reply_is_said_beside_the_post(connect, sandbox, name):
    post = Rendition("post", "Listen.", options={name: True, "languages": ["gd", "en"]})
    receipt = connect().publish(post, MemoryJournal())
    gate = sent_record(sandbox, 1)
    assert gate["post"] == receipt.remote_id
    assert gate["allow"] == [{"$type": GATES[name]}]
    assert sent_record(sandbox, 0)["langs"] == ["gd", "en"]


# The fault at the request that writes; what it is for us; whether the post is live afterwards.
FAULTS: dict[str, tuple[type[PlatformError], bool]] = {
    "refuse": (Rejected, False),
    "duplicate": (Rejected, False),
    "rate_limit": (RateLimited, False),
    "quota": (RateLimited, False),
    "expired_token": (CredentialsExpired, False),
    "error_500_before": (OutcomeUnknown, False),
    "reset_before": (OutcomeUnknown, False),
    "hang": (OutcomeUnknown, False),
    "reset_after_accept": (OutcomeUnknown, True),
    "error_500_after_accept": (OutcomeUnknown, True),
    "garbage": (OutcomeUnknown, True),
    "wrong_content_type": (OutcomeUnknown, True),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["text", "closed", "thread"])
def test_each_fault_is_told_apart_and_the_post_is_out_once(connect, sandbox, kind, fault):
    expected, live = FAULTS[fault]
    adapter, journal, post = connect(), MemoryJournal(), KINDS[kind]
    sandbox.arm("bluesky", fault)
    if fault == "hang":
        adapter.connection.client.read_timeout = SOON
    with pytest.raises(PlatformError) as caught:
        adapter.publish(post, journal)
    assert type(caught.value) is expected
    assert bool(sandbox.posts()) == live
    if expected is OutcomeUnknown:
        sighting = adapter.find(post, journal.records())
        assert isinstance(sighting, Found if live else Unpublished)
    receipt = adapter.publish(post, journal.reborn())
    assert len(sandbox.posts()) == (3 if kind == "thread" else 1)
    assert sandbox.posts()[0]["id"] == receipt.remote_id


@pytest.mark.parametrize("fault", [name for name, (_, live) in FAULTS.items() if live])
def test_a_record_written_anew_after_a_lost_answer_is_still_the_same_post(connect, sandbox, fault):
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("bluesky", fault)
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS["text"], journal)
    journal.forget("record")  # it waited for longer than a record stays fresh
    receipt = adapter.publish(KINDS["text"], journal.reborn())
    (live,) = sandbox.posts()
    assert live["id"] == receipt.remote_id


class Killed(Exception):
    """The worker ends here."""


class ShortLived(MemoryJournal):
    """A journal whose worker is killed once `most` steps are done."""

    most = 0

    def repeatable(self, *args: Any, **kwargs: Any) -> Any:
        result = super().repeatable(*args, **kwargs)
        if len(self.steps) >= self.most:
            raise Killed
        return result


@pytest.mark.parametrize("kind", KINDS)
def test_killed_after_any_step_the_rest_is_done_and_the_post_is_out_once(connect, sandbox, kind):
    adapter, whole = connect(), MemoryJournal()
    adapter.publish(KINDS[kind], whole)
    for most in range(1, len(whole.steps) + 1):
        sandbox.control("DELETE", "ledger")
        journal = ShortLived()
        journal.most = most
        with suppress(Killed):
            adapter.publish(KINDS[kind], journal)
        receipt = adapter.publish(KINDS[kind], journal.reborn())
        live = sandbox.posts()
        assert live[0]["id"] == receipt.remote_id
        assert len(live) == (3 if kind == "thread" else 1)
