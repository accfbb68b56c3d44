"""Photos: sent as bytes or by address, and attached to posts."""

from __future__ import annotations

from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.facebook.shapes import NAME
from sandbox.fetch import fetch
from sandbox.forms import File
from sandbox.images import measure
from sandbox.ledger import Media
from sandbox.platform import Refused
from sandbox.uploads import Upload
from sandbox.world import World

MAX_PHOTO = 10 * 1024 * 1024  # bytes
TYPES = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff", "image/webp")
ADVICE = "Photos should be smaller than 10 MB and saved as JPG, PNG, GIF, TIFF or WebP files."


def take(world: World, file: File | None, url: str, alt: str) -> tuple[Media, str]:
    """The photo, measured and kept to be looked at, and its MIME type. Raises `Refused`."""
    data = file.data if file else fetched(url)
    found = measure(data)
    if found is None or found.mime not in TYPES or len(data) > MAX_PHOTO:
        raise graph.invalid("Invalid parameter", subcode=1366046, user_message=ADVICE)
    digest = world.shelf.keep(data)
    return Media("image", alt, digest, found.width, found.height), found.mime


def fetched(url: str) -> bytes:
    if not url:
        raise Refused(graph.error(324, "(#324) Requires upload file"))
    data = fetch(url, MAX_PHOTO)
    if data is None:
        raise Refused(graph.error(324, "(#324) Missing or invalid image file"))
    return data


def attached(world: World, account: Account, said: dict[str, Any]) -> list[Upload]:
    """The uploads of `attached_media`: one JSON list, or `attached_media[0]` and so on."""
    items = graph.decoded(said.get("attached_media", []), "attached_media")
    if not isinstance(items, list):
        raise graph.invalid("param attached_media must be an array.")
    items = items + [value for name, value in said.items() if name.startswith("attached_media[")]
    items = [graph.decoded(item, "attached_media") for item in items]
    return [unpublished(world, account, item) for item in items]


def unpublished(world: World, account: Account, item: Any) -> Upload:
    """The upload that `{"media_fbid": …}` or a bare id names. Raises `Refused`."""
    name = item.get("media_fbid") if isinstance(item, dict) else item
    upload = world.uploads.get(NAME, account.id, str(name))
    if upload is None or upload.attached:
        raise graph.invalid(f"attached_media: there is no unpublished photo {name}.")
    return upload
