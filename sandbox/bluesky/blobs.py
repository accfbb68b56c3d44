"""Blobs: bytes that were uploaded, and the videos that the video service encodes."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.accounts import Account
from sandbox.bluesky.errors import invalid, refused
from sandbox.bluesky.shapes import NAME, cid_of_bytes
from sandbox.images import measure
from sandbox.ledger import Media
from sandbox.uploads import Upload
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

BLOB_MAX = (
    50 * 1024 * 1024
)  # bytes that a server takes by itself, as the reference server's default


def keep(world: World, account: Account, data: bytes, mime: str) -> dict[str, Any]:
    """Keep bytes and return their blob. The same bytes have the same id."""
    found = measure(data)
    mime = found.mime if found else mime or "application/octet-stream"
    digest = world.shelf.keep(data)
    width, height = (found.width, found.height) if found else (None, None)
    media = Media(mime.partition("/")[0], "", digest, width, height)
    name = cid_of_bytes(data)
    world.uploads.keep(Upload(NAME, account.id, f"{account.id}/{name}", media, mime))
    return {"$type": "blob", "ref": {"$link": name}, "mimeType": mime, "size": len(data)}


def upload(world: World, account: Account, request: Request) -> Response:
    if not request.headers.get("content-type"):
        raise invalid("Request encoding (Content-Type) required but not provided")
    if len(request.body) > BLOB_MAX:
        raise refused(413, "PayloadTooLarge", "request entity too large")
    blob = keep(world, account, request.body, request.headers["content-type"])
    return json_response({"blob": blob}, created=True)


def used(world: World, account: Account, blob: Any, alt: str, most: int) -> Media:
    """The media that a record names. Raises `Refused` when it was not uploaded, or is too large."""
    link = blob.get("ref", {}).get("$link") if isinstance(blob, dict) else None
    kept = world.uploads.get(NAME, account.id, f"{account.id}/{link}")
    if kept is None:
        raise refused(400, "BlobNotFound", f"Could not find blob: {link}")
    if int(blob.get("size", 0)) > most:
        raise invalid(
            f"This file is too large. It is {blob['size']} but the maximum size is {most}."
        )
    if most != kept_max(kept.mime, most):
        raise invalid(f"Wrong type of file. It is {kept.mime} but it must match another type.")
    media = kept.media
    return Media(media.type, alt, media.sha256, media.width, media.height)


def kept_max(mime: str, most: int) -> int:
    """`most` where this type belongs to a blob of that size: videos are the only large ones."""
    is_video = mime == "video/mp4"
    return most if is_video == (most > BLOB_MAX) else -1


class Videos:
    """The video service: takes a video, encodes it for some looks, hands out its blob."""

    def __init__(self) -> None:
        self._jobs: dict[str, dict[str, Any]] = {}

    def take(self, world: World, account: Account, request: Request) -> Response:
        if "did" not in request.query or "name" not in request.query:
            raise invalid("Params must have did and name")
        found = measure(request.body)
        plays = found is not None and found.mime == "video/mp4"
        name = cid_of_bytes(request.body)
        for job, kept in self._jobs.items():
            there = world.uploads.get(NAME, account.id, f"{account.id}/{name}")
            if there and kept["name"] == name and kept["account"] == account.id:
                said = {"jobId": job, "did": account.id, "state": "JOB_STATE_COMPLETED"}
                more = {"error": "already_exists", "message": "Video already processed"}
                return json_response({**said, **more}, 409)
        job = secrets.token_hex(10)
        blob = keep(world, account, request.body, "video/mp4") if plays else None
        looks = int(account.limits.get("video_processing", 0))
        self._jobs[job] = {
            "account": account.id, "name": name, "blob": blob, "looks": looks, "failed": not plays,
        }  # fmt: skip
        status = {"jobId": job, "did": account.id, "state": "JOB_STATE_CREATED"}
        return json_response({"jobStatus": status}, created=True)

    def look(self, request: Request) -> Response:
        job = self._jobs.get(request.query.get("jobId", ""))
        if job is None:
            raise invalid("Job not found")
        said: dict[str, Any] = {"jobId": request.query["jobId"], "did": job["account"]}
        if job["failed"]:
            said |= {"state": "JOB_STATE_FAILED", "error": "encoding_failure"}
            said["message"] = "The video could not be encoded"
        elif job["looks"]:
            job["looks"] -= 1
            said |= {"state": "JOB_STATE_ENCODING", "progress": 40}
        else:
            said |= {"state": "JOB_STATE_COMPLETED", "blob": job["blob"]}
        return json_response({"jobStatus": said})
