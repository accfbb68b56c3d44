"""Every kind of post on a Page: out once, with no call too many, resumed after any step."""

import io
from dataclasses import replace
from typing import Any

import pytest

from platforms import wire
from platforms.adapters.facebook import Facebook, videos
from platforms.checking import limits_for, problems_of, stopping
from platforms.errors import NotReady, NotSent, OutcomeUnknown, PlatformError, RateLimited, Rejected
from platforms.values import Absent, CannotTell, Found, Unpublished
from tests.content.films import film
from tests.platforms.journal import MemoryJournal
from tests.platforms.pages import FILM, KINDS, PART, PageAt, clip, photo

PARTS = -(-len(FILM) // PART)
CALLS = {
    "text": ["POST feed"],
    "link": ["POST feed"],
    "photo": ["POST photos"],
    "photos": ["POST photos"] * 3 + ["POST feed"],
    "video": ["POST videos start", *["POST videos transfer"] * PARTS, "POST videos finish"],
    "reel": [
        "POST video_reels start",
        "POST upload host",
        "GET video",
        "POST video_reels finish",
    ],
    "photo story": ["POST photos", "POST photo_stories"],
    "video story": [
        "POST video_stories start",
        "POST upload host",
        "GET video",
        "POST video_stories finish",
    ],
}
WITH_UPLOAD = [kind for kind in KINDS if kind not in ("text", "link", "photo")]
FILMED = ["video", "reel", "video story"]


def publish(page: PageAt, kind: str, journal: MemoryJournal | None = None) -> Any:
    return page.adapter().publish(KINDS[kind], journal or MemoryJournal())


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_out_with_its_media_and_at_the_address_of_the_receipt(a_page, kind):
    receipt = publish(a_page, kind)
    (live,) = a_page.sandbox.posts()
    rendition = KINDS[kind]
    assert (live["id"], live["url"]) == (receipt.remote_id, receipt.url)
    assert live["text"] == rendition.text
    assert [m["sha256"] for m in live["media"]] == [item.sha256 for item in rendition.media]
    assert [m["alt"] for m in live["media"]] == [item.alt for item in rendition.media]
    assert [m["type"] for m in live["media"]] == [item.type for item in rendition.media]


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_no_call_that_the_api_does_not_ask_for(a_page, kind):
    publish(a_page, kind)
    assert a_page.calls() == CALLS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_carries_a_version_and_a_proof(a_page, kind):
    publish(a_page, kind)
    for request in a_page.sandbox.received():
        assert "/v26.0/" in request["path"]
        if "video-upload" not in request["path"]:  # the upload host is no part of Graph
            said = request["parameters"] | request["query"]
            assert said.get("appsecret_proof"), request["path"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_connection_serves_the_whole_post(a_page, kind, monkeypatch):
    opened = []
    connect = wire._Watched.connect
    monkeypatch.setattr(wire._Watched, "connect", lambda self: (opened.append(1), connect(self))[1])
    publish(a_page, kind)
    assert len(opened) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_after_each_step_the_next_worker_does_the_rest_and_no_more(a_page, kind):
    journal = MemoryJournal()
    receipt = publish(a_page, kind, journal)
    for done in range(len(journal.steps)):
        a_page.sandbox.control("DELETE", "ledger")
        lived = MemoryJournal()
        cut = list(journal.steps)[done]
        with pytest.raises(Killed):
            a_page.adapter().publish(KINDS[kind], Killing(lived, cut))
        a_page.sandbox.control("DELETE", "requests")
        again = publish(a_page, kind, lived)
        assert len(a_page.sandbox.posts()) == 1, cut
        assert again.url.rsplit("/", 1)[0] == receipt.url.rsplit("/", 1)[0]
        assert len(a_page.calls()) <= len(CALLS[kind]), cut
    a_page.sandbox.control("DELETE", "requests")
    assert publish(a_page, kind, journal.reborn()) == receipt
    assert a_page.calls() == []


class Killed(BaseException):
    """The worker died before this step."""


class Killing:
    """A journal whose worker dies before one of its steps."""

    def __init__(self, journal: MemoryJournal, before: str) -> None:
        self.journal, self.before = journal, before

    def __getattr__(self, kind: str) -> Any:
        def step(name: str, *args: Any, **more: Any) -> Any:
            if name == self.before:
                raise Killed
            return getattr(self.journal, kind)(name, *args, **more)

        return step


@pytest.mark.parametrize("fault", ["reset_before", "reset_after_accept", "error_500_before"])
@pytest.mark.parametrize("kind", WITH_UPLOAD)
def test_an_upload_that_goes_wrong_is_done_again_and_the_post_is_out_once(a_page, kind, fault):
    calls = [call for call in CALLS[kind] if call != "GET video"][:-1]
    for skipped in range(len(calls)):
        a_page.sandbox.control("DELETE", "ledger")
        journal = MemoryJournal()
        for _ in range(skipped):
            a_page.sandbox.arm("facebook", "slow", call="upload")
        a_page.sandbox.arm("facebook", fault, call="upload")
        with pytest.raises(NotSent):
            publish(a_page, kind, journal)
        assert a_page.sandbox.posts() == []
        publish(a_page, kind, journal.reborn())
        assert len(a_page.sandbox.posts()) == 1
        a_page.sandbox.control("DELETE", "faults")


@pytest.mark.parametrize(
    "fault", ["reset_after_accept", "error_500_after_accept", "garbage", "wrong_content_type"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_answer_to_what_publishes_is_an_unknown_outcome_and_is_found(a_page, kind, fault):
    journal, adapter = MemoryJournal(), a_page.adapter()
    a_page.sandbox.arm("facebook", fault)
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS[kind], journal)
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS[kind], journal.reborn())
    (live,) = a_page.sandbox.posts()
    found = a_page.adapter().find(KINDS[kind], journal.records())
    assert isinstance(found, Found), found
    assert (found.remote_id, found.url) == (live["id"], live["url"])


@pytest.mark.parametrize("kind", KINDS)
def test_what_did_not_arrive_is_absent(a_page, kind):
    journal, adapter = MemoryJournal(), a_page.adapter()
    a_page.sandbox.arm("facebook", "reset_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS[kind], journal)
    assert isinstance(a_page.adapter().find(KINDS[kind], journal.records()), Absent)


@pytest.mark.parametrize("kind", KINDS)
def test_another_posts_id_is_not_taken_for_this_one(a_page, kind):
    journal = MemoryJournal()
    receipt = publish(a_page, kind, journal)
    others = frozenset({receipt.remote_id})
    found = a_page.adapter().find(KINDS[kind], journal.records(), others)
    assert isinstance(found, Absent | CannotTell)


@pytest.mark.parametrize("kind", ["reel", "video story"])
def test_a_video_that_is_being_prepared_is_waited_for_without_a_second_upload(a_page, kind):
    a_page.register(video_processing=2)
    journal = MemoryJournal()
    for _ in range(2):
        with pytest.raises(NotReady, match="still preparing video 1"):
            publish(a_page, kind, journal)
        assert a_page.sandbox.posts() == []
    publish(a_page, kind, journal)
    assert a_page.calls().count("POST upload host") == 1
    assert a_page.calls().count("GET video") == 3
    assert len(a_page.sandbox.posts()) == 1


def test_a_worker_that_goes_on_in_the_middle_is_told_which_part_is_next(a_page):
    journal = MemoryJournal()
    for _ in range(2):
        a_page.sandbox.arm("facebook", "slow", call="upload")
    a_page.sandbox.arm("facebook", "reset_after_accept", call="upload")
    with pytest.raises(NotSent):
        publish(a_page, "video", journal)
    a_page.sandbox.control("DELETE", "requests")
    publish(a_page, "video", journal)
    # One part too many: the first again, which is refused with the place to go on at.
    assert a_page.calls().count("POST videos transfer") == PARTS - 2 + 1
    (live,) = a_page.sandbox.posts()
    assert live["media"][0]["sha256"] == KINDS["video"].media[0].sha256


@pytest.mark.parametrize("kind", ["photos", "photo story"])
def test_other_pictures_than_before_are_uploaded_anew(a_page, kind):
    """The piece was edited between two tries."""
    journal, rendition = MemoryJournal(), KINDS[kind]
    a_page.sandbox.arm("facebook", "rate_limit")
    with pytest.raises(RateLimited):
        publish(a_page, kind, journal)
    others = tuple(replace(photo(2), position=p.position) for p in rendition.media)
    a_page.adapter().publish(replace(rendition, media=others), journal)
    (live,) = a_page.sandbox.posts()
    assert {m["sha256"] for m in live["media"]} == {photo(2).sha256}


@pytest.mark.parametrize("kind", FILMED)
def test_another_video_than_before_is_uploaded_anew(a_page, kind):
    journal, rendition, other = MemoryJournal(), KINDS[kind], film(9.0)
    a_page.sandbox.arm("facebook", "rate_limit")
    with pytest.raises(RateLimited):
        publish(a_page, kind, journal)
    adapter = a_page.adapter(open_media=lambda item: io.BytesIO(other))
    adapter.publish(replace(rendition, media=(clip(other),)), journal)
    (live,) = a_page.sandbox.posts()
    assert live["media"][0]["sha256"] == clip(other).sha256


def test_an_address_that_is_not_facebooks_gets_no_token(a_page, server):
    begun = {"video_id": "1", "url": f"{server.url}/steal"}
    session = videos.Session(a_page.adapter().page, "video_reels", KINDS["reel"].media[0])
    session.is_new = True
    with pytest.raises(PlatformError, match="an address for it that is not its own"):
        session._send(begun)
    assert server.received == []


def test_a_file_that_facebook_cannot_use_fails_in_words(a_page, monkeypatch):
    monkeypatch.setattr("tests.platforms.pages.FILM", bytes(len(FILM)))
    with pytest.raises(Rejected, match=r"Facebook refused video 1: .*no video in the file"):
        publish(a_page, "reel")
    with pytest.raises(Rejected, match="it cannot read the video"):
        publish(a_page, "video")
    assert a_page.sandbox.posts() == []


@pytest.mark.parametrize("kind", KINDS)
def test_our_checks_agree_with_the_sandbox(a_page, kind):
    limits = limits_for(Facebook, KINDS[kind].channel, {})
    assert stopping(problems_of(Facebook, KINDS[kind], limits)) == []


@pytest.mark.parametrize("kind", [k for k in KINDS if "story" not in k])
def test_its_text_can_be_changed_and_it_can_be_commented_on(a_page, kind):
    receipt = publish(a_page, kind)
    a_page.adapter().edit(receipt.remote_id, "Said better.", MemoryJournal())
    a_page.adapter().comment(receipt.remote_id, "First.", MemoryJournal())
    assert a_page.sandbox.texts() == ["Said better.", "First."]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_back_deleted_and_then_gone(a_page, kind):
    receipt, channel = publish(a_page, kind), KINDS[kind].channel
    seen = a_page.adapter().read_back(receipt.remote_id, channel)
    assert isinstance(seen, Found)
    assert (seen.remote_id, seen.url) == (receipt.remote_id, receipt.url)
    assert seen.text == (None if channel == "story" else KINDS[kind].text)
    a_page.sandbox.arm("facebook", "error_500_before", call="read")
    assert isinstance(a_page.adapter().read_back(receipt.remote_id, channel), CannotTell)
    for _ in range(2):
        a_page.adapter().delete(receipt.remote_id, MemoryJournal())
    assert a_page.sandbox.texts() == []
    assert isinstance(a_page.adapter().read_back(receipt.remote_id, channel), Absent)


DISCLOSING = {  # kind: what can be disclosed, and the call that says it
    "text": ("sponsor_id", "POST feed"),
    "link": ("sponsor_id", "POST feed"),
    "photo": ("sponsor_id", "POST photos"),
    "photos": ("sponsor_id", "POST feed"),
    "video": ("sponsor_id is_ai_generated", "POST videos finish"),
    "reel": ("is_ai_generated", "POST video_reels finish"),
    "video story": ("is_ai_generated", "POST video_stories finish"),
}
CHOSEN = {"sponsor_id": ("sponsor_id", "5005"), "is_ai_generated": ("ai_generated", True)}


@pytest.mark.parametrize("kind", DISCLOSING)
def test_what_has_to_be_disclosed_is_said_with_the_post(a_page, kind):
    names, call = DISCLOSING[kind]
    chosen = dict(CHOSEN[name] for name in names.split())
    rendition = replace(KINDS[kind], options=chosen)
    limits = limits_for(Facebook, rendition.channel, {})
    assert stopping(problems_of(Facebook, rendition, limits)) == []
    a_page.adapter().publish(rendition, MemoryJournal())
    told = [
        {name: request["parameters"].get(name) for name in names.split()}
        for request, asked in zip(a_page.sandbox.received(), a_page.calls(), strict=True)
        if asked == call
    ]
    assert told[-1] == {n: {"sponsor_id": "5005", "is_ai_generated": "true"}[n] for n in told[-1]}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_disclosed_that_was_not_asked_for(a_page, kind):
    publish(a_page, kind)
    for request in a_page.sandbox.received():
        assert not {"sponsor_id", "is_ai_generated"} & set(request["parameters"] or {})


@pytest.mark.parametrize(
    ("kind", "chosen", "words"),
    [
        ("text", {"ai_generated": True}, "for videos only"),
        ("photo story", {"ai_generated": True}, "for videos only"),
        ("reel", {"sponsor_id": "5005"}, "no option"),
        ("text", {"sponsor_id": "Glen & Loom"}, "by the number of its Facebook Page"),
        ("text", {"sponsor_id": "٣"}, "by the number of its Facebook Page"),
        ("video", {"ai_generated": "yes"}, "on or off"),
        ("text", {"glitter": True}, "no option"),
    ],
)
def test_what_cannot_be_disclosed_there_is_said_before(kind, chosen, words):
    rendition = replace(KINDS[kind], options=chosen)
    limits = limits_for(Facebook, rendition.channel, {})
    sentences = [p.sentence for p in stopping(problems_of(Facebook, rendition, limits))]
    assert any(words in sentence for sentence in sentences), sentences


@pytest.mark.parametrize("kind", ["video", "reel"])
def test_a_video_that_is_prepared_still_or_could_not_be_is_read_back_as_such(a_page, kind):
    receipt, channel = publish(a_page, kind), KINDS[kind].channel
    a_page.register(video_after="processing")
    seen = a_page.adapter().read_back(receipt.remote_id, channel)
    assert seen == CannotTell(f"Facebook is still preparing video {receipt.remote_id}.")
    a_page.register(video_after="error")
    failed = a_page.adapter().read_back(receipt.remote_id, channel)
    assert isinstance(failed, Unpublished)
    assert failed.evidence.endswith("The video file cannot be processed.")


@pytest.mark.parametrize("kind", ["text", "video", "reel"])
def test_its_figures_are_read_in_sets_and_one_that_is_refused_costs_no_other(a_page, kind):
    a_page.register(insights={"post_media_view": 120, "fb_reels_total_plays": 90, "post_clicks": 7})
    receipt = publish(a_page, kind)
    channel = KINDS[kind].channel
    figures = {m.means: m.value for m in a_page.adapter().post_metrics(receipt.remote_id, channel)}
    assert figures["views"] == (120 if kind == "text" else 90)
    assert figures["comments"] == 0
    error = {"code": 100, "message": "(#100) The value must be a valid insights metric"}
    a_page.sandbox.arm("facebook", "slow", call="read")
    a_page.sandbox.arm("facebook", "refuse", call="read", error=error)
    fewer = {m.means for m in a_page.adapter().post_metrics(receipt.remote_id, channel)}
    assert "comments" in fewer
    a_page.sandbox.arm("facebook", "refuse", call="read", times=0, error=error)
    with pytest.raises(Rejected):
        a_page.adapter().post_metrics(receipt.remote_id, channel)


def test_the_pages_own_figures_are_read(a_page):
    a_page.register(insights={"page_media_view": 1200, "page_follows": 80})
    figures = {m.name: (m.value, m.means) for m in a_page.adapter().account_metrics()}
    assert figures["page_media_view"] == (1200, "views")
    assert figures["page_follows"] == (80, "followers")


def test_a_version_that_has_ended_gives_way_to_the_fallback_and_staff_are_told(a_page):
    adapter = a_page.adapter(version="v21.0", fallback_version="v26.0")
    adapter.publish(KINDS["photos"], MemoryJournal())
    assert len(a_page.sandbox.posts()) == 1
    asked = [request["path"].split("/")[2] for request in a_page.sandbox.received()]
    assert asked == ["v21.0", *["v26.0"] * 4]
    (remark,) = adapter.connection.client.remarks
    assert remark == (
        "Facebook no longer takes version v21.0 of its interface, so v26.0 is used. Set a newer "
        "one under Platforms in the admin."
    )


def test_without_a_fallback_an_ended_version_is_a_refusal_in_words(a_page):
    adapter = a_page.adapter(version="v21.0")
    with pytest.raises(Rejected, match="this version of its interface has ended"):
        adapter.publish(KINDS["text"], MemoryJournal())


def test_the_thirty_first_reel_of_a_day_waits(a_page):
    a_page.register(reels=1)
    publish(a_page, "reel")
    with pytest.raises(RateLimited):
        publish(a_page, "reel")
    assert len(a_page.sandbox.posts()) == 1
