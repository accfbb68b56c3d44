"""Videos, reels and video stories: their parts, how far they are, and what is refused."""

from __future__ import annotations

from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.platform import Refused
from sandbox.video_uploads import VideoUpload, VideoUploads
from sandbox.wire import Request, Response, json_response

PART = 16 * 1024 * 1024  # bytes asked for at once, unless the account's `video_part` says otherwise
WRONG_OFFSET = 1363037
MOST_TEXT = 63_206  # characters
REELS = 30  # a day, for each Page
RATIO, SLACK = 9 / 16, 0.02
SMALLEST = (540, 960)  # pixels
SECONDS = {"video_reels": (3, 90), "video_stories": (3, 60)}


def part_wanted(upload: VideoUpload, account: Account) -> dict[str, str]:
    """From and up to which byte the next part goes; both are the end once all is there."""
    part = int(account.limits.get("video_part", PART))
    end = min(upload.received + part, upload.size)
    return {"start_offset": str(upload.received), "end_offset": str(end)}


def take_part(upload: VideoUpload, account: Account, said: dict[str, Any], data: bytes) -> None:
    """Add one part. Raises `Refused` when it is not the one that is wanted."""
    wanted = part_wanted(upload, account)
    start = str(graph.whole(said.get("start_offset"), "start_offset"))
    length = int(wanted["end_offset"]) - int(wanted["start_offset"])
    if start != wanted["start_offset"] or len(data) != length:
        message = "There was a problem uploading your video file. Please try again."
        raise Refused(graph.error(6001, message, subcode=WRONG_OFFSET, more={"error_data": wanted}))
    upload.write(data)


def take_rest(uploads: VideoUploads, upload: VideoUpload, request: Request) -> Response:
    """The upload host: the file from `offset` to its end, in one request."""
    with uploads.guard:
        return _take_rest(upload, request)


def _take_rest(upload: VideoUpload, request: Request) -> Response:
    try:
        offset, size = int(request.headers["offset"]), int(request.headers["file_size"])
    except (KeyError, ValueError):
        return trouble("ParameterValidationError", "Header Offset not convertable to unsigned long")
    if offset != upload.received:
        return trouble("OffsetInvalidError", f"Request starting offset is not {upload.received}")
    if offset + len(request.body) != size:
        return trouble("PartialRequestError", "Partial request (did not match length of file)")
    upload.size = size
    upload.write(request.body)
    if upload.measured() is None:
        return trouble("ProcessingFailedError", "Request processing failed: no video in the file")
    return json_response({"success": True}, created=True)


def trouble(kind: str, message: str, status: int = 400) -> Response:
    """The upload host has errors of its own shape."""
    said = {"retriable": False, "type": kind, "message": message}
    return json_response({"debug_info": said}, status)


def look(upload: VideoUpload) -> dict[str, Any]:
    """How far the upload is. Processing takes as many looks as the account's limits say."""
    ready = upload.complete and upload.looks_left == 0
    if upload.complete and upload.looks_left:
        upload.looks_left -= 1
    uploading = "complete" if upload.complete else "in_progress"
    processing = "complete" if ready else "in_progress" if upload.complete else "not_started"
    publishing: dict[str, Any] = {"status": "not_started"}
    if upload.published:
        publishing = {"status": "complete", "publish_status": "published"}
    states = {"complete": "ready", "in_progress": "processing", "not_started": "uploading"}
    return {
        "video_status": states[processing],
        "uploading_phase": {"status": uploading, "bytes_transfered": upload.received},
        "processing_phase": {"status": processing},
        "publishing_phase": publishing,
    }


def check_upright(upload: VideoUpload) -> None:
    """The rules of reels and video stories. Raises `Refused`."""
    film = upload.measured()
    if not upload.complete or film is None:
        raise graph.invalid("Video Upload Is Missing", subcode=1363130)
    least, most = SECONDS[upload.edge]
    if abs(film.width / film.height - RATIO) > SLACK:
        raise graph.invalid("Video aspect ratio is not 9:16", subcode=1363040)
    if film.width < SMALLEST[0] or film.height < SMALLEST[1]:
        raise graph.invalid("Video resolution is too low", subcode=1363127)
    if not least <= film.seconds <= most:
        raise graph.invalid("Video duration is out of range", subcode=1363128)
