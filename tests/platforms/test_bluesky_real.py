"""Bluesky's adapter against the reference server, which nobody here wrote."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.adapters.bluesky import Bluesky
from platforms.adapters.bluesky.cid import cid_of
from platforms.adapters.bluesky.identity import find_home
from platforms.adapters.bluesky.sessions import APP_PASSWORD
from platforms.clock import boottime
from platforms.contract import Connection
from platforms.errors import (
    CredentialsExpired,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
)
from platforms.http import Client
from platforms.oauth import AppKeys, Door, refresher
from platforms.redaction import Redactor
from platforms.values import Absent, Found, MediaItem, Rendition, Unpublished
from tests.bluesky_server.running import BlueskyServer, Person, ended, in_between
from tests.content.pictures import picture as drawn
from tests.platforms.journal import MemoryJournal

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("bluesky")]

PNG = drawn("PNG", (40, 30))


@pytest.fixture
def person(bluesky_server: BlueskyServer) -> Person:
    return bluesky_server.make_person()


Connect = Callable[..., Any]


@pytest.fixture
def connect(bluesky_server: BlueskyServer, person: Person) -> Connect:
    def make(**changes: Any) -> Any:
        known: dict[str, Any] = {
            "base_url": bluesky_server.url,
            "version": "",
            "remote_id": person.did,
            "client": Client(Redactor([person.access]), boottime() + 30),
            "credentials": {"access_token": person.access},
            "open_media": lambda item: io.BytesIO(PNG),
        }
        return Bluesky(Connection(**{**known, **changes}))

    return make


def door(url: str) -> Door:
    client = Client(Redactor(), boottime() + 30, guarded=True, fetch_allow=("127.0.0.0/8",))
    return Door(url, "", AppKeys(""), "", client)


def picture(position: int = 1) -> MediaItem:
    return MediaItem(
        position, "image", "image/png", "1.png", "0" * 64, len(PNG), 40, 30, f"Picture {position}"
    )


def test_a_text_with_all_that_can_be_pressed(connect, bluesky_server, person):
    text = f"🐟 Grüße @{person.handle}, see https://example.org/ä?b=c #Fähren"
    options = {"languages": ["de", "en"]}
    receipt = connect().publish(Rendition("post", text, options=options), MemoryJournal())
    (live,) = bluesky_server.posts(person)
    assert live["uri"] == receipt.remote_id
    assert live["value"]["text"] == text
    assert live["value"]["langs"] == ["de", "en"]
    names = [
        text.encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode()
        for f in live["value"]["facets"]
    ]
    assert names == [f"@{person.handle}", "https://example.org/ä?b=c", "#Fähren"]
    assert live["value"]["facets"][0]["features"][0]["did"] == person.did
    assert live["cid"] == cid_of(live["value"])


@pytest.mark.parametrize("count", [1, 6])
def test_pictures_with_descriptions_and_shapes(connect, bluesky_server, person, count):
    media = tuple(picture(n + 1) for n in range(count))
    connect().publish(Rendition("post", "Look.", media=media), MemoryJournal())
    (live,) = bluesky_server.posts(person)
    embed = live["value"]["embed"]
    shown = embed.get("images") or embed["items"]
    assert [one["alt"] for one in shown] == [item.alt for item in media]
    assert shown[0]["aspectRatio"] == {"width": 40, "height": 30}
    assert shown[0]["image"]["mimeType"] == "image/png"
    assert live["cid"] == cid_of(live["value"])  # a blob is encoded as a link


def test_a_thread_goes_out_in_one_commit_and_hangs_together(connect, bluesky_server, person):
    options = {"replies_followers": True, "no_quotes": True, "numbered": True}
    post = Rendition("thread", "One.\n---\nTwo 🐟.\n---\nThree.", options=options)
    receipt = connect().publish(post, MemoryJournal())
    one, two, three = bluesky_server.posts(person)
    assert [live["value"]["text"] for live in (one, two, three)] == [
        "One. 1/3",
        "Two 🐟. 2/3",
        "Three. 3/3",
    ]
    assert one["uri"] == receipt.remote_id
    root = {"uri": one["uri"], "cid": one["cid"]}
    parent = {"uri": two["uri"], "cid": two["cid"]}
    assert three["value"]["reply"] == {"root": root, "parent": parent}
    assert two["value"]["reply"] == {"root": root, "parent": root}
    for collection in ("app.bsky.feed.threadgate", "app.bsky.feed.postgate"):
        assert record(bluesky_server, person, receipt.remote_id, collection)


def record(server: BlueskyServer, person: Person, uri: str, collection: str) -> bool:
    said = {"repo": person.did, "collection": collection, "rkey": uri.rpartition("/")[2]}
    return server.call("GET", "com.atproto.repo.getRecord", **said).status_code == 200


def test_a_comment_answers_the_post_and_names_its_thread(connect, bluesky_server, person):
    adapter = connect()
    first = adapter.publish(Rendition("post", "Hello."), MemoryJournal())
    second = adapter.comment(first.remote_id, "A word more.", MemoryJournal())
    adapter.comment(second.remote_id, "And one.", MemoryJournal())
    root, reply, last = bluesky_server.posts(person)
    assert reply["value"]["reply"]["parent"] == {"uri": root["uri"], "cid": root["cid"]}
    assert last["value"]["reply"]["root"]["uri"] == root["uri"]
    assert last["value"]["reply"]["parent"]["uri"] == reply["uri"]


def test_deleting_takes_all_of_it_and_may_be_repeated(connect, bluesky_server, person):
    adapter = connect()
    kept = adapter.publish(Rendition("post", "Stays."), MemoryJournal())
    post = Rendition("thread", "One.\n---\nTwo.", options={"replies_nobody": True})
    receipt = adapter.publish(post, MemoryJournal())
    assert isinstance(adapter.read_back(receipt.remote_id, "thread"), Found)
    for _ in range(2):
        adapter.delete(receipt.remote_id, MemoryJournal())
    assert [live["uri"] for live in bluesky_server.posts(person)] == [kept.remote_id]
    assert isinstance(adapter.read_back(receipt.remote_id, "thread"), Absent)
    assert not record(bluesky_server, person, receipt.remote_id, "app.bsky.feed.threadgate")


KINDS = {
    "one": (Rendition("post", "Once."), "putRecord", 1),
    "with a gate": (
        Rendition("post", "Once.", options={"replies_nobody": True}),
        "applyWrites",
        1,
    ),
    "thread": (Rendition("thread", "One.\n---\nTwo."), "applyWrites", 2),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fresh", [True, False])
def test_a_lost_answer_is_found_and_repeated_and_the_post_stays_one(
    connect, bluesky_server, person, kind, fresh
):
    post, call, count = KINDS[kind]
    journal = MemoryJournal()
    with (
        in_between(bluesky_server.url, lambda path: path.endswith(call)) as proxy,
        pytest.raises(OutcomeUnknown),
    ):
        connect(base_url=proxy.url).publish(post, journal)
    sighting = connect().find(post, journal.records())
    assert isinstance(sighting, Found)
    if not fresh:
        journal.forget("record")  # so that another time stands in it
    receipt = connect().publish(post, journal.reborn())
    live = bluesky_server.posts(person)
    assert len(live) == count
    assert live[0]["uri"] == receipt.remote_id == sighting.remote_id


def test_a_request_that_never_arrived_is_known_not_to_be_out(connect, bluesky_server, person):
    post, journal = Rendition("post", "Once."), MemoryJournal()
    with pytest.raises(NotSent):
        connect(base_url="http://127.0.0.1:9").publish(post, journal)
    journal.steps["post"] = replace_step(journal)
    assert isinstance(connect().find(post, journal.records()), Unpublished)


def replace_step(journal: MemoryJournal) -> Any:
    """A step that was begun, as it is after a worker was killed before it sent."""
    return replace(journal.steps["record"], kind="keyed", state="started")


@pytest.mark.parametrize("text", ["x" * 301, "👩‍👩‍👧‍👦" * 121])
def test_a_text_that_is_too_long_is_refused_there_as_here(connect, bluesky_server, person, text):
    with pytest.raises(Rejected, match="too big"):
        connect().publish(Rendition("post", text), MemoryJournal())
    assert bluesky_server.posts(person) == []


def test_an_ended_token_is_a_400_and_a_renewed_one_sends(connect, bluesky_server, person):
    journal, post = MemoryJournal(), Rendition("post", "Once.")
    with pytest.raises(CredentialsExpired, match="no longer accepts the token: Token has expired"):
        connect(credentials={"access_token": ended(person.access)}).publish(post, journal)
    renewal = refresher(APP_PASSWORD)
    assert renewal is not None
    kept = {"access_token": person.access, "refresh_token": person.renewal}
    grant = renewal.refresh(door(bluesky_server.url), kept)
    connect(credentials={"access_token": grant.access_token}).publish(post, journal)
    assert len(bluesky_server.posts(person)) == 1
    assert grant.refresh_token != person.renewal
    assert grant.expires_at is not None
    assert 6000 < (grant.expires_at - datetime.now(UTC)).total_seconds() < 8000


def test_a_session_that_is_gone_is_made_anew_with_the_app_password(bluesky_server, person):
    gone = bluesky_server.call("POST", "com.atproto.server.deleteSession", person.renewal)
    assert gone.status_code == 200
    renewal = refresher(APP_PASSWORD)
    assert renewal is not None
    kept = {"access_token": person.access, "refresh_token": person.renewal}
    with pytest.raises(CredentialsExpired, match="no app password is kept"):
        renewal.refresh(door(bluesky_server.url), kept)
    kept["app_password"] = person.password
    assert renewal.refresh(door(bluesky_server.url), kept).access_token
    kept["app_password"] = "wrong-wrong-wrong"
    with pytest.raises(CredentialsExpired, match="does not know this handle"):
        renewal.refresh(door(bluesky_server.url), kept)


def test_signing_in_by_handle_finds_the_server(bluesky_server, person):
    client = door("").client
    home = find_home(
        client, person.handle, resolver=bluesky_server.url, directory=bluesky_server.directory
    )
    assert home.did == person.did
    assert home.server == bluesky_server.url.replace("127.0.0.1", "localhost")
    signed = APP_PASSWORD.sign_in(door(bluesky_server.url), f"@{person.handle}", person.password)
    assert signed.facts.remote_id == person.did
    assert signed.facts.server_facts == {"handle": person.handle}
    assert signed.kept == {"app_password": person.password}
    with pytest.raises(Rejected, match="does not know this handle with this app password"):
        APP_PASSWORD.sign_in(door(bluesky_server.url), person.handle, "wrong-wrong-wrong")


def test_too_many_sign_ins_are_told_to_wait(bluesky_server):
    def sign_in(_: int) -> PlatformError:
        with pytest.raises((Rejected, RateLimited)) as caught:
            APP_PASSWORD.sign_in(door(bluesky_server.url), "nobody.test", "wrong-wrong-wrong")
        return caught.value

    with ThreadPoolExecutor(8) as pool:  # it takes its time over a name it does not know
        said = list(pool.map(sign_in, range(40)))
    pauses = [error.until for error in said if isinstance(error, RateLimited)]
    assert len(pauses) == 10
    assert all(until and until > datetime.now(UTC) for until in pauses)


def test_it_knows_whose_session_it_has_and_what_is_left(connect, person):
    adapter = connect()
    assert adapter.identify().remote_id == person.did
    adapter.publish(Rendition("post", "Hello."), MemoryJournal())
    (told,) = Bluesky.allowances(adapter.connection.client.heard, datetime.now(UTC))
    assert 0 < told.remaining < told.limit
