"""Uploads to Mastodon: what it takes, and what it says about the rest."""

from __future__ import annotations

from typing import Any

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
    if len(alt) > instance.MAX_DESCRIPTION:
        most = instance.MAX_DESCRIPTION
        raise validation(f"Description is too long (maximum is {most} characters)")
    found = checked(file)
    digest = world.shelf.keep(file.data)
    upload = Upload(
        platform=NAME,
        account=account.id,
        id=snowflake(world.ledger.now()),
        media=Media(found.mime.partition("/")[0], alt, digest, found.width, found.height),
        mime=found.mime,
        focus=point(focus),
        looks_left=int(account.limits.get("media_processing", 0)),
    )
    world.uploads.keep(upload)
    return upload


def checked(file: File) -> Measured:
    """What the file is. Raises `Refused` for a type or size that a server does not take."""
    found = measure(file.data)
    if found is None or found.mime not in instance.MIME_TYPES:
        raise validation("File content type is invalid, File is invalid")
    video = found.mime.startswith("video/")
    if len(file.data) > (instance.MAX_VIDEO if video else instance.MAX_IMAGE):
        raise validation(f"File file size must be less than {'99' if video else '16'} MB")
    if (found.width or 0) * (found.height or 0) > instance.MAX_PIXELS:
        raise unprocessable(f"{found.width}x{found.height} images are not supported")
    return found


def point(text: str) -> tuple[float, float]:
    try:
        x, y = (max(-1.0, min(1.0, float(part))) for part in text.split(","))
    except ValueError:
        return 0.0, 0.0
    return x, y


def attached(world: World, account: Account, names: Any) -> list[Upload]:
    """The uploads for a new status, in order. Raises `Refused` if one cannot be attached."""
    names = listed(names)
    if len(names) > instance.MAX_MEDIA:
        raise unprocessable(f"Cannot attach more than {instance.MAX_MEDIA} files")
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
    if len(uploads) > 1 and any(upload.media.type != "image" for upload in uploads):
        raise unprocessable("Cannot attach a video to a post that already contains images")
    if any(upload.looks_left for upload in uploads):
        raise unprocessable(
            "Cannot attach files that have not finished processing. Try again in a moment!"
        )
