"""Bluesky's adapter: recorded answers in the words of the reference server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from platforms.adapters.bluesky import Bluesky
from platforms.adapters.bluesky.tid import TID
from platforms.adapters.bluesky.xrpc import allowances
from platforms.checking import problems_of
from platforms.contract import Comments, Deletes, FindsPosts
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    NotSent,
    OutcomeUnknown,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.values import (
    CannotTell,
    MediaItem,
    Rendition,
    StepRecord,
)
from tests.platforms.at_bluesky.posts import (
    APPLY,
    BLOB,
    CID,
    DELETE,
    DID,
    GET,
    PUT,
    RESOLVE,
    RKEY,
    UPLOAD,
    URI,
)
from tests.platforms.contract import BasicContract
from tests.platforms.contract_base import SOON, STARTED, TOKEN, UNCLEAR, picture
from tests.platforms.contract_following import IdentifyingContract
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply, ReplyServer


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


def test_the_site_and_the_account_are_found_in_the_browser():
    facts = {"handle": "ferries.bsky.social"}
    server = "https://morel.us-east.host.bsky.network"
    assert Bluesky.account_url(server, DID, facts) == "https://bsky.app/profile/ferries.bsky.social"
    assert Bluesky.account_url(server, DID) == f"https://bsky.app/profile/{DID}"
    assert Bluesky.sites(server) == ("bsky.app",)
