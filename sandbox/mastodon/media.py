"""Uploads to Mastodon: what it takes, and what it says about the rest."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox import films
from sandbox.accounts import Account
from sandbox.forms import File
from sandbox.images import Measured, measure
from sandbox.ledger import Media
from sandbox.mastodon import instance
from sandbox.mastodon.errors import unprocessable, validation
from sandbox.mastodon.shapes import NAME, snowflake
from sandbox.uploads import Upload
from sandbox.world import World


def make_upload(world: World, account: Account, file: File | None, alt: str, focus: str) -> Upload:
    """Keeps a file. `focus` is "x,y", each from -1 to 1. Raises `Refused`."""
    if file is None:
        raise validation("File can't be blank")
    rules = instance.configuration(account.limits)["media_attachments"]
    if len(alt) > rules["description_limit"]:
        most = rules["description_limit"]
        raise validation(f"Description is too long (maximum is {most} characters)")
    found = checked(file, rules)
    digest = world.shelf.keep(file.data)
    kind = "gifv" if is_moving(file.data) else found.mime.partition("/")[0]
    upload = Upload(
        platform=NAME,
        account=account.id,
        id=snowflake(world.ledger.now()),
        media=Media(kind, alt, digest, found.width, found.height),
        mime=found.mime,
        focus=point(focus),
        looks_left=int(account.limits.get("media_processing", 0)),
        broken=found.mime.startswith("video/") and not found.width,
    )
    world.uploads.keep(upload)
    return upload


def checked(file: File, rules: Mapping[str, Any]) -> Measured:
    """What the file is. Raises `Refused` for a type or size that a server does not take."""
    found = measure(file.data)
    if found is None or found.mime not in rules["supported_mime_types"]:
        raise validation("File content type is invalid, File is invalid")
    video = found.mime.startswith("video/")
    if video:
        film = films.measure(io.BytesIO(file.data))
        found = replace(found, width=film.width, height=film.height) if film else found
    most = rules["video_size_limit" if video else "image_size_limit"]
    if len(file.data) > most:
        raise validation(f"File file size must be less than {most / 1024 / 1024:g} MB")
    moving = video or is_moving(file.data)
    pixels = rules["video_matrix_limit" if moving else "image_matrix_limit"]
    if (found.width or 0) * (found.height or 0) > pixels:
        what = "videos" if moving else "images"
        raise unprocessable(f"{found.width}x{found.height} {what} are not supported")
    return found


def is_moving(data: bytes) -> bool:
    """Whether it is a GIF of several pictures, which a server turns into a video."""
    return data.startswith(b"GIF8") and data.count(b"\x00!\xf9\x04") > 1


def prepares(upload: Upload) -> bool:
    """Whether it is worked on after the upload was answered, as everything is that moves."""
    return bool(upload.looks_left) or upload.media.type != "image"


def point(text: str) -> tuple[float, float]:
    try:
        x, y = (max(-1.0, min(1.0, float(part))) for part in text.split(","))
    except ValueError:
        return 0.0, 0.0
    return x, y


def attached(world: World, account: Account, names: Any, poll: bool = False) -> list[Upload]:
    """The uploads for a new status, in order. Raises `Refused` if one cannot be attached.

    `poll`: the status has one, beside which nothing can stand.
    """
    names = listed(names)
    most = instance.configuration(account.limits)["statuses"]["max_media_attachments"]
    if len(names) > most or (names and poll):
        raise unprocessable(f"Cannot attach more than {most} files")
    found = {name: world.uploads.get(NAME, account.id, name) for name in names}
    lost = [name for name, upload in found.items() if upload is None or upload.attached]
    if lost:
        raise unprocessable(
            f"Media {', '.join(lost)} not found or already attached to another post"
        )
    uploads = [upload for upload in found.values() if upload]
    check_mix(uploads)
    return uploads


def listed(names: Any) -> list[str]:
    """`media_ids` as clients send it: a list, or one id alone."""
    return [str(name) for name in (names if isinstance(names, list) else [names])]


def check_mix(uploads: list[Upload]) -> None:
    if len(uploads) > 1 and any(upload.media.type == "video" for upload in uploads):
        raise unprocessable("Cannot attach a video to a post that already contains images")
    if any(upload.looks_left or upload.broken for upload in uploads):
        raise unprocessable(
            "Cannot attach files that have not finished processing. Try again in a moment!"
        )
