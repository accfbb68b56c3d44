"""What may be done to a post once it is out, and what is read of it."""

from datetime import UTC, datetime, timedelta

import pytest

from platforms.adapters.bluesky import Bluesky
from platforms.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
)
from platforms.values import (
    Absent,
    CannotTell,
    Found,
    StepRecord,
)
from tests.platforms.at_bluesky.posts import (
    DID,
    KINDS,
    RKEY,
    URI,
    sent_record,
)
from tests.platforms.contract_base import STARTED, TOKEN
from tests.platforms.journal import MemoryJournal


def steps(rkey: str = RKEY, started: datetime = STARTED) -> list[StepRecord]:
    """A journal whose post was begun and not answered."""
    return [
        StepRecord("key", "repeatable", "done", started, result={"rkey": rkey}),
        StepRecord("post", "keyed", "started", started),
    ]


def test_a_comment_stands_below_its_post_and_below_the_thread(connect, sandbox):
    adapter = connect()
    root = adapter.publish(KINDS["thread"], MemoryJournal())
    below = sandbox.posts()[1]["id"]
    journal = MemoryJournal()
    receipt = adapter.comment(below, "First @ferries.test.", journal)
    assert adapter.comment(below, "First @ferries.test.", journal.reborn()) == receipt
    written = sandbox.posts()[-1]
    assert (written["id"], written["parent"]) == (receipt.remote_id, below)
    assert sent_record(sandbox)["reply"]["root"]["uri"] == root.remote_id
    assert len(sandbox.posts()) == 4


@pytest.mark.parametrize("fault", ["reset_before", "reset_after_accept"])
def test_a_comment_whose_answer_was_lost_is_sent_again_and_stays_one(connect, sandbox, fault):
    adapter, journal = connect(), MemoryJournal()
    post = adapter.publish(KINDS["picture"], MemoryJournal())
    sandbox.arm("bluesky", fault, call="comment")
    with pytest.raises(OutcomeUnknown):
        adapter.comment(post.remote_id, "First.", journal)
    adapter.comment(post.remote_id, "First.", journal.reborn())
    assert sandbox.texts() == ["Look.", "First."]


@pytest.mark.parametrize("kind", ["text", "closed", "thread"])
def test_deleting_removes_all_of_it_and_may_be_repeated(connect, sandbox, kind):
    adapter = connect()
    other = adapter.publish(KINDS["picture"], MemoryJournal())
    receipt = adapter.publish(KINDS[kind], MemoryJournal())
    sandbox.arm("bluesky", "reset_after_accept", call="delete")
    with pytest.raises(NotSent):
        adapter.delete(receipt.remote_id, MemoryJournal())
    for _ in range(2):
        adapter.delete(receipt.remote_id, MemoryJournal())
    assert [post["id"] for post in sandbox.posts() if not post["deleted_at"]] == [other.remote_id]


def test_reading_back_tells_what_is_there_from_what_is_gone(connect):
    adapter = connect()
    receipt = adapter.publish(KINDS["text"], MemoryJournal())
    seen = adapter.read_back(receipt.remote_id, "post")
    assert isinstance(seen, Found)
    assert (seen.remote_id, seen.url) == (receipt.remote_id, receipt.url)
    adapter.delete(receipt.remote_id, MemoryJournal())
    assert isinstance(adapter.read_back(receipt.remote_id, "post"), Absent)


def test_without_a_key_there_is_nothing_to_find(connect):
    assert isinstance(connect().find(KINDS["text"], []), CannotTell)


def test_what_is_found_counts_from_when_it_was_sent(connect):
    adapter, journal = connect(), MemoryJournal()
    adapter.publish(KINDS["text"], journal)
    later = datetime.now(UTC) + timedelta(minutes=9)
    rkey = journal.steps["key"].result["rkey"]
    found = adapter.find(KINDS["text"], steps(rkey, later))
    assert isinstance(found, Found)
    assert found.created_at == later


def test_figures_are_read(connect):
    adapter = connect(metrics={"likeCount": 7, "repostCount": 2, "followersCount": 120})
    receipt = adapter.publish(KINDS["text"], MemoryJournal())
    post = {
        metric.name: (metric.value, metric.means)
        for metric in adapter.post_metrics(receipt.remote_id, "post")
    }
    assert post == {
        "likeCount": (7, "reactions"),
        "repostCount": (2, "shares"),
        "replyCount": (0, "comments"),
        "quoteCount": (0, ""),
        "bookmarkCount": (0, ""),
    }
    account = {metric.name: metric.value for metric in adapter.account_metrics()}
    assert account == {"followersCount": 120, "followsCount": 0, "postsCount": 1}
    with pytest.raises(Rejected):
        adapter.post_metrics(URI, "post")


def test_it_knows_whose_session_it_has(connect, sandbox):
    facts = connect().identify()
    assert (facts.remote_id, facts.name) == (DID, f"Account {DID}")
    assert facts.server_facts == {"handle": "ferries.test"}
    assert facts.url == f"{sandbox.address}/bluesky/profile/ferries.test"


def test_when_the_points_are_used_up_it_waits(connect, sandbox):
    adapter = connect(points=3)
    adapter.publish(KINDS["text"], MemoryJournal())
    with pytest.raises(RateLimited) as caught:
        adapter.publish(KINDS["text"], MemoryJournal())
    assert caught.value.until is not None
    told = Bluesky.allowances(adapter.connection.client.heard, datetime.now(UTC))
    assert [(one.limit, one.remaining) for one in told] == [(3, 0)]


def test_nothing_secret_is_kept_of_the_exchange(connect):
    adapter = connect()
    adapter.publish(KINDS["video"], MemoryJournal())
    kept = repr(adapter.connection.client.exchanges)
    assert TOKEN not in kept
    assert "eyJ" not in kept  # tokens for the video service
