"""Fetching and looking into what a container names."""

from __future__ import annotations

import io

from sandbox import films, graph
from sandbox.fetch import fetch
from sandbox.images import Measured, measure
from sandbox.ledger import Media
from sandbox.platform import Refused
from sandbox.world import World

IMAGE_MAX = 8 * 1024 * 1024  # bytes
VIDEO_MAX = 300 * 1024 * 1024  # bytes
LOWEST, HIGHEST = 4 / 5, 1.91  # width divided by height, of a picture that stands alone
ROUNDING = 0.005


def refused(code: int, subcode: int, message: str) -> Refused:
    return Refused(graph.error(code, message, subcode=subcode, user_message=message))


def picture(world: World, url: str, alt: str, *, any_ratio: bool) -> Media:
    """Fetches and checks a picture. Raises `Refused`."""
    data = _fetched(url, IMAGE_MAX, 36000, 2207004)
    found = measure(data)
    if found is None or found.mime != "image/jpeg":
        raise refused(36001, 2207005, "The image format is not supported.")
    if not any_ratio and not _fits(found):
        raise refused(36003, 2207009, "The submitted image has an invalid aspect ratio.")
    return Media("image", alt, world.shelf.keep(data), found.width, found.height)


def _fits(found: Measured) -> bool:
    if not found.width or not found.height:
        return False
    return LOWEST - ROUNDING <= found.width / found.height <= HIGHEST + ROUNDING


def video(world: World, data: bytes) -> Media | None:
    """The video, or None for what cannot be read as one."""
    found = films.measure(io.BytesIO(data))
    if found is None:
        return None
    return Media("video", "", world.shelf.keep(data), found.width, found.height)


def fetched_video(world: World, url: str) -> Media | None:
    return video(world, _fetched(url, VIDEO_MAX, 36000, 2207004))


def _fetched(url: str, most: int, code: int, subcode: int) -> bytes:
    data = fetch(url, most + 1) if url else None
    if data is None:
        raise refused(9004, 2207052, "The media could not be fetched from this URI.")
    if len(data) > most:
        raise refused(code, subcode, "The media is too large.")
    return data
