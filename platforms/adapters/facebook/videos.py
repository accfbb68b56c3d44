"""Bringing a video to Facebook: in parts it asks for, or as a session on its upload host.

Until the request that publishes, nothing is seen by anybody, so all of this may be repeated.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from platforms import rupload
from platforms.adapters.facebook.page import Page
from platforms.contract import Journal
from platforms.errors import NotReady, Unclear, VideoRefused
from platforms.graph_errors import WRONG_OFFSET, refusal
from platforms.http import Answer
from platforms.telling import POST, Act, video
from platforms.values import Json, MediaItem

SESSION_LIFE = timedelta(hours=23)  # an upload that is not published is dropped after a day
OFFSETS = ("start_offset", "end_offset")
BROKEN = frozenset({"error", "upload_failed", "expired"})


def upload_in_parts(page: Page, item: MediaItem, journal: Journal) -> Json:
    """Upload for a video post; return its `video_id` and the `session` that can publish it.

    Facebook says which part it wants next, from byte to byte. A worker that goes on where another
    one ended begins anew, and is told at once how much is there (as Meta's own SDK does it).
    """
    about = {"sha256": item.sha256}
    begun = journal.repeatable("upload:start", partial(_start, page, item), SESSION_LIFE, about)
    send = partial(_send_parts, page, item, begun)
    journal.repeatable("upload:parts", send, SESSION_LIFE, about)
    return begun


def _start(page: Page, item: MediaItem) -> Json:
    act = video(item.position)
    words = {"upload_phase": "start", "file_size": item.size}
    said = _ask_videos(page, act, words)
    return {
        "session": page.graph.id_in(said, act, "upload_session_id"),
        "video_id": page.graph.id_in(said, act, "video_id"),
        "start": _offset(page, act, said, "start_offset"),
        "end": _offset(page, act, said, "end_offset"),
    }


def _send_parts(page: Page, item: MediaItem, begun: Json) -> Json:
    act, start, end = video(item.position), begun["start"], begun["end"]
    may_be_corrected = True
    while start < end:
        answer = _send_part(page, item, begun["session"], start, end)
        moved = _wanted_instead(answer) if may_be_corrected else None
        if moved is not None:
            may_be_corrected = False
            start, end = (_offset(page, act, moved, name) for name in OFFSETS)
            continue
        page.graph.check(answer, act)
        sent, (start, end) = start, (_offset(page, act, answer.json(), name) for name in OFFSETS)
        if start <= sent:
            raise page.tell.error(Unclear, act, "it asks for the same part again")
    return {"sent": item.size}


def _send_part(page: Page, item: MediaItem, session: str, start: int, end: int) -> Answer:
    name = f"video.{'mov' if item.mime == 'video/quicktime' else 'mp4'}"
    part = page.connection.stream_of(item, start, end)
    return page.graph.request(
        "POST",
        f"{page.id}/videos",
        {"upload_phase": "transfer", "upload_session_id": session, "start_offset": start},
        files={"video_file_chunk": (name, part, "application/octet-stream")},
        host=page.video_host,
    )


def _wanted_instead(answer: Answer) -> Json | None:
    """The part Facebook wants instead, from a refusal that says the offset is wrong."""
    said = refusal(answer) or {}
    wanted = said.get("error_data")
    is_said = said.get("error_subcode") == WRONG_OFFSET and isinstance(wanted, dict)
    return wanted if is_said else None


def _offset(page: Page, act: Act, said: Json, name: str) -> int:
    try:
        return int(said[name])
    except (KeyError, TypeError, ValueError) as error:
        raise page.tell.error(Unclear, act, "it did not say which part it wants") from error


def finish_parts(page: Page, begun: Json, words: Mapping[str, str]) -> Json:
    """Publish what was uploaded in parts. `words`: what is said of it, in Graph's names."""
    words = {"upload_phase": "finish", "upload_session_id": begun["session"], **words}
    said = _ask_videos(page, POST, {name: value for name, value in words.items() if value})
    page.graph.expect_success(said, POST)
    return {"id": begun["video_id"]}


def _ask_videos(page: Page, act: Act, words: dict[str, Any]) -> Json:
    return page.graph.ask(act, "POST", f"{page.id}/videos", words, host=page.video_host)


class Session:
    """A reel's or a video story's upload. `edge`: "video_reels" or "video_stories"."""

    def __init__(self, page: Page, edge: str, item: MediaItem) -> None:
        self.page, self.edge, self.item = page, edge, item
        self.act = video(item.position)
        self.is_new = False  # begun by this worker, so that nothing of the file is there yet

    def upload(self, journal: Journal) -> str:
        """Bring the video there and wait until Facebook has it; return the id it is given.

        Raises NotReady while it is being prepared.
        """
        about = {"sha256": self.item.sha256}
        begun = journal.repeatable("upload:start", self._start, SESSION_LIFE, about)
        journal.repeatable("upload:file", partial(self._send, begun), SESSION_LIFE, about)
        look = partial(self._look, begun["video_id"])
        journal.repeatable("upload:ready", look, SESSION_LIFE, about)
        return str(begun["video_id"])

    def _start(self) -> Json:
        path = f"{self.page.id}/{self.edge}"
        said = self.page.graph.ask(self.act, "POST", path, {"upload_phase": "start"})
        self.is_new = True
        return {
            "video_id": self.page.graph.id_in(said, self.act, "video_id"),
            "url": self.page.graph.id_in(said, self.act, "upload_url"),
        }

    def _send(self, begun: Json) -> Json:
        """Send what is missing: all, or from the byte that Facebook has come to."""
        offset = 0 if self.is_new else self._there(begun["video_id"])
        if offset < self.item.size:
            rupload.send_rest(self.page.graph, begun["url"], self.item, self.act, offset)
        return {"sent": self.item.size}

    def _there(self, video_id: str) -> int:
        phase = self._status(video_id).get("uploading_phase") or {}
        if phase.get("status") in ("complete", "completed"):
            return self.item.size
        # The guide spells it with one r, the description of the API with two.
        told = phase.get("bytes_transfered", phase.get("bytes_transferred", 0))
        return told if isinstance(told, int) and 0 <= told <= self.item.size else 0

    def _status(self, video_id: str) -> Json:
        said = self.page.graph.ask(self.act, "GET", video_id, {"fields": "status"})
        status = said.get("status")
        if not isinstance(status, dict):
            raise self.page.tell.error(Unclear, self.act, "it did not say how far it is")
        return status

    def _look(self, video_id: str) -> Json:
        """Look once. Raises NotReady, or VideoRefused when Facebook cannot use the file.

        Some videos are prepared only once they are published, so that "not started" is ready.
        """
        status = self._status(video_id)
        phases = [status.get(f"{name}_phase") or {} for name in ("uploading", "processing")]
        if status.get("video_status") in BROKEN or any(p.get("status") == "error" for p in phases):
            raise self.page.tell.error(VideoRefused, self.act, trouble_in(phases))
        uploading, processing = (phase.get("status") for phase in phases)
        if uploading not in ("complete", "completed") or processing == "in_progress":
            raise self.page.tell.error(NotReady, self.act)
        return {"ready": True}

    def finish(self, video_id: str, said_of_it: Mapping[str, str]) -> Json:
        """Publish it. Facebook names the post of a story; a reel goes by the id of its video.

        `said_of_it`: what is said of it, in Graph's names.
        """
        words = {
            "upload_phase": "finish",
            "video_id": video_id,
            "video_state": "PUBLISHED",
            **said_of_it,
        }
        said = self.page.graph.ask(
            POST, "POST", f"{self.page.id}/{self.edge}", {k: v for k, v in words.items() if v}
        )
        self.page.graph.expect_success(said, POST)
        return {"id": video_id, "post_id": str(said.get("post_id") or "")}


def trouble_in(phases: list[Json]) -> str:
    """Return why Facebook cannot use a video, by the first phase of its status that says so."""
    for phase in phases:
        errors = phase.get("errors") or ([phase["error"]] if phase.get("error") else [])
        for error in errors:
            if isinstance(error, dict) and error.get("message"):
                return str(error["message"])
    return "it cannot use the video. Export it anew as MP4 (H.264 and AAC)"
