"""Both adapters against the sandbox as the program it is, whose ledger says what is live."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from platforms.adapters.facebook import Facebook
from platforms.adapters.mastodon import Mastodon
from platforms.contract import Adapter, Connection
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
)
from platforms.values import CannotTell, Found, MediaItem, Rendition
from tests.platforms.conftest import MakeClient
from tests.platforms.contract_base import SOON
from tests.platforms.journal import MemoryJournal
from tests.sandbox.conftest import Sandbox, png, spawn

TOKEN, SECRET, ACCOUNT = "token-0123456789abcdef", "secret-0123456789abcdef", "4004"
BOTH = (Facebook, Mastodon)
PNG = png()
TEXT = "Ferries & buses <late> today\n\nSee https://example.org/times or ask @ana@other.example 🐟"

# The fault at the publishing call; what it is for us; whether the post is live afterwards.
FAULTS: dict[str, tuple[type[PlatformError], bool]] = {
    "refuse": (Rejected, False),
    "rate_limit": (RateLimited, False),
    "expired_token": (CredentialsExpired, False),
    "error_500_before": (OutcomeUnknown, False),
    "maintenance": (OutcomeUnknown, False),
    "redirect": (OutcomeUnknown, False),
    "reset_before": (OutcomeUnknown, False),
    "hang": (OutcomeUnknown, False),
    "reset_after_accept": (OutcomeUnknown, True),
    "error_500_after_accept": (OutcomeUnknown, True),
    "garbage": (OutcomeUnknown, True),
    "wrong_content_type": (OutcomeUnknown, True),
}


@pytest.fixture(scope="module")
def program() -> Iterator[Sandbox]:
    process = spawn("--port", "0")
    assert process.stdout is not None
    client = Sandbox(process.stdout.readline().split()[1].rstrip("/"))
    yield client
    client.http.close()
    process.kill()
    process.communicate()


@pytest.fixture
def sandbox(program: Sandbox) -> Iterator[Sandbox]:
    yield program
    for name in ("faults", "ledger", "requests"):
        program.control("DELETE", name)


Connect = Callable[..., Any]


@pytest.fixture
def connect(sandbox: Sandbox, make_client: MakeClient) -> Connect:
    """An adapter for an account of the sandbox that knows what its server says of itself."""

    def make(adapter: type[Adapter], **limits: Any) -> Any:
        if adapter is Facebook:
            limits["app_secret"] = SECRET
        account = sandbox.register(adapter.slug, ACCOUNT, TOKEN, limits=limits)
        credentials = {"access_token": TOKEN, "app_secret": SECRET}
        client, version = make_client(TOKEN, SECRET), adapter.api_version
        connection = Connection(
            account["base_url"], version, ACCOUNT, client, credentials, lambda item: io.BytesIO(PNG)
        )
        stranger: Any = adapter(connection)
        return adapter(replace(connection, server_facts=stranger.identify().server_facts))

    return make


def post(adapter: type[Adapter], *pictures: MediaItem, text: str = TEXT) -> Rendition:
    return Rendition(adapter.channels[0].slug, text, media=pictures)


def arm(sandbox: Sandbox, adapter: Any, fault: str) -> None:
    """Let the next publishing call go wrong; nobody waits long for a server that says nothing."""
    sandbox.arm(adapter.slug, fault)
    if fault == "hang":
        adapter.connection.client.read_timeout = SOON


def picture(alt: str = "A grey square") -> MediaItem:
    digest = hashlib.sha256(PNG).hexdigest()
    return MediaItem(1, "image", "image/png", "1.png", digest, len(PNG), 3, 2, alt)


@pytest.mark.parametrize("kind", BOTH)
def test_it_knows_whose_token_it_has(connect, kind):
    facts = connect(kind).identify()
    assert (facts.remote_id, facts.name) == (ACCOUNT, f"Account {ACCOUNT}")
    assert facts.url.startswith("http")


@pytest.mark.parametrize("kind", BOTH)
def test_what_is_sent_is_live_and_at_the_address_of_the_receipt(connect, sandbox, kind):
    receipt = connect(kind).publish(post(kind), MemoryJournal())
    (live,) = sandbox.posts()
    assert (live["id"], live["text"], live["url"]) == (receipt.remote_id, TEXT, receipt.url)


@pytest.mark.parametrize("kind", BOTH)
def test_a_picture_arrives_whole_and_with_its_description(connect, sandbox, kind):
    connect(kind).publish(post(kind, picture()), MemoryJournal())
    (live,) = sandbox.posts()
    (media,) = live["media"]
    assert media["sha256"] == picture().sha256
    assert media["alt"] == "A grey square"
    assert live["text"] == TEXT


def test_a_link_is_attached_to_a_post_of_a_page(connect, sandbox):
    linked = Rendition("feed-post", "Read on.", link="https://example.org/a")
    connect(Facebook).publish(linked, MemoryJournal())
    (sent,) = [r for r in sandbox.received() if r["created"]]
    assert sent["parameters"]["link"] == "https://example.org/a"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", BOTH)
def test_each_fault_is_told_apart_and_sent_once(connect, sandbox, kind, fault):
    expected, live = FAULTS[fault]
    adapter, journal = connect(kind), MemoryJournal()
    arm(sandbox, adapter, fault)
    with pytest.raises(PlatformError) as caught:
        adapter.publish(post(kind), journal)
    assert type(caught.value) is expected
    assert sandbox.texts() == [TEXT] * live
    assert ("post" in journal.steps) == (expected is OutcomeUnknown)


@pytest.mark.parametrize(
    ("kind", "fault", "expected"),
    [
        (Facebook, "duplicate", DuplicateContent),
        (Facebook, "quota", AccountBlocked),
        (Mastodon, "duplicate", Rejected),
        (Mastodon, "quota", RateLimited),
    ],
)
def test_what_platforms_say_in_their_own_way(connect, sandbox, kind, fault, expected):
    adapter = connect(kind)
    sandbox.arm(kind.slug, fault)
    with pytest.raises(expected):
        adapter.publish(post(kind), MemoryJournal())
    assert sandbox.posts() == []


@pytest.mark.parametrize("fault", [f for f, (_, live) in FAULTS.items() if live])
@pytest.mark.parametrize("kind", BOTH)
def test_a_post_whose_answer_was_lost_is_found(connect, sandbox, kind, fault):
    adapter, journal = connect(kind), MemoryJournal()
    sandbox.arm(kind.slug, fault)
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(kind), journal)
    sighting = adapter.find(post(kind), journal.records())
    assert isinstance(sighting, Found)
    assert sighting.remote_id == sandbox.posts()[0]["id"]
    assert sighting.url == sandbox.posts()[0]["url"]


@pytest.mark.parametrize("fault", [f for f, (kind, _) in FAULTS.items() if kind is OutcomeUnknown])
def test_mastodon_makes_one_post_of_two_requests_with_one_key(connect, sandbox, fault):
    adapter, journal = connect(Mastodon), MemoryJournal()
    arm(sandbox, adapter, fault)
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(Mastodon), journal)
    receipt = adapter.publish(post(Mastodon), journal.reborn())
    (live,) = sandbox.posts()
    assert live["id"] == receipt.remote_id


def test_a_server_that_is_not_mastodon_is_not_trusted_with_a_second_request(connect, sandbox):
    adapter, journal = connect(Mastodon, software="pleroma", idempotency=False), MemoryJournal()
    sandbox.arm("mastodon", "reset_after_accept")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            adapter.publish(post(Mastodon), journal)
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize("kind", BOTH)
def test_the_wrong_token_needs_a_new_one(connect, kind):
    there = replace(connect(kind).connection, credentials={"access_token": "x"})
    with pytest.raises(CredentialsExpired, match="no longer accepts the token"):
        kind(there).publish(post(kind), MemoryJournal())


@pytest.mark.parametrize("kind", BOTH)
def test_a_list_that_fails_tells_nothing(connect, sandbox, kind):
    adapter, journal = connect(kind), MemoryJournal()
    adapter.publish(post(kind), journal)
    sandbox.arm(kind.slug, "error_500_before", call="read")
    assert isinstance(adapter.find(post(kind), journal.records()), CannotTell)


@pytest.mark.parametrize("kind", BOTH)
def test_deleting_removes_it_and_a_lost_answer_changes_nothing(connect, sandbox, kind):
    adapter = connect(kind)
    receipt = adapter.publish(post(kind), MemoryJournal())
    sandbox.arm(kind.slug, "reset_after_accept", call="delete")
    with pytest.raises(NotSent):
        adapter.delete(receipt.remote_id, MemoryJournal())
    adapter.delete(receipt.remote_id, MemoryJournal())
    assert sandbox.texts() == []


@pytest.mark.parametrize("kind", BOTH)
def test_a_comment_stands_below_its_post(connect, sandbox, kind):
    adapter = connect(kind)
    receipt = adapter.publish(post(kind), MemoryJournal())
    comment = adapter.comment(receipt.remote_id, "First.", MemoryJournal())
    written = sandbox.posts()[-1]
    assert (written["parent"], written["text"]) == (receipt.remote_id, "First.")
    assert written["id"] == comment.remote_id


@pytest.mark.parametrize(
    "begins",
    [
        "a",
        "https://example.org/" + "long/" * 60,
        "(see https://example.org/a?b=c#d).",
        "hello @ana@a-very-long-name.example, @bo",
        "👩‍👩‍👧‍👦🇫🇴e\u0301",
        "me@example.org http://localhost example.org",
    ],
)
def test_our_count_and_the_servers_are_the_same(connect, sandbox, begins):
    adapter = connect(Mastodon)
    limits = Mastodon.limits("status", adapter.connection.server_facts)
    fill = limits.text_max - limits.count(f"{begins} ")
    text = f"{begins} {'x' * fill}"
    adapter.publish(post(Mastodon, text=text), MemoryJournal())
    with pytest.raises(Rejected):
        adapter.publish(post(Mastodon, text=text + "x"), MemoryJournal())
    assert sandbox.texts() == [text.strip()]


@pytest.mark.parametrize("kind", BOTH)
def test_nothing_secret_is_kept_of_the_exchange(connect, kind):
    adapter = connect(kind)
    adapter.publish(post(kind), MemoryJournal())
    kept = repr(adapter.connection.client.exchanges)
    assert TOKEN not in kept
    assert SECRET not in kept
