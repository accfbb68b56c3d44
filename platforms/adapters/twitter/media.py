"""Pictures, GIFs and videos: from our disk to a media id that a post can name.

Pictures go in one request. GIFs and videos go in segments and are processed then. An upload that
broke off begins anew with an id of its own: X does not say which segments it has, and what nobody
posts is dropped after a day. Source: X's "Upload media" and the paths below `/2/media`.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from platforms.adapters.twitter.api import Api
from platforms.contract import Journal
from platforms.errors import NotReady, Rejected, Unclear, VideoRefused
from platforms.telling import Act, picture, video
from platforms.values import Json, MediaItem

UPLOAD_LIFE = timedelta(hours=20)  # an id is good for a day
SEGMENT = 5_000_000  # bytes; X counts segments from 0 to 999
WAIT, WAIT_MAX = 5, 300  # seconds until a video is looked at again, where X says nothing sensible
GIF = "image/gif"


def media_id_of(api: Api, item: MediaItem, journal: Journal) -> str:
    """Bring one to X, described, and return its id. Raises NotReady while it is processed."""
    step, same = f"media:{item.position}", {"media": item.identity}
    whole = item.type == "image" and item.mime != GIF
    send = partial(_send_whole if whole else _send_in_segments, api, item)
    sent = journal.repeatable(step, send, UPLOAD_LIFE, same)
    if sent.get("processing"):
        look = partial(_look, api, item, str(sent["id"]))
        journal.repeatable(f"{step}:ready", look, UPLOAD_LIFE, {**same, "id": sent["id"]})
    if item.type == "image" and item.alt:
        describe = partial(_describe, api, item, str(sent["id"]))
        about = {"id": sent["id"], "alt": item.alt}
        journal.repeatable(f"{step}:alt", describe, UPLOAD_LIFE, about)
    return str(sent["id"])


def _act(item: MediaItem) -> Act:
    return video(item.position) if item.type == "video" else picture(item.position)


def _send_whole(api: Api, item: MediaItem) -> Json:
    name = f"picture.{item.mime.removeprefix('image/')}"
    said = api.ask(
        _act(item), "POST", "media/upload",
        data={"media_category": "tweet_image"},
        files={"media": (name, api.connection.bytes_of(item), item.mime)},
    )  # fmt: skip
    return {"id": api.id_in(said, _act(item))}


def _send_in_segments(api: Api, item: MediaItem) -> Json:
    act = _act(item)
    about: dict[str, Any] = {
        "media_type": item.mime,
        "media_category": "tweet_gif" if item.mime == GIF else "tweet_video",
        "total_bytes": item.size,
    }
    media_id = api.id_in(api.ask(act, "POST", "media/upload/initialize", json=about), act)
    for index, start in enumerate(range(0, item.size, SEGMENT)):
        part = api.connection.stream_of(item, start, start + SEGMENT)
        answer = api.request(
            "POST", f"media/upload/{media_id}/append",
            data={"segment_index": index},
            files={"media": ("segment", part, "application/octet-stream")},
        )  # fmt: skip
        api.check(answer, act)
    said = api.ask(act, "POST", f"media/upload/{media_id}/finalize")
    api.id_in(said, act)
    return {"id": media_id, "processing": "processing_info" in api.data_in(said, act)}


def _look(api: Api, item: MediaItem, media_id: str) -> Json:
    """Look once. Raises NotReady, or Rejected when X cannot use the file."""
    act = _act(item)
    query = {"command": "STATUS", "media_id": media_id}
    data = api.data_in(api.ask(act, "GET", "media/upload", params=query), act)
    said = data.get("processing_info")
    said = said if isinstance(said, dict) else {"state": "succeeded" if "id" in data else ""}
    match said.get("state"):
        case "succeeded":
            return {"ready": True}
        case "failed":
            kind = VideoRefused if item.type == "video" else Rejected
            raise api.tell.error(kind, act, _trouble(said))
        case "pending" | "in_progress":
            seconds = said.get("check_after_secs")
            wait = min(seconds, WAIT_MAX) if type(seconds) is int and seconds > 0 else WAIT
            until = datetime.now(UTC) + timedelta(seconds=wait)
            raise api.tell.error(NotReady, act, until=until)
    raise api.tell.error(Unclear, act, "it did not say how far it is")


def _trouble(said: Json) -> str:
    error = said.get("error")
    words = error.get("message") if isinstance(error, dict) else ""
    return str(words or "it could not process the file")


def _describe(api: Api, item: MediaItem, media_id: str) -> Json:
    said = {"id": media_id, "metadata": {"alt_text": {"text": item.alt}}}
    answer = api.request("POST", "media/metadata", json=said)
    api.check(answer, _act(item))
    return {"described": True}
