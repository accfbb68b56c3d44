"""Bluesky's adapter: recorded answers in the words of the reference server, and the sandbox."""

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from platforms.adapters.bluesky import Bluesky
from platforms.adapters.bluesky.rules import GATES
from platforms.adapters.bluesky.tid import TID
from platforms.adapters.bluesky.xrpc import allowances
from platforms.checking import problems_of
from platforms.contract import Comments, Connection, Deletes, FindsPosts
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    NotReady,
    NotSent,
    OutcomeUnknown,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.values import (
    Absent,
    CannotTell,
    Found,
    MediaItem,
    Rendition,
    StepRecord,
    Unpublished,
)
from tests.content.films import film
from tests.content.pictures import picture as drawn
from tests.platforms.conftest import MakeClient
from tests.platforms.contract import BasicContract
from tests.platforms.contract_base import SOON, STARTED, TOKEN, UNCLEAR, picture
from tests.platforms.contract_following import IdentifyingContract
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply, ReplyServer
from tests.sandbox.conftest import Sandbox, png, running

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
RKEY = "3lxyzabcdefg2"
URI = f"at://{DID}/app.bsky.feed.post/{RKEY}"
CID = "bafyreihzwnyumvubacqyflkxpsejegc6sxwkcaxv3iwm3lrn5yhxadm3ke"
XRPC = "/xrpc/com.atproto"
PUT, APPLY = f"{XRPC}.repo.putRecord", f"{XRPC}.repo.applyWrites"
GET, DELETE = f"{XRPC}.repo.getRecord", f"{XRPC}.repo.deleteRecord"
UPLOAD, RESOLVE = f"{XRPC}.repo.uploadBlob", f"{XRPC}.identity.resolveHandle"
BLOB = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/png", "size": 8}
PNG = png()
FILM = film()
LARGE = drawn("PNG", (1600, 900))


def refused(status: int, name: str, words: str = "", **headers: str) -> Reply:
    return Reply(status, {"error": name, "message": words or name}, headers)


def reset_in(**time: int) -> dict[str, str]:
    moment = datetime.now(UTC) + timedelta(**time)
    return {"RateLimit-Reset": str(int(moment.timestamp()))}


class TestBluesky(BasicContract, IdentifyingContract):
    adapter = Bluesky
    otherwise: ClassVar[dict[type, str]] = {
        FindsPosts: "it looks up its own key, and reads no list",
        Comments: "a comment has a key, too, so that it may be sent again",
        Deletes: "a deletion is a POST that names the key",
    }
    remote_id = DID
    create_path = PUT
    created = Reply(200, {"uri": URI, "cid": CID, "validationStatus": "valid"})
    post_id = URI
    list_path = GET
    has_key = True
    refusal_with_token = refused(400, "InvalidRequest", f"Invalid {TOKEN}", **{"X-Echo": TOKEN})
    refusals = {
        "expired": (refused(400, "ExpiredToken", "Token has expired"), CredentialsExpired),
        "token": (refused(400, "InvalidToken", "Token could not be verified"), CredentialsExpired),
        "no token": (refused(401, "AuthMissing", "Authentication Required"), CredentialsExpired),
        "scope": (refused(403, "Forbidden", "Bad token scope"), PermissionMissing),
        "taken down": (refused(400, "AccountTakedown", "Account taken down"), AccountBlocked),
        "left": (refused(401, "AccountDeactivated", "Account is deactivated"), AccountBlocked),
        "text": (refused(400, "InvalidRequest", "Record/text must not be longer"), Rejected),
        "a proxy's limit": (Reply(413, "<html>"), Rejected),
        "pause": (refused(429, "RateLimitExceeded", **reset_in(minutes=4)), RateLimited),
        "a proxy's pause": (Reply(429, "<html>", {"Retry-After": "30"}), RateLimited),
        "a pause without end": (refused(429, "RateLimitExceeded"), RateLimited),
        "a pause that is over": (
            refused(429, "RateLimitExceeded", **reset_in(days=-1)),
            RateLimited,
        ),
        "a pause for ever": (refused(429, "RateLimitExceeded", **reset_in(days=99)), RateLimited),
    }

    def listing(self, *posts: tuple[str, datetime, str], more: bool = False) -> Reply:
        return refused(400, "RecordNotFound", "Could not locate record")

    def play_pictures(self, server: ReplyServer) -> None:
        server.on("POST", UPLOAD, Reply(200, {"blob": BLOB}))
        server.on("POST", PUT, self.created)

    # Where the key and the record are written down first, the contract reads differently.

    def test_a_connection_that_was_refused_is_no_risk(self, make):
        journal = MemoryJournal()
        with pytest.raises(NotSent):
            make(base_url="http://127.0.0.1:9").publish(self.text_post, journal)
        assert list(journal.steps) == ["key", "record"]

    def test_pictures_that_cannot_be_read_here_are_not_sent(self, make, server):
        def fail(item: MediaItem) -> Any:
            raise OSError("disk")

        journal = MemoryJournal()
        with pytest.raises(NotSent, match="Picture 1"):
            make(open_media=fail).publish(self.picture_post, journal)
        assert list(journal.steps) == ["key"]
        assert server.received == []

    def test_each_refusal_has_its_class_and_leaves_nothing_open(self, adapter_here, server):
        for name, (reply, kind) in self.refusals.items():
            server.on("POST", PUT, reply)
            journal = MemoryJournal()
            with pytest.raises(PlatformError) as caught:
                adapter_here.publish(self.text_post, journal)
            assert type(caught.value) is kind, f"{name}: {caught.value!r}"
            assert "post" not in journal.steps, name

    def test_after_each_step_the_rest_is_done_and_no_more(self, adapter_here, server):
        self.play_pictures(server)
        journal = MemoryJournal()
        receipt = adapter_here.publish(self.picture_post, journal)
        assert list(journal.steps) == ["key", "media:1", "record", "post"]
        for done, requests in enumerate((2, 2, 1, 1, 0)):
            server.received.clear()
            again = adapter_here.publish(self.picture_post, journal.reborn(keep=done))
            assert again == receipt
            assert len(server.received) == requests

    def test_an_unknown_outcome_is_sent_again_only_with_its_key(self, adapter_here, server):
        server.on("POST", PUT, Reply(ending="reset"), self.created)
        journal = MemoryJournal()
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(self.text_post, journal)
        adapter_here.publish(self.text_post, journal.reborn())
        first, second = server.sent("POST")
        assert first.form == second.form
        assert TID.fullmatch(first.form["rkey"])
        assert first.form["swapRecord"] is None

    # What only Bluesky does.

    def test_another_text_keeps_the_key(self, adapter_here, server):
        server.on("POST", PUT, Reply(ending="reset"), self.created)
        journal = MemoryJournal()
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(self.text_post, journal)
        del journal.steps["post"]  # a person said: send it again
        adapter_here.publish(replace(self.text_post, text="Edited meanwhile."), journal)
        first, second = server.sent("POST")
        assert first.form["rkey"] == second.form["rkey"]
        assert first.form["record"] != second.form["record"]

    def test_a_key_that_is_taken_is_the_post_itself(self, adapter_here, server):
        server.on("POST", PUT, refused(400, "InvalidSwap", f"Record was at {CID}"))
        server.on("GET", GET, Reply(200, {"uri": URI, "cid": CID, "value": {"text": "Hello"}}))
        receipt = adapter_here.publish(self.text_post, MemoryJournal())
        assert receipt.remote_id == URI
        assert receipt.url == f"https://bsky.app/profile/{DID}/post/{RKEY}"
        assert adapter_here.connection.client.remarks == [
            "It was out already, with the words of an earlier try."
        ]

    @pytest.mark.parametrize("what", sorted(set(UNCLEAR) - {"no id"}))
    def test_a_key_that_is_taken_and_cannot_be_read_is_unknown(
        self, adapter_here, client, server, what
    ):
        server.on("POST", PUT, refused(400, "InvalidSwap", f"Record was at {CID}"))
        self.play(server, client, "GET", GET, what)
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(self.text_post, MemoryJournal())

    @pytest.mark.parametrize("what", UNCLEAR)
    def test_an_upload_without_a_clear_answer_may_be_repeated(
        self, adapter_here, client, server, what
    ):
        self.play(server, client, "POST", UPLOAD, what)
        with pytest.raises(NotSent):
            adapter_here.publish(self.picture_post, MemoryJournal())
        assert server.sent("POST", PUT) == []

    def test_a_picture_that_the_server_has_dropped_is_no_refusal(self, adapter_here, server):
        self.play_pictures(server)
        server.on("POST", PUT, refused(400, "BlobNotFound", f"Could not find blob: {CID}"))
        with pytest.raises(NotSent, match="no longer has a picture"):
            adapter_here.publish(self.picture_post, MemoryJournal())

    @pytest.mark.parametrize("what", UNCLEAR)
    def test_a_thread_whose_look_fails_was_not_sent(self, adapter_here, client, server, what):
        self.play(server, client, "GET", GET, what)
        with pytest.raises(NotSent):
            adapter_here.publish(Rendition("thread", "One.\n---\nTwo."), MemoryJournal())
        assert server.sent("POST") == []

    @pytest.mark.parametrize("what", UNCLEAR)
    def test_a_thread_without_a_clear_answer_is_unknown(self, adapter_here, client, server, what):
        server.on("GET", GET, self.listing())
        self.play(server, client, "POST", APPLY, what)
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(Rendition("thread", "One.\n---\nTwo."), MemoryJournal())

    @pytest.mark.parametrize("what", sorted(set(UNCLEAR) - {"a list"}))
    def test_a_deletion_without_a_clear_answer_may_be_repeated(
        self, adapter_here, client, server, what
    ):
        server.on("GET", GET, self.listing())
        server.on("POST", DELETE, UNCLEAR[what])
        if UNCLEAR[what].ending == "hang":
            client.read_timeout = SOON
        if what == "no id":
            adapter_here.delete(URI, MemoryJournal())  # its answer needs none
            return
        with pytest.raises(NotSent):
            adapter_here.delete(URI, MemoryJournal())

    @pytest.mark.parametrize("what", sorted(set(UNCLEAR) - {"no id"}))
    def test_a_record_that_cannot_be_read_tells_nothing(self, adapter_here, client, server, what):
        self.play(server, client, "GET", GET, what)
        assert isinstance(adapter_here.find(self.text_post, steps()), CannotTell)
        assert isinstance(adapter_here.read_back(URI, "post"), CannotTell)

    @pytest.mark.parametrize(("status", "kind"), [(400, None), (502, NotSent)])
    def test_a_mention_of_nobody_goes_out_and_one_that_cannot_be_asked_for_waits(
        self, adapter_here, server, status, kind
    ):
        server.on("POST", PUT, self.created)
        server.on("GET", RESOLVE, refused(status, "HandleNotFound"))
        post = Rendition("post", "Hello @gone.example.org")
        if kind:
            with pytest.raises(kind):
                adapter_here.publish(post, MemoryJournal())
            return
        adapter_here.publish(post, MemoryJournal())
        assert "facets" not in server.sent("POST")[0].form["record"]
        assert adapter_here.connection.client.remarks == [
            "Nobody at Bluesky has the handle @gone.example.org, so it is no link in the post."
        ]

    def test_asking_who_it_is_raises_what_went_wrong(self, make):
        with pytest.raises((NotSent, Unclear)):
            make(base_url="http://127.0.0.1:9").identify()

    def test_both_counts_of_a_text_are_kept(self):
        family = "👩‍👩‍👧‍👦"  # 25 bytes in one grapheme
        codes = self.codes(Rendition("post", family * 120))
        assert codes == set()
        assert self.codes(Rendition("post", family * 121)) == {"text_too_many_bytes"}
        assert self.codes(Rendition("post", family * 301)) == {"text_too_long"}

    def test_a_thread_has_a_limit_too(self):
        many = "\n---\n".join(["Words."] * 26)
        assert self.codes(Rendition("thread", many)) == {"thread_too_long"}
        assert self.codes(Rendition("thread", "\n---\n".join(["Words."] * 25))) == set()

    def test_reply_controls_that_contradict_each_other_are_a_problem(self):
        both = {"replies_nobody": True, "replies_followers": True}
        assert self.codes(Rendition("post", "Hello", options=both)) == {"replies_nobody"}
        odd = Rendition("post", "Hello", options={"languages": ["English"]})
        assert self.codes(odd) == {"languages"}

    def test_a_gif_stands_still(self):
        gif = Rendition("post", "Look.", media=(picture(mime="image/gif"),))
        warned = {p.code for p in problems_of(Bluesky, gif, self.limits()) if p.level == "warn"}
        assert warned == {"picture_still"}


def steps(rkey: str = RKEY, started: datetime = STARTED) -> list[StepRecord]:
    """A journal whose post was begun and not answered."""
    return [
        StepRecord("key", "repeatable", "done", started, result={"rkey": rkey}),
        StepRecord("post", "keyed", "started", started),
    ]


def test_what_is_left_of_a_limit_is_read_from_headers():
    now = datetime.now(UTC)
    reset = now.replace(microsecond=0) + timedelta(minutes=5)
    said = {
        "RateLimit-Limit": "5000",
        "RateLimit-Remaining": "4997",
        "RateLimit-Reset": str(int(reset.timestamp())),
        "RateLimit-Policy": "5000;w=3600",
    }
    (told,) = allowances(said, now)
    assert (told.name, told.limit, told.remaining) == ("points in 60 minutes", 5000, 4997)
    assert told.resets_at == reset
    assert allowances({"RateLimit-Limit": "many"}, now) == []


# At the sandbox


@pytest.fixture
def sandbox() -> Any:
    with running() as client:
        yield client


Connect = Callable[..., Any]


@pytest.fixture
def connect(sandbox: Sandbox, make_client: MakeClient) -> Connect:
    def make(**limits: Any) -> Any:
        account = sandbox.register(
            "bluesky", DID, TOKEN, limits={"handle": "ferries.test", **limits}
        )
        return Bluesky(
            Connection(
                base_url=account["base_url"],
                version="",
                remote_id=DID,
                client=make_client(TOKEN),
                credentials={"access_token": TOKEN},
                open_media=lambda item: io.BytesIO(FILM if item.type == "video" else PNG),
            )
        )

    return make


def medium(position: int = 1, **facts: Any) -> MediaItem:
    known: dict[str, Any] = {
        "type": "image",
        "mime": "image/png",
        "name": "1.png",
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "size": len(PNG),
        "width": 3,
        "height": 2,
        "alt": "A grey square",
    }
    return MediaItem(position=position, **{**known, **facts})


def clip() -> MediaItem:
    digest = hashlib.sha256(FILM).hexdigest()
    return medium(
        type="video", mime="video/mp4", name="clip.mp4", sha256=digest, size=len(FILM), alt="A wave"
    )


TEXT = "Ferries 🐟 run late, see https://example.org/times and ask @ferries.test #Fähren"
THREAD = "One.\n---\nTwo @ferries.test.\n---\nThree."
KINDS = {
    "text": Rendition("post", TEXT),
    "picture": Rendition("post", "Look.", media=(medium(),)),
    "gallery": Rendition("post", "Look.", media=tuple(medium(n) for n in range(1, 7))),
    "video": Rendition("post", "Look.", media=(clip(),)),
    "closed": Rendition("post", "Listen.", options={"replies_nobody": True, "no_quotes": True}),
    "thread": Rendition("thread", THREAD, media=(medium(),)),
}
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


def sent_record(sandbox: Sandbox, place: int = 0) -> Any:
    """The record of the newest request that wrote."""
    said = [r["parameters"] for r in sandbox.received() if r["created"]][-1]
    return said["record"] if "record" in said else said["writes"][place]["value"]


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


def test_a_video_that_is_encoded_gives_the_worker_back(connect, sandbox):
    adapter, journal = connect(video_processing=2), MemoryJournal()
    for _ in range(2):
        with pytest.raises(NotReady, match="still preparing video 1"):
            adapter.publish(KINDS["video"], journal)
    adapter.publish(KINDS["video"], journal)
    sent = [r for r in sandbox.received() if r["path"].endswith("uploadVideo")]
    assert len(sent) == 1


def test_a_video_it_has_already_is_taken_from_there(connect, sandbox):
    adapter = connect()
    adapter.publish(KINDS["video"], MemoryJournal())
    adapter.publish(KINDS["video"], MemoryJournal())
    assert len(sandbox.posts()) == 2


def test_an_account_that_may_not_send_videos_says_why(connect):
    adapter = connect(no_videos="Please verify your email address.")
    with pytest.raises(Rejected, match="verify your email address"):
        adapter.publish(KINDS["video"], MemoryJournal())


def test_a_film_that_cannot_be_encoded_is_refused(connect):
    adapter = connect()
    broken = replace(adapter.connection, open_media=lambda item: io.BytesIO(b"x" * len(FILM)))
    with pytest.raises(Rejected, match="could not be encoded"):
        Bluesky(broken).publish(KINDS["video"], MemoryJournal())


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


def test_the_site_and_the_account_are_found_in_the_browser():
    facts = {"handle": "ferries.bsky.social"}
    server = "https://morel.us-east.host.bsky.network"
    assert Bluesky.account_url(server, DID, facts) == "https://bsky.app/profile/ferries.bsky.social"
    assert Bluesky.account_url(server, DID) == f"https://bsky.app/profile/{DID}"
    assert Bluesky.sites(server) == ("bsky.app",)


# Link cards. The page is on loopback, which is opened for these tests.

HTML = {"Content-Type": "text/html"}


@pytest.fixture
def linked(connect: Connect, make_client: MakeClient) -> Any:
    """An adapter that may read pages at loopback."""
    adapter = connect()
    client = make_client(TOKEN, fetch_allow=("127.0.0.1",))
    return Bluesky(replace(adapter.connection, client=client))


def test_a_link_has_a_card_with_the_pages_own_words_and_picture(linked, sandbox, server):
    head = "<title>Sea charts</title><meta property=og:image content=/p.png>"
    server.on("GET", "/charts", Reply(200, head, HTML))
    server.on("GET", "/p.png", Reply(302, "", {"Location": f"{sandbox.address}/_images/none"}))
    post = Rendition("post", "Look.", link=f"{server.url}/charts")
    linked.publish(post, MemoryJournal())
    external = sent_record(sandbox)["embed"]["external"]
    assert external == {"uri": post.link, "title": "Sea charts", "description": ""}


def test_the_picture_of_a_card_is_made_small_and_sent_along(linked, sandbox, server):
    upload, headers = f"{sandbox.address}/bluesky{UPLOAD}", {"Content-Type": "image/png"}
    headers["Authorization"] = f"Bearer {TOKEN}"
    assert sandbox.ask("POST", upload, data=LARGE, headers=headers).status_code == 200
    shown = f"{sandbox.address}/_images/{hashlib.sha256(LARGE).hexdigest()}"
    head = f"<title>Charts</title><meta property=og:image content={shown}>"
    server.on("GET", "/charts", Reply(200, head, HTML))
    linked.publish(Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal())
    thumb = sent_record(sandbox)["embed"]["external"]["thumb"]
    assert thumb["mimeType"] == "image/jpeg"
    assert thumb["size"] <= 1_000_000


@pytest.mark.parametrize("reply", [Reply(500), Reply(ending="reset"), Reply(200, "", HTML)])
def test_a_page_that_cannot_be_read_holds_no_post_up(linked, sandbox, server, reply):
    server.on("GET", "/charts", reply)
    linked.publish(Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal())
    external = sent_record(sandbox)["embed"]["external"]
    assert (external["title"], external["description"]) == ("127.0.0.1", "")


def test_a_card_is_made_once(linked, sandbox, server):
    server.on("GET", "/charts", Reply(200, "<title>Charts</title>", HTML))
    post, journal = Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal()
    sandbox.arm("bluesky", "rate_limit")
    with pytest.raises(RateLimited):
        linked.publish(post, journal)
    journal.forget("record")
    linked.publish(post, journal)
    assert len(server.sent("GET", "/charts")) == 1


def test_a_link_into_this_network_is_not_looked_at(connect, sandbox, server):
    connect().publish(Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal())
    assert server.received == []
    assert sent_record(sandbox)["embed"]["external"]["title"] == "127.0.0.1"
