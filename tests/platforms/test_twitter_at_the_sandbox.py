"""X's adapter against the sandbox as a server, whose ledger says what is live."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.adapters.twitter import Twitter
from platforms.contract import Connection
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    NotReady,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
)
from platforms.values import Absent, CannotTell, Found, MediaItem, Rendition
from tests.content.films import film
from tests.content.pictures import picture as drawn
from tests.platforms.conftest import MakeClient
from tests.platforms.contract_base import SOON
from tests.platforms.journal import MemoryJournal
from tests.sandbox.conftest import Sandbox, png, running

USER, TOKEN = "1400200300400500", "token-0123456789abcdef"
TEXT = "Ferries & buses <late>\n\nSee https://example.org/times/ or example.com 🐟"
PNG, FILM, GIF = png(), film(), drawn("GIF", (40, 30))
# The fault at the publishing call; what it is for us; whether the post is live afterwards.
FAULTS: dict[str, tuple[type[PlatformError], bool]] = {
    "refuse": (Rejected, False),
    "duplicate": (DuplicateContent, False),
    "quota": (AccountBlocked, False),
    "rate_limit": (RateLimited, False),
    "expired_token": (CredentialsExpired, False),
    "error_500_before": (OutcomeUnknown, False),
    "reset_before": (OutcomeUnknown, False),
    "hang": (OutcomeUnknown, False),
    "reset_after_accept": (OutcomeUnknown, True),
    "error_500_after_accept": (OutcomeUnknown, True),
    "garbage": (OutcomeUnknown, True),
    "wrong_content_type": (OutcomeUnknown, True),
}
LOST = [fault for fault, (_, live) in FAULTS.items() if live]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running() as client:
        yield client


Connect = Callable[..., Any]


@pytest.fixture
def connect(sandbox: Sandbox, make_client: MakeClient) -> Connect:
    def make(**limits: Any) -> Any:
        account = sandbox.register("twitter", USER, TOKEN, limits=limits)
        connection = Connection(
            account["base_url"], "2", USER, make_client(TOKEN), {"access_token": TOKEN},
            lambda item: io.BytesIO(KEPT[item.mime]),
        )  # fmt: skip
        facts = Twitter(connection).identify()
        return Twitter(replace(connection, server_facts=facts.server_facts))

    return make


KEPT = {"image/png": PNG, "image/gif": GIF, "video/mp4": FILM}


def item(mime: str = "image/png", position: int = 1, alt: str = "A grey square") -> MediaItem:
    data, kind = KEPT[mime], mime.partition("/")[0]
    digest = hashlib.sha256(data).hexdigest()
    return MediaItem(
        position, kind, mime, f"{position}", digest, len(data), 40, 30,  # type: ignore[arg-type]
        alt if kind == "image" else "", duration=12.5,
    )  # fmt: skip


def post(*media: MediaItem, text: str = TEXT, **options: Any) -> Rendition:
    return Rendition("tweet", text, media=media, options=options)


def test_what_is_sent_is_live_at_the_address_of_the_receipt(connect, sandbox):
    receipt = connect(handle="harbour").publish(post(), MemoryJournal())
    (live,) = sandbox.posts()
    assert (live["id"], live["text"], live["url"]) == (receipt.remote_id, TEXT, receipt.url)
    assert sandbox.ask("GET", receipt.url).status_code == 200


def test_four_pictures_arrive_with_their_descriptions(connect, sandbox):
    media = [item(position=n, alt=f"Picture {n}") for n in range(1, 5)]
    connect().publish(post(*media), MemoryJournal())
    (live,) = sandbox.posts()
    assert [m["alt"] for m in live["media"]] == ["Picture 1", "Picture 2", "Picture 3", "Picture 4"]
    assert {m["sha256"] for m in live["media"]} == {item().sha256}


@pytest.mark.parametrize(("mime", "kind"), [("video/mp4", "video"), ("image/gif", "image")])
def test_a_film_is_waited_for(connect, sandbox, mime, kind, monkeypatch):
    monkeypatch.setattr("platforms.adapters.twitter.media.SEGMENT", 100)
    adapter, journal = connect(video_processing=2), MemoryJournal()
    film_post = post(item(mime))
    for _ in range(2):
        with pytest.raises(NotReady):
            adapter.publish(film_post, journal)
        journal = journal.reborn()
    adapter.publish(film_post, journal)
    (live,) = sandbox.posts()
    assert (live["media"][0]["type"], live["media"][0]["sha256"]) == (kind, item(mime).sha256)
    begun = [r for r in sandbox.received() if r["path"].endswith("/initialize")]
    assert len(begun) == 1


def test_a_film_that_is_none_is_refused(connect, sandbox):
    adapter = connect()
    broken = replace(adapter.connection, open_media=lambda _: io.BytesIO(bytes(len(FILM))))
    with pytest.raises(Rejected, match="Unsupported video format"):
        Twitter(broken).publish(post(item("video/mp4")), MemoryJournal())
    assert sandbox.posts() == []


@pytest.mark.parametrize("mime", KEPT)
def test_after_each_step_the_rest_is_done_and_the_post_is_out_once(connect, sandbox, mime):
    whole = MemoryJournal()
    connect().publish(post(item(mime)), whole)
    for done in range(1, len(whole.steps)):
        adapter, text = connect(), f"After step {done}"
        journal = Dying(done)
        with pytest.raises(Died):
            adapter.publish(post(item(mime), text=text), journal)
        rest = journal.reborn()
        adapter.publish(post(item(mime), text=text), rest)
        assert list(rest.steps) == list(whole.steps)
        assert sandbox.texts().count(text) == 1
        sandbox.control("DELETE", "requests")


class Died(Exception):
    """What ends a worker in these tests."""


class Dying(MemoryJournal):
    """A journal whose worker ends when it has done so many steps."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def _check(self) -> None:
        if len(self.steps) >= self.after:
            raise Died

    def once(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().once(*args, **kwargs)

    def repeatable(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().repeatable(*args, **kwargs)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_apart_and_sent_once(connect, sandbox, fault):
    expected, live = FAULTS[fault]
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("twitter", fault)
    if fault == "hang":
        adapter.connection.client.read_timeout = SOON
    with pytest.raises(PlatformError) as caught:
        adapter.publish(post(), journal)
    assert type(caught.value) is expected
    assert sandbox.texts() == [TEXT] * live
    assert ("post" in journal.steps) == (expected is OutcomeUnknown)


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("media", [(), (item(),)], ids=["text", "picture"])
def test_a_post_whose_answer_was_lost_is_found(connect, sandbox, fault, media):
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("twitter", fault)
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(*media), journal)
    sighting = adapter.find(post(*media), journal.records())
    assert isinstance(sighting, Found)
    (live,) = sandbox.posts()
    assert (sighting.remote_id, sighting.url) == (live["id"], live["url"])


def test_sent_again_after_a_lost_answer_it_is_refused_as_a_duplicate(connect, sandbox):
    adapter = connect()
    sandbox.arm("twitter", "reset_after_accept")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(), MemoryJournal())
    with pytest.raises(DuplicateContent):
        adapter.publish(post(), MemoryJournal())
    assert len(sandbox.posts()) == 1


def test_a_post_that_never_arrived_is_not_found(connect, sandbox):
    adapter, journal = connect(), MemoryJournal()
    adapter.publish(post(text="Another"), MemoryJournal())
    sandbox.arm("twitter", "reset_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(), journal)
    assert isinstance(adapter.find(post(), journal.records()), Absent)
    sandbox.arm("twitter", "error_500_before", call="read")
    assert isinstance(adapter.find(post(), journal.records()), CannotTell)


def test_newer_names_of_fields_are_read_too(connect, sandbox):
    figures = {"repost_count": 3, "like_count": 5}
    for old in (True, False):
        adapter, journal = connect(old_names=old, metrics=figures), MemoryJournal()
        receipt = adapter.publish(post(text=f"{TEXT} {old}"), journal)
        told = {m.name: m.value for m in adapter.post_metrics(receipt.remote_id, "tweet")}
        assert told["repost_count"] == 3
        assert told["like_count"] == 5
        assert {m.name for m in adapter.account_metrics()} >= {"followers_count", "post_count"}
        assert isinstance(adapter.find(post(text=f"{TEXT} {old}"), journal.records()), Found)


def test_a_poll_and_who_may_reply(connect, sandbox):
    asked = post(text="Which?", poll="Tea; Coffee", replies_verified=True)
    connect().publish(asked, MemoryJournal())
    (made,) = [r for r in sandbox.received() if r["created"]]
    assert made["parameters"]["poll"] == {"options": ["Tea", "Coffee"], "duration_minutes": 1440}
    assert made["parameters"]["reply_settings"] == "verified"


def test_a_comment_stands_below_its_post(connect, sandbox):
    adapter = connect()
    receipt = adapter.publish(post(), MemoryJournal())
    written = adapter.comment(receipt.remote_id, "First.", MemoryJournal())
    comment = sandbox.posts()[-1]
    assert (comment["parent"], comment["id"]) == (receipt.remote_id, written.remote_id)


def test_deleting_removes_it_and_a_lost_answer_changes_nothing(connect, sandbox):
    adapter = connect()
    receipt = adapter.publish(post(), MemoryJournal())
    assert isinstance(adapter.read_back(receipt.remote_id, "tweet"), Found)
    sandbox.arm("twitter", "reset_after_accept", call="delete")
    with pytest.raises(NotSent):
        adapter.delete(receipt.remote_id, MemoryJournal())
    adapter.delete(receipt.remote_id, MemoryJournal())
    assert sandbox.texts() == []
    assert isinstance(adapter.read_back(receipt.remote_id, "tweet"), Absent)


def test_limits_are_told_with_each_answer_and_kept(connect, sandbox):
    adapter = connect(rate=2, daily=3)
    adapter.publish(post(text="One"), MemoryJournal())
    left = {a.name: a.remaining for a in Twitter.allowances(heard(adapter), now())}
    assert left == {"2 requests in 15 minutes": 1, "3 requests in 24 hours": 2}
    adapter.publish(post(text="Two"), MemoryJournal())
    with pytest.raises(RateLimited) as caught:
        adapter.publish(post(text="Three"), MemoryJournal())
    assert caught.value.until is not None


def heard(adapter: Any) -> Any:
    return adapter.connection.client.heard


def now() -> datetime:
    return datetime.now(UTC)


def test_without_credit_nothing_goes_out(connect, sandbox):
    adapter = connect(credits=0.22)
    adapter.publish(post(text="With https://example.org"), MemoryJournal())
    adapter.publish(post(text="Without"), MemoryJournal())
    with pytest.raises(AccountBlocked, match="no credit is left"):
        adapter.publish(post(text="Without any"), MemoryJournal())
    assert len(sandbox.posts()) == 2


@pytest.mark.parametrize(
    "begins",
    [
        "a",
        "https://example.org/" + "long/" * 60,
        "(see https://example.org/a?b=c#d).",
        "example.com, and @ana@example.org",
        "👩‍👩‍👧‍👦🇫🇴 1️⃣ 👍🏽 ☺️",
        "e\u0301 © ©️ Ω ж",
        "東京、大阪",
        "“quoted” — and …",
    ],
)
def test_our_count_and_the_sandbox_s_are_the_same(connect, sandbox, begins):
    adapter, count = connect(), Twitter.limits("tweet", {}).count
    text = f"{begins} {'x' * (280 - count(f'{begins} '))}"
    adapter.publish(post(text=text), MemoryJournal())
    with pytest.raises(Rejected):
        adapter.publish(post(text=text + "x"), MemoryJournal())
    assert sandbox.texts() == [text]


def test_nothing_secret_is_kept_of_the_exchange(connect):
    adapter = connect()
    adapter.publish(post(), MemoryJournal())
    assert TOKEN not in repr(adapter.connection.client.exchanges)
