"""X's adapter against recorded answers, in the shapes that X has given them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.adapters.twitter import Twitter
from platforms.adapters.twitter.reading import as_written, comparable
from platforms.checking import problems_of
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    NotReady,
    NotSent,
    PermissionMissing,
    RateLimited,
    Rejected,
)
from platforms.values import Absent, CannotTell, Found, Rendition
from tests.platforms.contract import AdapterContract
from tests.platforms.contract_base import STARTED, TOKEN, UNCLEAR, picture
from tests.platforms.contract_parts import ChargingContract, PartsContract
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply, ReplyServer

POST_ID, MEDIA_ID = "1861234567890123456", "1860000000000000001"
TWEETS, UPLOAD = "/2/tweets", "/2/media/upload"
MADE = Reply(201, {"data": {"id": POST_ID, "text": "…", "edit_history_post_ids": [POST_ID]}})
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
VIDEO: dict[str, Any] = {
    "type": "video",
    "mime": "video/mp4",
    "duration": 12.0,
    "alt": "",
    "size": 10,
}


def problem(status: int, kind: str = "about:blank", detail: str = "No.", **headers: str) -> Reply:
    address = kind if ":" in kind else f"https://api.twitter.com/2/problems/{kind}"
    said = {"title": detail, "detail": detail, "type": address, "status": status}
    return Reply(status, said, headers)


def reset_in(name: str = "x-rate-limit", left: int = 0, **time: int) -> dict[str, str]:
    moment = datetime.now(UTC) + timedelta(**time)
    numbers = {"limit": "100", "remaining": str(left), "reset": str(int(moment.timestamp()))}
    return {f"{name}-{key}": value for key, value in numbers.items()}


class TestTwitter(AdapterContract, PartsContract, ChargingContract):
    adapter = Twitter
    create_path = TWEETS
    created = MADE
    post_id = POST_ID
    list_path = "/2/users/1001/tweets"
    delete_path = f"{TWEETS}/{POST_ID}"
    deleted = Reply(200, {"data": {"deleted": True}})
    gone = problem(404, "resource-not-found", "Could not find tweet.")
    comment_path = TWEETS
    commented = Reply(201, {"data": {"id": "1861234567890123999", "text": "First."}})
    refusal_with_token = problem(400, "invalid-request", f"Invalid {TOKEN}", **{"X-Echo": TOKEN})
    refusals = {
        "token": (problem(401, detail="Unauthorized"), CredentialsExpired),
        "kind of token": (problem(403, "unsupported-authentication"), CredentialsExpired),
        "old token": (
            Reply(401, {"errors": [{"code": 89, "message": "Invalid or expired token."}]}),
            CredentialsExpired,
        ),
        "app": (problem(403, "client-forbidden"), PermissionMissing),
        "rights": (problem(403, "oauth1-permissions"), PermissionMissing),
        "a 403": (problem(403, detail="Forbidden"), PermissionMissing),
        "a reply": (
            problem(403, detail="You are not permitted to perform this action."),
            Rejected,
        ),
        "twice": (problem(403, detail=DUPLICATE), DuplicateContent),
        "twice, long ago": (
            Reply(403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}),
            DuplicateContent,
        ),
        "too long": (problem(400, "invalid-request", "Your text is too long."), Rejected),
        "too long, long ago": (
            Reply(403, {"errors": [{"code": 186, "message": "Tweet needs to be shorter."}]}),
            Rejected,
        ),
        "no credit": (
            Reply(
                402, {"title": "CreditsDepleted", "detail": "No credits.", "type": "about:blank"}
            ),
            AccountBlocked,
        ),
        "cap": (problem(429, "usage-capped", "Monthly product cap"), AccountBlocked),
        "suspended": (problem(403, detail="Your account is suspended."), AccountBlocked),
        "locked": (
            Reply(403, {"code": 326, "message": "To protect our users, log in."}),
            AccountBlocked,
        ),
        "a proxy's limit": (Reply(413, "<html>"), Rejected),
        "pause": (problem(429, **reset_in(minutes=4)), RateLimited),
        "a day's pause": (
            problem(
                429, **reset_in(left=90, minutes=4), **reset_in("x-user-limit-24hour", hours=9)
            ),
            RateLimited,
        ),
        "a pause of old": (Reply(429, {"errors": [{"code": 88, "message": "Wait"}]}), RateLimited),
        "a proxy's pause": (Reply(429, "<html>", {"Retry-After": "30"}), RateLimited),
        "a pause for ever": (problem(429, **reset_in(days=99)), RateLimited),
    }

    def listing(self, *posts: tuple[str, datetime, str], more: bool = False) -> Reply:
        listed = [
            {"id": name, "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z", "text": text}
            for name, at, text in posts
        ]
        meta = {"result_count": len(listed), **({"next_token": "7140"} if more else {})}
        return Reply(200, {"data": listed, "meta": meta} if listed else {"meta": meta})

    def play_pictures(self, server: ReplyServer) -> None:
        server.on("POST", UPLOAD, Reply(200, {"data": {"id": MEDIA_ID, "media_key": "3_1"}}))
        server.on("POST", "/2/media/metadata", Reply(200, {"data": {"id": MEDIA_ID}}))
        server.on("POST", TWEETS, MADE)

    def play_video(self, server: ReplyServer, *states: dict[str, Any]) -> None:
        pending = {"state": "pending", "check_after_secs": 1}
        server.on("POST", f"{UPLOAD}/initialize", Reply(200, {"data": {"id": MEDIA_ID}}))
        server.on("POST", f"{UPLOAD}/{MEDIA_ID}/append", Reply(200, {"data": {}}))
        finalized = {"data": {"id": MEDIA_ID, "processing_info": pending}}
        server.on("POST", f"{UPLOAD}/{MEDIA_ID}/finalize", Reply(200, finalized))
        looks = [Reply(200, {"data": {"id": MEDIA_ID, "processing_info": s}}) for s in states]
        server.on("GET", UPLOAD, *looks)
        server.on("POST", TWEETS, MADE)

    # What only X does.

    def test_the_page_of_a_post_is_found_with_and_without_a_handle(self, make, server):
        server.on("POST", TWEETS, MADE)
        plain = make().publish(self.text_post, MemoryJournal())
        named = make(server_facts={"handle": "harbour"}).publish(self.text_post, MemoryJournal())
        assert plain.url == f"{server.url}/i/web/status/{POST_ID}"
        assert named.url == f"{server.url}/harbour/status/{POST_ID}"

    def test_a_day_s_limit_is_waited_for(self, adapter_here, server):
        server.on("POST", TWEETS, self.refusals["a day's pause"][0])
        with pytest.raises(RateLimited) as caught:
            adapter_here.publish(self.text_post, MemoryJournal())
        assert caught.value.until is not None
        assert caught.value.until - datetime.now(UTC) > timedelta(hours=8)

    def test_a_lack_of_credit_says_what_to_do(self, adapter_here, server):
        server.on("POST", TWEETS, self.refusals["no credit"][0])
        with pytest.raises(AccountBlocked, match="Buy more"):
            adapter_here.publish(self.text_post, MemoryJournal())

    def test_a_picture_is_described_before_it_is_posted(self, adapter_here, server):
        self.play_pictures(server)
        adapter_here.publish(self.picture_post, MemoryJournal())
        upload, described, post = server.sent("POST")
        assert upload.form["media_category"] == "tweet_image"
        assert upload.form["media"] == b"bytes of 1"
        assert described.form == {
            "id": MEDIA_ID,
            "metadata": {"alt_text": {"text": "Picture 1"}},
        }
        assert post.form == {"text": "Look.", "media": {"media_ids": [MEDIA_ID]}}

    @pytest.mark.parametrize("what", UNCLEAR)
    def test_an_upload_without_a_clear_answer_may_be_repeated(
        self, adapter_here, client, server, what
    ):
        self.play(server, client, "POST", UPLOAD, what)
        with pytest.raises(NotSent):
            adapter_here.publish(self.picture_post, MemoryJournal())
        assert server.sent("POST", TWEETS) == []

    def test_a_video_goes_in_segments_and_is_waited_for(self, adapter_here, server, monkeypatch):
        monkeypatch.setattr("platforms.adapters.twitter.media.SEGMENT", 4)
        self.play_video(
            server,
            {"state": "in_progress", "check_after_secs": 7, "progress_percent": 8},
            {"state": "succeeded", "progress_percent": 100},
        )
        post = Rendition("tweet", "Look.", media=(picture(**VIDEO),))
        journal = MemoryJournal()
        with pytest.raises(NotReady) as caught:
            adapter_here.publish(post, journal)
        assert caught.value.until is not None
        assert timedelta(seconds=4) < caught.value.until - datetime.now(UTC) < timedelta(seconds=8)
        assert server.sent("POST", TWEETS) == []
        adapter_here.publish(post, journal.reborn())
        begun, *segments, finalized, made = server.sent("POST")
        assert begun.form == {
            "media_type": "video/mp4",
            "media_category": "tweet_video",
            "total_bytes": 10,
        }
        assert [s.form["segment_index"] for s in segments] == ["0", "1", "2"]
        assert b"".join(s.form["media"] for s in segments) == b"bytes of 1"
        assert finalized.path.endswith("/finalize")
        assert made.form["media"] == {"media_ids": [MEDIA_ID]}

    def test_a_video_that_x_cannot_use_is_refused(self, adapter_here, server):
        failed = {"state": "failed", "error": {"code": 1, "message": "Unsupported codec"}}
        self.play_video(server, failed)
        post = Rendition("tweet", "Look.", media=(picture(**VIDEO),))
        with pytest.raises(Rejected, match="refused video 1: Unsupported codec"):
            adapter_here.publish(post, MemoryJournal())
        assert server.sent("POST", TWEETS) == []

    @pytest.mark.parametrize("what", sorted(set(UNCLEAR) - {"no id"}))
    @pytest.mark.parametrize(
        "path", ["/initialize", f"/{MEDIA_ID}/append", f"/{MEDIA_ID}/finalize"]
    )
    def test_each_step_of_a_video_may_be_repeated(self, adapter_here, client, server, path, what):
        self.play_video(server, {"state": "succeeded"})
        self.play(server, client, "POST", UPLOAD + path, what)
        post = Rendition("tweet", "Look.", media=(picture(**VIDEO),))
        reply = UNCLEAR[what]
        if path.endswith("append") and (reply.status, reply.ending) == (200, "answer"):
            adapter_here.publish(post, MemoryJournal())  # its answer needs no content
            return
        with pytest.raises(NotSent):
            adapter_here.publish(post, MemoryJournal())
        assert server.sent("POST", TWEETS) == []

    def test_a_gif_moves(self, adapter_here, server):
        self.play_video(server, {"state": "succeeded"})
        server.on("POST", "/2/media/metadata", Reply(200, {"data": {"id": MEDIA_ID}}))
        post = Rendition("tweet", "", media=(picture(mime="image/gif", size=10),))
        adapter_here.publish(post, MemoryJournal())
        begun, *_, made = server.sent("POST")
        assert begun.form["media_category"] == "tweet_gif"
        assert made.form == {"media": {"media_ids": [MEDIA_ID]}}

    def test_options_are_said_in_x_s_words(self, adapter_here, server):
        server.on("POST", TWEETS, MADE)
        chosen = {
            "poll": "Tea; Coffee ;Neither",
            "poll_hours": 0.5,
            "replies_mentioned": True,
            "paid_partnership": True,
        }
        post = Rendition("tweet", "Which?", options=chosen)
        assert self.codes(post) == set()
        adapter_here.publish(post, MemoryJournal())
        assert server.sent("POST")[0].form == {
            "text": "Which?",
            "poll": {"options": ["Tea", "Coffee", "Neither"], "duration_minutes": 30},
            "reply_settings": "mentionedUsers",
            "paid_partnership": True,
        }

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"poll": "Tea"}, "poll"),
            ({"poll": "A;B;C;D;E"}, "poll"),
            ({"poll": f"Tea;{'x' * 26}"}, "poll"),
            ({"poll": 7}, "poll"),
            ({"poll": "Tea;Coffee", "poll_hours": "long"}, "poll_hours"),
            ({"poll": "Tea;Coffee", "poll_hours": 169}, "poll_hours"),
            ({"poll_hours": 4}, "poll_hours"),
            ({"replies_verified": True, "replies_following": True}, "replies"),
            ({"ai_generated": "perhaps"}, "ai_generated"),
        ],
    )
    def test_options_that_x_would_refuse_are_problems(self, options, code):
        assert self.codes(Rendition("tweet", "Hello", options=options)) == {code}

    def test_media_that_x_would_refuse_are_problems(self):
        gif = picture(mime="image/gif", width=1300, height=900)
        codes = self.codes(Rendition("tweet", "Look.", media=(gif, picture(2))))
        assert codes == {"gif_alone", "gif_too_large"}
        wide = picture(**VIDEO, width=4_000, height=1_000)
        assert self.codes(Rendition("tweet", "", media=(wide,))) == {"video_ratio"}
        poll = Rendition("tweet", "A", media=(picture(),), options={"poll": "Tea;Coffee"})
        assert self.codes(poll) == {"poll_with_media"}

    def test_what_x_may_refuse_is_warned_of(self):
        long = picture(**{**VIDEO, "duration": 141.0, "alt": "A film"}, width=1, height=1)
        post = Rendition("tweet", "$A and $B", media=(long,))
        found = problems_of(Twitter, post, self.limits())
        assert {p.code for p in found} == {"alt_not_taken", "video_may_be_too_long", "cashtags"}
        assert {p.level for p in found} == {"warn"}

    def test_addresses_are_compared_as_they_were_written(self, adapter_here, server):
        sent = Rendition("tweet", "A & B at example.org/a, <https://Example.org/>", options={})
        shown = {
            "id": "7",
            "created_at": "2026-11-22T09:00:01.000Z",
            "text": "A &amp; B at https://t.co/abc, &lt;https://t.co/def&gt; https://t.co/pic",
            "entities": {
                "urls": [
                    {"url": "https://t.co/abc", "expanded_url": "http://example.org/a"},
                    {"url": "https://t.co/def", "expanded_url": "https://example.org"},
                    {
                        "url": "https://t.co/pic",
                        "expanded_url": "https://x.com/harbour/status/7/photo/1",
                        "media_key": "3_1",
                    },
                ]
            },
        }
        server.on("GET", self.list_path, Reply(200, {"data": [shown], "meta": {}}))
        sighting = adapter_here.find(sent, self.open_step())
        assert isinstance(sighting, Found)
        (asked,) = server.sent("GET")
        assert asked.query["start_time"] == "2026-11-22T08:59:00Z"
        assert asked.query["exclude"] == "retweets"

    def test_fields_are_asked_for_by_the_name_that_is_known(self, adapter_here, server):
        words = "The query parameter [tweet.fields] is not one of [id, post.fields]"
        reading = self.listing(("7", STARTED, self.text_post.text))
        server.on("GET", self.list_path, problem(400, "invalid-request", words), reading)
        assert isinstance(adapter_here.find(self.text_post, self.open_step()), Found)
        first, second = server.sent("GET")
        assert "tweet.fields" in first.query
        assert second.query["post.fields"] == "created_at,entities"

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Reply(200, {"data": {"id": POST_ID, "text": ""}}), Found),
            (problem(404, "resource-not-found"), Absent),
            (
                Reply(
                    200,
                    {
                        "errors": [
                            {
                                "type": "https://api.x.com/2/problems/resource-not-found",
                                "title": "Not Found Error",
                            }
                        ]
                    },
                ),
                Absent,
            ),
            (Reply(200, {"errors": [{"title": "Odd"}]}), CannotTell),
            (problem(401), CannotTell),
            (Reply(404, "<html>"), CannotTell),
            (Reply(503), CannotTell),
        ],
    )
    def test_one_post_is_read_back(self, adapter_here, server, reply, kind):
        server.on("GET", f"{TWEETS}/{POST_ID}", reply)
        assert isinstance(adapter_here.read_back(POST_ID, "tweet"), kind)

    @pytest.mark.parametrize("name", ["retweet_count", "repost_count"])
    def test_figures_are_read_by_their_old_and_new_names(self, adapter_here, server, name):
        said = {name: 3, "like_count": 5, "impression_count": 99, "odd": "x"}
        own = {"url_link_clicks": 2}
        data = {"id": POST_ID, "public_metrics": said, "non_public_metrics": own}
        server.on("GET", f"{TWEETS}/{POST_ID}", Reply(200, {"data": data}))
        figures = {m.name: (m.value, m.means) for m in adapter_here.post_metrics(POST_ID, "tweet")}
        assert figures == {
            "repost_count": (3, "shares"),
            "like_count": (5, "reactions"),
            "impression_count": (99, "views"),
            "url_link_clicks": (2, "clicks"),
        }

    def test_the_account_s_figures_are_read(self, adapter_here, server):
        said = {"followers_count": 12, "tweet_count": 7}
        server.on("GET", "/2/users/me", Reply(200, {"data": {"id": "1", "public_metrics": said}}))
        found = {metric.name: metric.value for metric in adapter_here.account_metrics()}
        assert found == {"followers_count": 12, "post_count": 7}

    def test_the_token_names_its_account(self, adapter_here, server):
        data = {
            "id": "1001",
            "name": "Harbour Books",
            "username": "harbour",
            "profile_image_url": "https://pbs.twimg.com/a.jpg",
        }
        server.on("GET", "/2/users/me", Reply(200, {"data": data}))
        facts = adapter_here.identify()
        assert (facts.remote_id, facts.name) == ("1001", "Harbour Books")
        assert facts.url == f"{server.url}/harbour"
        assert facts.server_facts == {"handle": "harbour"}


def test_what_is_left_of_each_limit_is_read_from_headers():
    now = datetime.now(UTC)
    said = {
        **reset_in(left=97, minutes=9),
        **reset_in("x-user-limit-24hour", left=9, hours=3),
        **reset_in("x-app-limit-24hour", left=0, hours=3),
    }
    window, user, app = Twitter.allowances(said, now)
    assert (window.name, window.remaining) == ("100 requests in 15 minutes", 97)
    assert (user.remaining, user.whole_app) == (9, False)
    assert (app.remaining, app.whole_app) == (0, True)
    assert app.resets_at is not None
    assert app.resets_at > now + timedelta(hours=2)
    assert Twitter.allowances({"x-rate-limit-limit": "many"}, now) == []


def test_a_text_is_read_as_it_was_written():
    assert as_written({"text": "Tom &amp; Jo", "entities": None}) == "Tom & Jo"
    assert comparable("At HTTPS://Example.org/A/ now") == "At example.org/a now"
