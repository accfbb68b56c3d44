"""Uploads that broke off, and answers that make no sense, with recorded replies."""

from typing import Any

import pytest

from platforms.errors import NotReady, NotSent, PlatformError, Rejected
from tests.platforms.journal import MemoryJournal, Step
from tests.platforms.pages import FILM, KINDS, PAGE
from tests.platforms.replies import Reply, ReplyServer

VIDEO = "777"
ABOUT = {"sha256": KINDS["reel"].media[0].sha256}


def status(**phases: Any) -> Reply:
    return Reply(200, {"id": VIDEO, "status": phases})


def begun(server: ReplyServer) -> MemoryJournal:
    """The journal of a worker that died in the middle of a reel's upload."""
    result = {"video_id": VIDEO, "url": f"{server.url}/up"}
    return MemoryJournal({"upload:start": Step("repeatable", ABOUT, "done", result=result)})


@pytest.fixture
def adapter(a_page, server):
    return a_page.adapter(base_url=server.url)


@pytest.mark.parametrize("name", ["bytes_transfered", "bytes_transferred"])
def test_a_file_that_broke_off_goes_on_at_the_byte_that_is_there(adapter, server, name):
    half = status(uploading_phase={"status": "in_progress", name: 500})
    done = status(uploading_phase={"status": "complete"}, processing_phase={"status": "complete"})
    server.on("GET", f"/v26.0/{VIDEO}", half, done)
    server.on("POST", "/up", Reply(200, {"success": True}))
    server.on("POST", f"/v26.0/{PAGE}/video_reels", Reply(200, {"success": True}))
    adapter.publish(KINDS["reel"], begun(server))
    (sent,) = server.sent("POST", "/up")
    assert sent.headers["offset"] == "500"
    assert sent.headers["file_size"] == str(len(FILM))
    assert sent.body == FILM[500:]
    assert sent.headers["authorization"].startswith("OAuth ")


def test_a_file_that_is_there_is_not_sent_again(adapter, server):
    done = status(uploading_phase={"status": "complete"}, processing_phase={"status": "complete"})
    server.on("GET", f"/v26.0/{VIDEO}", done)
    server.on("POST", f"/v26.0/{PAGE}/video_reels", Reply(200, {"success": True}))
    adapter.publish(KINDS["reel"], begun(server))
    assert server.sent("POST", "/up") == []


@pytest.mark.parametrize(
    ("phases", "expected", "words"),
    [
        ({"uploading_phase": {"status": "in_progress"}}, NotReady, "still preparing video 1"),
        (
            {
                "uploading_phase": {"status": "complete"},
                "processing_phase": {"status": "in_progress"},
            },
            NotReady,
            "still preparing",
        ),
        (
            {
                "uploading_phase": {"status": "complete"},
                "processing_phase": {"status": "error", "errors": [{"message": "Bad codec"}]},
            },
            Rejected,
            "Facebook refused video 1: Bad codec",
        ),
        (
            {
                "uploading_phase": {"status": "complete"},
                "processing_phase": {"status": "error", "error": {"message": "Too loud"}},
            },
            Rejected,
            "Too loud",
        ),
        ({"video_status": "expired"}, Rejected, "it cannot use the video"),
    ],
)
def test_what_the_status_means(adapter, server, phases, expected, words):
    journal = begun(server)
    journal.steps["upload:file"] = Step("repeatable", ABOUT, "done", result={"sent": 1})
    server.on("GET", f"/v26.0/{VIDEO}", status(**phases))
    with pytest.raises(expected, match=words):
        adapter.publish(KINDS["reel"], journal)
    assert server.sent("POST") == []


def test_one_that_is_prepared_only_when_published_is_not_waited_for(adapter, server):
    journal = begun(server)
    journal.steps["upload:file"] = Step("repeatable", ABOUT, "done", result={"sent": 1})
    ready = status(
        uploading_phase={"status": "complete"}, processing_phase={"status": "not_started"}
    )
    server.on("GET", f"/v26.0/{VIDEO}", ready)
    server.on("POST", f"/v26.0/{PAGE}/video_reels", Reply(200, {"success": True}))
    assert adapter.publish(KINDS["reel"], journal).remote_id == VIDEO


@pytest.mark.parametrize("answer", [Reply(200, {}), Reply(200, {"success": False}), Reply(500)])
def test_an_upload_host_that_does_not_say_yes_is_asked_again_later(adapter, server, answer):
    server.on("GET", f"/v26.0/{VIDEO}", status(uploading_phase={"status": "in_progress"}))
    server.on("POST", "/up", answer)
    with pytest.raises(NotSent):
        adapter.publish(KINDS["reel"], begun(server))


def offsets(start: object, end: object) -> Reply:
    said = {"upload_session_id": "s", "video_id": VIDEO, "start_offset": start, "end_offset": end}
    return Reply(200, said)


def moved(start: int, end: int) -> Reply:
    error = {"message": "Try again", "code": 6001, "error_subcode": 1363037}
    error |= {"error_data": {"start_offset": str(start), "end_offset": str(end)}}
    return Reply(400, {"error": error})


@pytest.mark.parametrize(
    "replies",
    [
        [offsets("0", "10"), offsets("0", "10")],  # the same part again
        [offsets("0", "10"), offsets("10", "20"), offsets("5", "20")],  # back
        [offsets("0", "10"), moved(4, 10), moved(2, 10)],  # never content
        [offsets(None, "10")],
        [offsets("0", "x")],
    ],
)
def test_a_platform_that_asks_in_circles_is_not_followed(adapter, server, replies):
    server.on("POST", f"/v26.0/{PAGE}/videos", *replies)
    with pytest.raises(PlatformError):
        adapter.publish(KINDS["video"], MemoryJournal())
    assert len(server.received) <= len(replies)
