"""What servers with Mastodon's API say of themselves and in their refusals."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.http import Answer
from platforms.pauses import moment_after, moment_in, pause_until
from platforms.text import mastodon_length
from platforms.values import Json, Limits, PictureShape, PollLimits

# As in Mastodon's own documentation of `Instance`.
DEFAULTS: dict[str, int] = {
    "max_characters": 500,
    "characters_reserved_per_url": 23,
    "max_media_attachments": 4,
    "image_size_limit": 16 * 1024 * 1024,  # bytes
    "image_matrix_limit": 33_177_600,  # pixels
    "description_limit": 1_500,  # characters
    "video_size_limit": 99 * 1024 * 1024,  # bytes
    "video_matrix_limit": 8_294_400,  # pixels
    "poll_options": 4,
    "poll_option_characters": 50,
    "poll_seconds_min": 5 * 60,
    "poll_seconds_max": 2_629_746,  # a month
}
# What servers say of polls, and under which names it is kept here.
POLLS = {
    "max_options": "poll_options",
    "max_characters_per_option": "poll_option_characters",
    "min_expiration": "poll_seconds_min",
    "max_expiration": "poll_seconds_max",
}
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime"})
PROPORTIONS = 1 / 100, 100  # no server names any; a picture beyond these is nobody's
SIDE_MAX = 65_500  # pixels, of a JPEG

PAUSE = timedelta(minutes=5)  # the window of Mastodon's rate limit, where a 429 names no time

# These mean the same without a readable body: a proxy sends them too, and passed nothing on.
BY_STATUS: dict[int, type[PlatformError]] = {413: Rejected, 429: RateLimited}
# These are believed only with Mastodon's own `error`; any other 4xx with it is Rejected.
BY_STATUS_WITH_ERROR: dict[int, type[PlatformError]] = {
    401: CredentialsExpired,
    403: PermissionMissing,
}
BLOCKED_WORDS = ("suspended", "disabled")  # in the `error` of a 403


def limits_from(facts: Mapping[str, Any]) -> Limits:
    """Return a status's limits by the server's own numbers, or the documented defaults."""
    known = {name: _number(facts, name) or default for name, default in DEFAULTS.items()}
    # A server that names its types, and no video among them, takes none.
    video_types = frozenset(facts.get("video_types", VIDEO_TYPES))
    shape = PictureShape(
        *PROPORTIONS,
        width_min=1,
        width_max=SIDE_MAX,
        bytes_max=known["image_size_limit"],
        keeps_fitting=True,
        pixels_max=known["image_matrix_limit"],
    )
    return Limits(
        text_max=known["max_characters"],
        count=partial(mastodon_length, link_length=known["characters_reserved_per_url"]),
        link_in_text=True,
        images_max=known["max_media_attachments"],
        image_types=frozenset(facts.get("image_types") or IMAGE_TYPES),
        image_bytes_max=known["image_size_limit"],
        image_pixels_max=known["image_matrix_limit"],
        alt_max=known["description_limit"],
        picture_shape=shape,
        videos_max=1 if video_types else 0,
        video_types=video_types,
        video_bytes_max=known["video_size_limit"],
        video_pixels_max=known["video_matrix_limit"],
        poll=PollLimits(
            known["poll_options"],
            known["poll_option_characters"],
            known["poll_seconds_min"],
            known["poll_seconds_max"],
        ),
    )


def facts_from(instance: Json) -> Json:
    """Read the limits in an answer of `/api/v2/instance`, or of v1 with the same names."""
    configuration = _mapping(instance, "configuration")
    statuses = _mapping(configuration, "statuses")
    media = _mapping(configuration, "media_attachments")
    # Pleroma and its forks say these two at the top.
    top = {
        "max_characters": instance.get("max_toot_chars"),
        "description_limit": instance.get("description_limit"),
    }
    polls = {ours: _mapping(configuration, "polls").get(name) for name, ours in POLLS.items()}
    said = {**top, **statuses, **media, **polls}
    facts: Json = {name: number for name in DEFAULTS if (number := _number(said, name))}
    types = media.get("supported_mime_types")
    if isinstance(types, list):
        for kind in ("image", "video"):
            names = [str(name) for name in types if str(name).startswith(f"{kind}/")]
            facts[f"{kind}_types"] = sorted(names)
    return facts


def nodeinfo_address(links: Json, base_url: str) -> str:
    """Return where the server's NodeInfo is; empty when it names another server's address."""
    entries = links.get("links")
    for entry in entries if isinstance(entries, list) else []:
        address = str(entry.get("href", "")) if isinstance(entry, dict) else ""
        if _origin(address) == _origin(base_url):
            return address
    return ""


def software_in(nodeinfo: Json) -> str:
    """Return the software's own name in small letters; empty when it gives none."""
    return str(_mapping(nodeinfo, "software").get("name") or "").lower()


def error_in(answer: Answer) -> str:
    """Return the server's own words; empty when the answer is not one of Mastodon's errors."""
    try:
        return str(answer.json().get("error") or "")
    except Unclear:
        return ""


def kind_of(status: int, error: str) -> type[PlatformError]:
    """Return which of our errors an answer that is not a 2xx is; `error`: the server's words."""
    if status in BY_STATUS:
        return BY_STATUS[status]
    if not 400 <= status < 500 or not error:
        return Unclear
    if status == 403 and any(word in error.lower() for word in BLOCKED_WORDS):
        return AccountBlocked
    return BY_STATUS_WITH_ERROR.get(status, Rejected)


def next_request_at(answer: Answer, now: datetime) -> datetime:
    """Return when a server that answered 429 will listen again."""
    moment = moment_in(answer.headers.get("X-RateLimit-Reset"))
    return pause_until(now, moment or moment_after(now, answer.headers.get("Retry-After")), PAUSE)


def _mapping(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _number(said: Mapping[str, Any], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and value > 0 else 0


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
