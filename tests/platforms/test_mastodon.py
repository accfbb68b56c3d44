"""Mastodon: recorded replies in the shape its documentation gives."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms import fediverse
from platforms.adapters.mastodon import Mastodon
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    NotReady,
    NotSent,
    OutcomeUnknown,
    PermissionMissing,
    RateLimited,
    Rejected,
    VideoRefused,
)
from platforms.http import Answer
from platforms.values import Found, Rendition
from tests.platforms.contract import AdapterContract
from tests.platforms.contract_base import STARTED, TOKEN, UNCLEAR, picture
from tests.platforms.contract_parts import PartsContract
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply, ReplyServer

ACCOUNT = "2002"
STATUS_ID = "117662061018219433"
STATUS_URL = f"https://social.example/@ferries/{STATUS_ID}"
STATUSES = "/api/v1/statuses"
UPLOAD = Reply(200, {"id": "301", "type": "image", "url": "https://social.example/i.png"})
PROCESSING = Reply(202, {"id": "301", "type": "image", "url": None})
STILL = Reply(206, "")


PICTURE = "https://social.example/a.png"
AUTHOR: dict[str, Any] = {
    **dict.fromkeys(("username", "acct", "display_name"), "ferries"),
    **dict.fromkeys(("avatar", "avatar_static", "header", "header_static"), PICTURE),
    **dict.fromkeys(("followers_count", "following_count", "statuses_count"), 3),
    **dict.fromkeys(("bot", "group", "indexable", "locked"), False),
    "id": ACCOUNT,
    "uri": "https://social.example/users/ferries",
    "created_at": "2026-01-01T00:00:00.000Z",
    "note": "",
    "emojis": [],
    "fields": [],
}


def shown(name: str, url: str, **more: Any) -> dict[str, Any]:
    """A status with all that each one has."""
    return {
        "id": name,
        "url": url,
        "uri": url,
        "created_at": "2026-11-22T09:00:01.000Z",
        "content": "<p>Ferries run late today.</p>",
        "spoiler_text": "",
        "sensitive": False,
        "visibility": "public",
        "account": AUTHOR,
        **{name: [] for name in ("emojis", "media_attachments", "mentions", "tags")},
        **dict.fromkeys(("favourites_count", "reblogs_count", "replies_count"), 0),
        **more,
    }


def refused(status: int, words: object, **headers: str) -> Reply:
    return Reply(status, {"error": words}, headers)


def reset_in(**time: int) -> dict[str, str]:
    moment = datetime.now(UTC) + timedelta(**time)
    return {"X-RateLimit-Reset": moment.isoformat().replace("+00:00", "Z")}


class MastodonReplies(AdapterContract, PartsContract):
    adapter = Mastodon
    remote_id = ACCOUNT
    create_path = STATUSES
    created = Reply(200, shown(STATUS_ID, STATUS_URL))
    post_id = STATUS_ID
    list_path = f"/api/v1/accounts/{ACCOUNT}/statuses"
    delete_path = f"{STATUSES}/{STATUS_ID}"
    deleted = Reply(200, shown(STATUS_ID, STATUS_URL, text="Ferries run late today."))
    gone = refused(404, "Record not found")
    comment_path = STATUSES
    commented = Reply(200, shown("118", f"{STATUS_URL}9", in_reply_to_id=STATUS_ID))
    refusal_with_token = refused(422, f"Validation failed: {TOKEN}", **{"X-Echo": TOKEN})
    refusals = {
        "token": (refused(401, "The access token is invalid"), CredentialsExpired),
        "scope": (refused(403, "This action is outside the authorized scopes"), PermissionMissing),
        "suspended": (refused(403, "Your account is suspended"), AccountBlocked),
        "disabled": (refused(403, "Your login is currently disabled"), AccountBlocked),
        "text": (refused(422, "Validation failed: Text can't be blank"), Rejected),
        "parent": (refused(404, "The post you are replying to does not exist."), Rejected),
        "pleroma": (refused(400, {"text": ["too long"]}), Rejected),
        "pause": (refused(429, "Too many requests", **reset_in(minutes=4)), RateLimited),
        "a proxy's pause": (Reply(429, "<html>", {"Retry-After": "30"}), RateLimited),
        "a pause without end": (refused(429, "Too many requests"), RateLimited),
        "a pause that is over": (refused(429, "Too many", **reset_in(days=-1)), RateLimited),
        "a pause for ever": (refused(429, "Too many", **reset_in(days=999)), RateLimited),
        "too large for a proxy": (Reply(413, "<html>"), Rejected),
    }

    @property
    def video_post(self) -> Rendition:
        film = picture(type="video", mime="video/mp4", size=10, duration=12.0)
        return Rendition("status", "Look.", media=(film,))

    def listing(self, *posts: tuple[str, datetime, str], more: bool = False) -> Reply:
        statuses = [
            {
                "id": name,
                "created_at": f"{created:%Y-%m-%dT%H:%M:%S.000Z}",
                "content": "<p>" + text.replace("\n", "<br>") + "</p>",
                "url": f"https://social.example/@ferries/{name}",
                "in_reply_to_id": None,
            }
            for name, created, text in posts
        ]
        link = {"Link": '<https://social.example/older>; rel="next"'} if more else {}
        return Reply(200, statuses, link)

    def play_pictures(self, server: ReplyServer) -> None:
        server.on("POST", "/api/v2/media", UPLOAD)
        server.on("POST", STATUSES, self.created)


class TestMastodon(MastodonReplies):
    server_facts = {"software": "mastodon"}
    has_key = True

    def test_options_are_sent_and_what_is_not_set_is_left_to_the_server(self, adapter_here, server):
        self.play_pictures(server)
        options = {"visibility": "unlisted", "language": "gd", "spoiler_text": "Wet"}
        post = Rendition("status", "Look.", media=(picture(),), options=options)
        adapter_here.publish(post, MemoryJournal())
        sent = server.sent("POST", STATUSES)[0].form
        assert sent == {"status": "Look.", "media_ids": ["301"], **options}

    def test_pictures_are_attached_in_their_order_with_descriptions(self, adapter_here, server):
        uploads = (Reply(200, {"id": "301"}), Reply(200, {"id": "302"}))
        server.on("POST", "/api/v2/media", *uploads)
        server.on("POST", STATUSES, self.created)
        post = Rendition("status", "Look.", media=(picture(1), picture(2, alt="")))
        adapter_here.publish(post, MemoryJournal())
        one, two = server.sent("POST", "/api/v2/media")
        assert one.form == {"file": b"bytes of 1", "description": "Picture 1"}
        assert two.form == {"file": b"bytes of 2"}
        assert server.sent("POST", STATUSES)[0].form["media_ids"] == ["301", "302"]

    @pytest.mark.parametrize("what", UNCLEAR)
    def test_an_upload_without_a_clear_answer_may_be_repeated(
        self, adapter_here, client, server, what
    ):
        self.play(server, client, "POST", "/api/v2/media", what)
        with pytest.raises(NotSent):
            adapter_here.publish(self.picture_post, MemoryJournal())
        assert server.sent("POST", STATUSES) == []

    def test_a_refused_picture_is_named(self, adapter_here, server):
        server.on("POST", "/api/v2/media", refused(422, "File content type is invalid"))
        with pytest.raises(Rejected) as caught:
            adapter_here.publish(self.picture_post, MemoryJournal())
        assert caught.value.sentence == (
            "Mastodon refused picture 1: File content type is invalid."
        )

    @pytest.mark.parametrize("name", ["picture_post", "video_post"])
    def test_what_is_being_prepared_lets_the_post_wait_and_is_not_sent_twice(
        self, adapter_here, server, name
    ):
        post = getattr(self, name)
        server.on("POST", "/api/v2/media", PROCESSING)
        server.on("GET", "/api/v1/media/301", STILL)
        journal = MemoryJournal()
        for _ in range(2):
            with pytest.raises(NotReady) as caught:
                adapter_here.publish(post, journal)
            assert caught.value.until is not None
            assert caught.value.until > datetime.now(UTC)
            journal = journal.reborn()
        server.on("GET", "/api/v1/media/301", Reply(200, {"id": "301"}))
        server.on("POST", STATUSES, self.created)
        adapter_here.publish(post, journal)
        assert len(server.sent("POST", "/api/v2/media")) == 1
        assert len(server.sent("GET")) == 3
        assert server.sent("POST", STATUSES)[0].form["media_ids"] == ["301"]

    @pytest.mark.parametrize(
        ("name", "kind"), [("picture_post", Rejected), ("video_post", VideoRefused)]
    )
    def test_what_the_server_could_not_prepare_is_refused(self, adapter_here, server, name, kind):
        server.on("POST", "/api/v2/media", PROCESSING)
        server.on("GET", "/api/v1/media/301", refused(422, "Error processing thumbnail"))
        with pytest.raises(kind) as caught:
            adapter_here.publish(getattr(self, name), MemoryJournal())
        assert type(caught.value) is kind
        assert "1: Error processing thumbnail." in caught.value.sentence

    @pytest.mark.parametrize("what", sorted(set(UNCLEAR) - {"a list"}))
    def test_a_page_is_no_word_that_an_upload_is_ready(self, adapter_here, client, server, what):
        server.on("POST", "/api/v2/media", PROCESSING)
        self.play(server, client, "GET", "/api/v1/media/301", what)
        with pytest.raises(NotSent):
            adapter_here.publish(self.video_post, MemoryJournal())
        assert server.sent("POST", STATUSES) == []

    def test_a_video_is_sent_with_its_name_and_description(self, adapter_here, server):
        self.play_pictures(server)
        adapter_here.publish(self.video_post, MemoryJournal())
        (upload,) = server.sent("POST", "/api/v2/media")
        assert upload.form == {"file": b"bytes of 1", "description": "Picture 1"}
        assert b'filename="video.mp4"' in upload.body

    @pytest.mark.parametrize(
        ("focus", "said"),
        [((0.5, 0.5), None), ((0.0, 1.0), "-1.00,-1.00"), ((0.75, 0.1), "0.50,0.80")],
    )
    def test_what_matters_most_in_a_picture_is_said(self, adapter_here, server, focus, said):
        self.play_pictures(server)
        focused = picture(focus_x=focus[0], focus_y=focus[1])
        post = Rendition("status", "Look.", media=(focused,))
        adapter_here.publish(post, MemoryJournal())
        (upload,) = server.sent("POST", "/api/v2/media")
        assert upload.form.get("focus") == said

    def test_another_focus_is_another_upload(self, adapter_here, server):
        self.play_pictures(server)
        server.on("POST", STATUSES, refused(422, "Validation failed"))
        journal = MemoryJournal()
        for focus in (0.5, 0.5, 0.9):
            post = Rendition("status", "Look.", media=(picture(focus_x=focus),))
            with pytest.raises(Rejected):
                adapter_here.publish(post, journal)
        assert len(server.sent("POST", "/api/v2/media")) == 2

    def test_a_comment_is_a_reply_with_a_key_of_its_own(self, adapter_here, server):
        server.on("POST", STATUSES, self.commented)
        journal = MemoryJournal()
        adapter_here.comment(STATUS_ID, "First.", journal)
        sent = server.received[0]
        assert sent.form == {"status": "First.", "in_reply_to_id": STATUS_ID}
        assert sent.headers["idempotency-key"] == journal.steps["comment"].key

    def test_what_is_found_was_written_as_html(self, adapter_here, server):
        text = "Fish & <chips>, see https://example.org/menu\nwith @ana@other.example\n\n#food 🐟"
        html = (
            "<p>Fish &amp; &lt;chips&gt;, see "
            '<a href="https://example.org/menu"><span class="invisible">https://</span>'
            '<span>example.org/menu</span></a><br />with <span class="h-card">'
            '<a href="https://other.example/@ana">@<span>ana</span></a></span></p>'
            '<p><a href="https://social.example/tags/food">#<span>food</span></a> 🐟</p>'
        )
        status = {"id": "7", "created_at": "2026-11-22T09:00:01.000Z", "content": html}
        server.on("GET", self.list_path, Reply(200, [status]))
        sighting = adapter_here.find(Rendition("status", text), self.open_step())
        assert isinstance(sighting, Found)
        assert sighting.url == ""

    def test_a_reply_is_not_taken_for_the_post(self, adapter_here, server):
        reply = self.listing(("7", STARTED, self.text_post.text))
        reply.body[0]["in_reply_to_id"] = "6"
        server.on("GET", self.list_path, reply)
        assert not isinstance(adapter_here.find(self.text_post, self.open_step()), Found)

    def test_an_address_that_is_none_does_not_become_a_link(self, adapter_here, server):
        server.on("POST", STATUSES, Reply(200, {"id": "7", "url": "javascript:alert(1)"}))
        assert adapter_here.publish(self.text_post, MemoryJournal()).url == ""

    @pytest.mark.parametrize(
        ("reply", "words"),
        [
            (Reply(503, "<html>Back soon"), "it answered 503, as it does during maintenance"),
            (
                Reply(301, "<html>", {"Location": "https://new.example/api/v1/statuses"}),
                "it answered 301 and points to new.example, which is not followed",
            ),
            (Reply(302, ""), "it answered 302 and points to another address"),
        ],
    )
    def test_what_came_instead_of_an_answer_is_said(self, adapter_here, server, reply, words):
        server.on("POST", STATUSES, reply)
        with pytest.raises(OutcomeUnknown) as caught:
            adapter_here.publish(self.text_post, MemoryJournal())
        assert words in caught.value.sentence
        assert len(server.received) == 1

    def test_a_file_that_is_too_large_for_a_proxy_is_said_to_be(self, adapter_here, server):
        server.on("POST", "/api/v2/media", Reply(413, "<html>"))
        with pytest.raises(VideoRefused, match="larger than what stands before the server"):
            adapter_here.publish(self.video_post, MemoryJournal())

    def test_what_a_server_keeps_for_later_is_not_taken_for_out(self, adapter_here, server):
        later = {"id": "9", "scheduled_at": "2026-11-23T09:00:00.000Z", "params": {"text": "x"}}
        server.on("POST", STATUSES, Reply(200, later))
        with pytest.raises(OutcomeUnknown, match="for later"):
            adapter_here.publish(self.text_post, MemoryJournal())

    def test_an_id_no_server_gives_is_no_clear_answer(self, adapter_here, server):
        server.on("POST", STATUSES, Reply(200, {"id": "7" * 500}))
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(self.text_post, MemoryJournal())

    def test_the_content_warning_counts_with_the_text(self):
        text, warning = "x" * 490, {"spoiler_text": "w" * 11}
        assert self.codes(Rendition("status", text, options=warning)) == {"text_too_long"}
        assert self.codes(Rendition("status", text[1:], options=warning)) == set()

    def test_a_visibility_it_does_not_know_is_a_problem(self):
        secret = Rendition("status", "Hello", options={"visibility": "secret"})
        assert self.codes(secret) == {"visibility"}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("language", "English"),
            ("language", ["en"]),
            ("spoiler_text", 5),
            ("sensitive", "yes"),
            ("visibility", ["public"]),
        ],
    )
    def test_a_choice_that_it_could_not_read_is_a_problem(self, name, value):
        odd = Rendition("status", "Hello", options={name: value})
        assert self.codes(odd) == {name}
        assert Mastodon.aside(odd).answers == ()

    def test_limits_are_the_servers_own(self):
        facts = {
            "max_characters": 5000,
            "characters_reserved_per_url": 30,
            "max_media_attachments": 8,
            "image_size_limit": 1000,
            "image_matrix_limit": 2000,
            "description_limit": 3000,
            "image_types": ["image/avif"],
            "video_types": [],
            "poll_options": 7,
        }
        limits = Mastodon.limits("status", facts)
        assert (limits.text_max, limits.images_max, limits.alt_max) == (5000, 8, 3000)
        assert (limits.image_bytes_max, limits.image_pixels_max) == (1000, 2000)
        assert limits.count("https://example.org/") == 30
        assert limits.image_types == {"image/avif"}
        assert limits.videos_max == 0
        assert limits.poll is not None
        assert (limits.poll.answers_max, limits.poll.answer_max) == (7, 50)

    def test_without_the_servers_word_limits_are_the_documented_ones(self):
        odd: dict[str, Any] = {"max_characters": "many", "image_size_limit": -1}
        for facts in ({}, odd):
            limits = Mastodon.limits("status", facts)
            assert (limits.text_max, limits.images_max, limits.alt_max) == (500, 4, 1500)
            assert limits.image_bytes_max == 16 * 1024 * 1024


class TestServersThatAreNotMastodon(MastodonReplies):
    """They ignore the key, so that a request without an answer is never sent again."""

    golden = "mastodon-others"
    server_facts = {"software": "pleroma"}
    has_key = False

    def test_no_key_is_sent(self, adapter_here, server):
        server.on("POST", STATUSES, self.created)
        journal = MemoryJournal()
        adapter_here.publish(self.text_post, journal)
        assert "idempotency-key" not in server.received[0].headers
        assert journal.steps["post"].kind == "once"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"X-RateLimit-Reset": "2026-11-22T09:04:00.123456Z"}, timedelta(seconds=240.123456)),
        ({"X-RateLimit-Reset": "1795338240"}, timedelta(minutes=4)),
        ({"X-RateLimit-Reset": "2026-11-22T08:00:00Z"}, timedelta(seconds=5)),
        ({"X-RateLimit-Reset": "2099-11-22T08:00:00Z"}, timedelta(hours=24)),
        ({"X-RateLimit-Reset": "soon", "Retry-After": "90"}, timedelta(seconds=90)),
        ({"X-RateLimit-Reset": "2026-11-22T09:04:00"}, timedelta(minutes=5)),
        ({"X-RateLimit-Reset": "9" * 30}, timedelta(minutes=5)),
        ({"Retry-After": "Sun, 22 Nov 2026 09:10:00 GMT"}, timedelta(minutes=5)),
        ({"Retry-After": "9" * 30}, timedelta(hours=24)),
        ({}, timedelta(minutes=5)),
    ],
)
def test_a_pause_is_as_long_as_the_headers_say(headers, wait):
    assert fediverse.next_request_at(Answer(429, headers, b""), STARTED) == STARTED + wait
