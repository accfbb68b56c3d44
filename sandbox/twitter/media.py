"""Uploads: whole pictures, GIFs and videos in segments, and how far the processing is."""

from __future__ import annotations

from typing import Any

from sandbox.accounts import Account
from sandbox.forms import File
from sandbox.images import measure
from sandbox.ledger import Media
from sandbox.platform import Refused
from sandbox.twitter.problems import invalid, refused
from sandbox.twitter.shapes import NAME, snowflake
from sandbox.uploads import Upload
from sandbox.video_uploads import VideoUpload
from sandbox.wire import Response, json_response
from sandbox.world import World

LASTS = 86_400  # seconds
IMAGE_MAX, GIF_MAX, SEGMENT_MAX = 5 * 1024 * 1024, 15 * 1024 * 1024, 5 * 1024 * 1024
IMAGES = ("image/jpeg", "image/png", "image/webp")
CATEGORIES = {
    "tweet_image": IMAGES,
    "tweet_gif": ("image/gif",),
    "tweet_video": ("video/mp4", "video/quicktime"),
}
ALT_MAX = 1_000
SECONDS, PREMIUM_SECONDS = 20 * 60, 125 * 60  # the longest video


def take_whole(world: World, account: Account, said: dict[str, Any], file: File | None) -> Response:
    """A picture in one request."""
    category = said.get("media_category")
    if category not in CATEGORIES:
        raise invalid(f"media_category [{category}] is not one of {', '.join(CATEGORIES)}")
    if file is None:
        raise invalid("media is required")
    found = measure(file.data)
    if found is None or found.mime not in CATEGORIES["tweet_image"] or category != "tweet_image":
        raise invalid("Media type unrecognized.")
    if len(file.data) > IMAGE_MAX:
        raise refused(413, "Payload Too Large", "Image file size must be <= 5242880 bytes")
    digest = world.shelf.keep(file.data)
    media = Media("image", "", digest, found.width, found.height)
    upload = Upload(NAME, account.id, snowflake(world), media, found.mime)
    world.uploads.keep(upload)
    return described(upload.id, len(file.data), {"image": {"w": found.width, "h": found.height}})


def described(name: str, size: int, more: dict[str, Any] | None = None) -> Response:
    said = {"id": name, "media_key": f"3_{name}", "size": size, "expires_after_secs": LASTS}
    return json_response({"data": {**said, **(more or {})}}, created=True)


def begin(world: World, account: Account, said: dict[str, Any]) -> Response:
    category, kind, size = (said.get(n) for n in ("media_category", "media_type", "total_bytes"))
    if category not in CATEGORIES or kind not in CATEGORIES[str(category)]:
        raise invalid(f"media_type [{kind}] does not belong to media_category [{category}]")
    if type(size) is not int or size <= 0:
        raise invalid("total_bytes is required")
    if category == "tweet_gif" and size > GIF_MAX:
        raise invalid("Media size exceeds the maximum")
    upload = VideoUpload(account.id, snowflake(world), str(category), size)
    world.videos.begin(upload)
    said = {"id": upload.id, "media_key": f"7_{upload.id}", "expires_after_secs": LASTS}
    return json_response({"data": said}, created=True)


def known(world: World, account: Account, name: str) -> VideoUpload:
    upload = world.videos.get(account.id, name)
    if upload is None or upload.edge not in CATEGORIES:
        raise refused(404, "Not Found", f"The media id [{name}] was not found")
    return upload


def append(
    world: World, account: Account, name: str, said: dict[str, Any], file: File | None
) -> Response:
    upload = known(world, account, name)
    index = str(said.get("segment_index", ""))
    if file is None or not index.isdecimal() or int(index) > 999:
        raise invalid("media and segment_index from 0 to 999 are required")
    if len(file.data) > SEGMENT_MAX:
        raise refused(413, "Payload Too Large", "Segment size exceeds 5 MB")
    with world.videos.guard:
        if upload.received + len(file.data) > upload.size:
            raise invalid("Segments exceed total_bytes")
        upload.write(file.data)
    return json_response({"data": {"expires_at": int(world.ledger.now().timestamp()) + LASTS}})


def finalize(world: World, account: Account, name: str) -> Response:
    upload = known(world, account, name)
    if not upload.complete:
        raise invalid("Segments do not add up to provided total file size.")
    upload.looks_left = int(account.limits.get("video_processing", 0))
    info = {"processing_info": {"state": "pending", "check_after_secs": 1}}
    return described(upload.id, upload.size, info)


def look(world: World, account: Account, name: str) -> Response:
    upload = known(world, account, name)
    with world.videos.guard:
        info = state(upload, PREMIUM_SECONDS if account.limits.get("premium") else SECONDS)
    said = {"id": upload.id, "media_key": f"7_{upload.id}", "size": upload.size}
    return json_response({"data": {**said, "processing_info": info}})


def state(upload: VideoUpload, longest: int) -> dict[str, Any]:
    if not upload.complete:
        return {"state": "pending", "check_after_secs": 1}
    if not plays(upload):
        error = {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}
        return {"state": "failed", "progress_percent": 0, "error": error}
    film = upload.measured() if upload.edge == "tweet_video" else None
    if film and film.seconds > longest:
        words = f"Duration too long, maximum:{longest * 1000}, actual:{film.seconds * 1000:.0f}"
        error = {"code": 1, "name": "InvalidMedia", "message": words}
        return {"state": "failed", "progress_percent": 0, "error": error}
    if upload.looks_left:
        upload.looks_left -= 1
        return {"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}
    return {"state": "succeeded", "progress_percent": 100}


def plays(upload: VideoUpload) -> bool:
    if upload.edge != "tweet_gif":
        return upload.measured() is not None
    upload.file.seek(0)
    found = measure(upload.file.read())
    return found is not None and found.mime == "image/gif"


def describe(world: World, account: Account, said: dict[str, Any]) -> Response:
    """The description of a picture, kept until it is posted."""
    name, metadata = str(said.get("id", "")), said.get("metadata")
    alt = metadata.get("alt_text", {}).get("text") if isinstance(metadata, dict) else None
    if not isinstance(alt, str) or not alt or len(alt) > ALT_MAX:
        raise invalid("alt_text must have 1 to 1000 characters")
    upload = world.uploads.get(NAME, account.id, name)
    if upload is None:
        known(world, account, name)
    world.uploads.keep(Upload(NAME, account.id, f"alt:{name}", Media("", alt, "", 0, 0), ""))
    return json_response({"data": {"id": name, "associated_metadata": metadata}})


def attached(world: World, account: Account, names: Any) -> tuple[Media, ...]:
    """The media of a new post. Raises `Refused`: four pictures, or one GIF, or one video."""
    if not isinstance(names, list) or not 1 <= len(names) <= 4:
        raise invalid("media_ids must have 1 to 4 elements")
    found = [one_of(world, account, str(name)) for name in names]
    if len(found) > 1 and any(kind != "tweet_image" for kind, _ in found):
        raise invalid("You can attach 4 photos, 1 animated GIF or 1 video.")
    return tuple(media for _, media in found)


def one_of(world: World, account: Account, name: str) -> tuple[str, Media]:
    described = world.uploads.get(NAME, account.id, f"alt:{name}")
    alt = described.media.alt if described else ""
    upload = world.uploads.get(NAME, account.id, name)
    if upload is not None:
        media = upload.media
        return "tweet_image", Media("image", alt, media.sha256, media.width, media.height)
    try:
        video = known(world, account, name)
    except Refused:
        raise invalid("Your media IDs are invalid.") from None
    with world.videos.guard:
        if not video.complete or not plays(video) or video.looks_left:
            raise invalid("Your media IDs are invalid.")
        media = video.media(world.shelf)
    kind = "image" if video.edge == "tweet_gif" else "video"
    return video.edge, Media(kind, alt, media.sha256, media.width, media.height)
