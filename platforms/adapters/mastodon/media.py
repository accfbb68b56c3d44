"""Pictures and videos: from our disk to an upload that a status can name.

A server takes a picture at once (200). Videos, moving GIFs and, before 4.0, pictures too are
prepared afterwards (202), and asked for until they are: nobody waits in between.

Source: Mastodon's documentation of `media`.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from platforms.adapters.mastodon.server import Server
from platforms.contract import Connection, Journal
from platforms.errors import NotReady, PlatformError, Rejected, VideoRefused
from platforms.http import Answer
from platforms.telling import Act, picture, video
from platforms.values import Json, MediaItem

UPLOAD_LIFE = timedelta(hours=12)  # Mastodon drops unused uploads after a day (unsure)
PROCESSING = timedelta(seconds=10)  # until an upload that is being prepared is looked at again
MIDDLE = (0.5, 0.5)
ENDINGS = {"video/quicktime": "mov"}


def media_id_of(server: Server, connection: Connection, item: MediaItem, journal: Journal) -> str:
    """Bring one to the server and return its id. Raises NotReady while it is being prepared."""
    step = f"media:{item.position}"
    same = {"media": item.identity, "alt": item.alt, "focus": focus_of(item)}
    send = partial(_send, server, connection, item)
    upload = journal.repeatable(step, send, UPLOAD_LIFE, same)
    if not upload["ready"]:
        look = partial(_look, server, item, str(upload["id"]))
        journal.repeatable(f"{step}:ready", look, UPLOAD_LIFE, {**same, "id": upload["id"]})
    return str(upload["id"])


def focus_of(item: MediaItem) -> str:
    """Return what matters most as Mastodon has it: from -1 to 1, upwards; empty for the middle."""
    if item.type != "image" or (item.focus_x, item.focus_y) == MIDDLE:
        return ""
    return f"{item.focus_x * 2 - 1:.2f},{1 - item.focus_y * 2:.2f}"


def _act(item: MediaItem) -> Act:
    return video(item.position) if item.type == "video" else picture(item.position)


def _send(server: Server, connection: Connection, item: MediaItem) -> Json:
    kind, _, ending = item.mime.partition("/")
    name = f"{'video' if kind == 'video' else 'picture'}.{ENDINGS.get(item.mime, ending)}"
    content: Any = connection.stream_of(item) if item.type == "video" else connection.bytes_of(item)
    said = {"description": item.alt, "focus": focus_of(item)}
    answer = server.request(
        "POST",
        "/api/v2/media",
        files={"file": (name, content, item.mime)},
        data={name: words for name, words in said.items() if words} or None,
    )
    _check(server, answer, item)
    return {"id": server.id_in(answer.json(), _act(item)), "ready": answer.status != 202}


def _look(server: Server, item: MediaItem, upload: str) -> Json:
    """Look once. Raises NotReady, or Rejected when the server cannot use the file."""
    answer = server.request("GET", f"/api/v1/media/{upload}")
    _check(server, answer, item)
    if answer.status == 206:  # with or without the rest of it
        raise server.tell.error(NotReady, _act(item), until=datetime.now(UTC) + PROCESSING)
    server.id_in(answer.json(), _act(item))  # a page of a proxy is no yes
    return {"ready": True}


def _check(server: Server, answer: Answer, item: MediaItem) -> None:
    """Raise what a refusal means; of a video VideoRefused, so that the post may go without it."""
    try:
        server.check(answer, _act(item))
    except PlatformError as error:
        if type(error) is Rejected and item.type == "video":
            raise VideoRefused(error.sentence) from error
        raise
