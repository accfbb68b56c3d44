"""Facebook Pages: recorded replies in Graph's own shape, as its documentation gives them."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from platforms import graph
from platforms.adapters.facebook import Facebook
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    OutcomeUnknown,
    PermissionMissing,
    RateLimited,
    Rejected,
)
from platforms.values import CannotTell, Rendition
from tests.platforms.contract import AdapterContract
from tests.platforms.contract_base import SECRET, STARTED, TOKEN, picture
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply, ReplyServer

PAGE = "1001"
POST_ID = f"{PAGE}_122217543769704869"
PROOF = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()


def refused(code: int, status: int = 400, message: str = "", **more: Any) -> Reply:
    said = {"message": message or f"(#{code}) What happened", "type": "OAuthException"}
    headers = more.pop("headers", {})
    return Reply(status, {"error": said | {"code": code, "fbtrace_id": "AbC"} | more}, headers)


def usage(*minutes: object) -> dict[str, str]:
    objects = [{"type": "pages", "estimated_time_to_regain_access": wait} for wait in minutes]
    return {"X-Business-Use-Case-Usage": json.dumps({PAGE: objects})}


class TestFacebook(AdapterContract):
    adapter = Facebook
    credentials = {"access_token": TOKEN, "app_secret": SECRET}
    create_path = f"/v26.0/{PAGE}/feed"
    created = Reply(200, {"id": POST_ID})
    post_id = POST_ID
    list_path = f"/v26.0/{PAGE}/published_posts"
    delete_path = f"/v26.0/{POST_ID}"
    deleted = Reply(200, {"success": True})
    gone = refused(100, message="Object does not exist", error_subcode=33)
    comment_path = f"/v26.0/{POST_ID}/comments"
    commented = Reply(200, {"id": "122_55"})
    refusal_with_token = refused(
        190, 401, f"Malformed access token {TOKEN} with proof {PROOF}", headers={"X-Echo": TOKEN}
    )
    refusals = {
        "app limit": (refused(4, 400, is_transient=True), RateLimited),
        "person's limit": (refused(17), RateLimited),
        "Page limit": (refused(32), RateLimited),
        "custom limit": (refused(613, error_subcode=1996), RateLimited),
        "Pages limit": (refused(80001, headers=usage(12)), RateLimited),
        "too fast": (refused(100, error_subcode=1390008), RateLimited),
        "token": (refused(190, 401), CredentialsExpired),
        "token expired": (refused(190, 401, error_subcode=463), CredentialsExpired),
        "session": (refused(102, 401), CredentialsExpired),
        "no token": (refused(104, 401), CredentialsExpired),
        "permission 10": (refused(10, 403), PermissionMissing),
        "permission 3": (refused(3), PermissionMissing),
        "permission 200": (refused(200, 403), PermissionMissing),
        "permission 299": (refused(299, 403), PermissionMissing),
        "Page not there": (refused(100, error_subcode=33), PermissionMissing),
        "proof": (refused(100, message="Invalid appsecret_proof provided"), PermissionMissing),
        "identity": (refused(100, error_subcode=4854002), PermissionMissing),
        "blocked": (refused(368, error_subcode=1390008), AccountBlocked),
        "duplicate": (refused(506, error_subcode=1455006), DuplicateContent),
        "parameter": (refused(100), Rejected),
        "link": (refused(1609005), Rejected),
        "an error nobody listed": (refused(987654), Rejected),
        "old version": (refused(2635), Rejected),
    }

    def listing(self, *posts: tuple[str, datetime, str], more: bool = False) -> Reply:
        data = [
            {"id": name, "created_time": f"{created:%Y-%m-%dT%H:%M:%S+0000}", "message": text}
            for name, created, text in posts
        ]
        paging = {"cursors": {"after": "QQ"}} | ({"next": "https://…"} if more else {})
        return Reply(200, {"data": data, "paging": paging})

    def play_pictures(self, server: ReplyServer) -> None:
        server.on("POST", f"/v26.0/{PAGE}/photos", Reply(200, {"id": "55", "post_id": POST_ID}))

    def derived_secrets(self) -> tuple[str, ...]:
        return (PROOF,)

    @pytest.mark.parametrize(
        "reply",
        [
            refused(1, 500),
            refused(1),
            refused(2, 503, is_transient=True),
            refused(2),
            refused(100, is_transient=True),
            refused(190, 500),
            refused(100, error_subcode=1609010),
            Reply(400, {"error": "a word"}),
            Reply(400, {"error": {"message": "no code"}}),
        ],
    )
    def test_an_error_that_may_pass_does_not_say_whether_it_is_out(
        self, adapter_here, server, reply
    ):
        server.on("POST", self.create_path, reply)
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(self.text_post, MemoryJournal())

    def test_a_text_with_a_link_is_sent_as_the_feed_takes_it(self, adapter_here, server):
        server.on("POST", self.create_path, self.created)
        linked = Rendition("feed-post", "Read on.", link="https://example.org/a")
        adapter_here.publish(linked, MemoryJournal())
        form = server.received[0].form
        assert form == {
            "message": "Read on.",
            "link": "https://example.org/a",
            "appsecret_proof": PROOF,
        }

    def test_a_photo_is_sent_by_its_bytes_with_caption_and_description(self, adapter_here, server):
        self.play_pictures(server)
        adapter_here.publish(self.picture_post, MemoryJournal())
        assert server.received[0].form == {
            "source": b"bytes of 1",
            "caption": "Look.",
            "alt_text_custom": "Picture 1",
            "appsecret_proof": PROOF,
        }

    def test_without_the_apps_secret_no_proof_is_sent(self, make, server):
        server.on("POST", self.create_path, self.created)
        make(credentials={"access_token": TOKEN}).publish(self.text_post, MemoryJournal())
        assert server.received[0].form == {"message": self.text_post.text}

    def test_every_call_carries_the_proof_and_the_version(self, adapter_here, server):
        server.on("GET", self.list_path, self.listing())
        server.on("GET", "/v26.0/me", Reply(200, {"id": PAGE, "name": "Ferries"}))
        server.on("DELETE", self.delete_path, self.deleted)
        adapter_here.find(self.text_post, self.open_step())
        adapter_here.identify()
        adapter_here.delete(POST_ID, MemoryJournal())
        for request in server.received:
            assert request.query["appsecret_proof"] == PROOF
            assert request.path.startswith("/v26.0/")

    def test_the_receipt_of_a_photo_names_the_post_and_not_the_photo(self, adapter_here, server):
        self.play_pictures(server)
        receipt = adapter_here.publish(self.picture_post, MemoryJournal())
        assert receipt.remote_id == POST_ID

    def test_the_address_of_a_post_is_where_people_look(self, make):
        public = make(base_url="https://graph.facebook.com").page.post_url(POST_ID)
        assert public == "https://www.facebook.com/1001/posts/122217543769704869"
        assert Facebook.account_url("https://graph.facebook.com", PAGE).endswith("com/1001")

    def test_graphs_own_words_are_in_the_sentence(self, adapter_here, server):
        words = "Photos should be smaller than 4 MB."
        reply = refused(100, error_subcode=1366046, error_user_msg=words)
        server.on("POST", self.create_path, reply)
        with pytest.raises(Rejected) as caught:
            adapter_here.publish(self.text_post, MemoryJournal())
        assert caught.value.sentence == (
            "Facebook refused the post: Photos should be smaller than 4 MB."
        )

    def test_why_a_token_ended_is_said_in_words(self, adapter_here, server):
        server.on("POST", self.create_path, refused(190, 401, error_subcode=460))
        with pytest.raises(CredentialsExpired) as caught:
            adapter_here.publish(self.text_post, MemoryJournal())
        assert caught.value.sentence == (
            "Facebook no longer accepts the token: the password was changed."
        )

    @pytest.mark.parametrize(
        ("headers", "minutes"),
        [
            (usage(12), 12),
            (usage(3, 40, 0), 40),
            (usage(9999999), 24 * 60),
            (usage(0), 15),
            (usage("soon"), 15),
            (usage(None), 15),
            ({}, 15),
            ({"X-Business-Use-Case-Usage": "{"}, 15),
            ({"X-Business-Use-Case-Usage": "[1]"}, 15),
            ({"X-Business-Use-Case-Usage": '{"1001": 5}'}, 15),
        ],
    )
    def test_a_pause_is_as_long_as_the_usage_header_says(self, headers, minutes):
        assert graph.regained_at(headers, STARTED) == STARTED + timedelta(minutes=minutes)

    def test_a_picture_and_a_link_do_not_go_together(self):
        both = Rendition("feed-post", "Look", link="https://example.org", media=(picture(),))
        assert self.codes(both) == {"link_with_picture"}

    def test_a_list_without_times_tells_nothing(self, adapter_here, server):
        server.on("GET", self.list_path, Reply(200, {"data": [{"id": "7", "message": "Hello"}]}))
        assert isinstance(adapter_here.find(self.text_post, self.open_step()), CannotTell)

    def test_it_reads_25_posts_with_the_fields_it_needs(self, adapter_here, server):
        server.on("GET", self.list_path, self.listing())
        adapter_here.find(self.text_post, self.open_step())
        asked = server.received[0].query
        assert asked["limit"] == "25"
        assert asked["fields"] == "id,message,created_time,permalink_url"

    def test_25_posts_are_a_full_list(self, adapter_here, server):
        posts = [(str(n), STARTED, "Another") for n in range(25)]
        server.on("GET", self.list_path, self.listing(*posts))
        assert isinstance(adapter_here.find(self.text_post, self.open_step()), CannotTell)

    def test_the_pages_token_says_which_page_it_is(self, adapter_here, server):
        me = {
            "id": PAGE,
            "name": "Ferries",
            "link": "https://www.facebook.com/ferries",
            "picture": {"data": {"url": "https://cdn.example/p.png"}},
        }
        server.on("GET", "/v26.0/me", Reply(200, me))
        facts = adapter_here.identify()
        assert (facts.remote_id, facts.name) == (PAGE, "Ferries")
        assert facts.url == "https://www.facebook.com/ferries"
        assert facts.avatar_url == "https://cdn.example/p.png"

    def test_a_persons_token_is_refused_in_words(self, adapter_here, server):
        server.on("GET", "/v26.0/me", refused(100, message="nonexisting field (category)"))
        with pytest.raises(Rejected, match="Use a Page access token"):
            adapter_here.identify()
