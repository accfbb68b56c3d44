"""What a Mastodon server says of itself, and how another server with its API differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox.mastodon.text import URL_LENGTH

VERSION = "4.7.0"
API_VERSION = 8
MAX_CHARACTERS = 500
MAX_MEDIA = 4
MAX_DESCRIPTION = 1_500  # characters
MAX_IMAGE = 16 * 1024 * 1024  # bytes
MAX_VIDEO = 99 * 1024 * 1024  # bytes
MAX_PIXELS = 33_177_600
MIME_TYPES = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/webm",
    "video/mp4",
    "video/quicktime",
]

Limits = Mapping[str, Any]


def software(limits: Limits) -> str:
    return str(limits.get("software") or "mastodon")


def version(limits: Limits) -> str:
    """Others answer with the Mastodon version they follow and their own in brackets."""
    name = software(limits)
    return VERSION if name == "mastodon" else f"2.7.2 (compatible; {name.capitalize()} 2.9.1)"


def configuration(limits: Limits) -> dict[str, Any]:
    """What the server tells of its limits, and holds everybody to."""
    own = limits.get("configuration") or {}
    return {
        name: {**numbers, **own[name]} if isinstance(own.get(name), dict) else numbers
        for name, numbers in usual(limits).items()
    }


def usual(limits: Limits) -> dict[str, Any]:
    return {
        "statuses": {
            "max_characters": limits.get("max_characters", MAX_CHARACTERS),
            "max_media_attachments": MAX_MEDIA,
            "characters_reserved_per_url": URL_LENGTH,
        },
        "media_attachments": {
            "supported_mime_types": MIME_TYPES,
            "description_limit": MAX_DESCRIPTION,
            "image_size_limit": MAX_IMAGE,
            "image_matrix_limit": MAX_PIXELS,
            "video_size_limit": MAX_VIDEO,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
        "translation": {"enabled": False},
        "urls": {"streaming": None},
    }


def second_version(origin: str, limits: Limits) -> dict[str, Any]:
    """`GET /api/v2/instance`."""
    facts = {
        "domain": urlsplit(origin).netloc,
        "title": "Sandbox",
        "version": version(limits),
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "A stand-in for a Mastodon server.",
        "usage": {"users": {"active_month": 1}},
        "thumbnail": {"url": f"{origin}/_images/none"},
        "icon": [],
        "languages": ["en"],
        "configuration": configuration(limits),
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "contact": {"email": "sandbox@example.invalid", "account": None},
        "rules": [],
    }
    if software(limits) == "mastodon":
        facts["api_versions"] = {"mastodon": API_VERSION}
    return facts


def first_version(origin: str, limits: Limits) -> dict[str, Any]:
    """`GET /api/v1/instance`; servers such as Pleroma add their limit at the top."""
    facts = {
        "uri": urlsplit(origin).netloc,
        "title": "Sandbox",
        "short_description": "A stand-in for a Mastodon server.",
        "description": "",
        "email": "sandbox@example.invalid",
        "version": version(limits),
        "urls": {},
        "stats": {"user_count": 1, "status_count": 0, "domain_count": 1},
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": configuration(limits),
        "contact_account": None,
        "rules": [],
    }
    if software(limits) != "mastodon":
        facts["max_toot_chars"] = limits.get("max_characters", MAX_CHARACTERS)
    return facts


def nodeinfo_links(base: str) -> dict[str, Any]:
    """`GET /.well-known/nodeinfo`."""
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    return {"links": [{"rel": rel, "href": f"{base}/nodeinfo/2.0"}]}


def nodeinfo(limits: Limits) -> dict[str, Any]:
    """`GET /nodeinfo/2.0`: which software this is, by its own name."""
    name = software(limits)
    return {
        "version": "2.0",
        "software": {"name": name, "version": VERSION if name == "mastodon" else "2.9.1"},
        "protocols": ["activitypub"],
        "services": {"outbound": [], "inbound": []},
        "usage": {"users": {"total": 1, "activeMonth": 1, "activeHalfyear": 1}, "localPosts": 0},
        "openRegistrations": False,
        "metadata": {"nodeName": "Sandbox", "nodeDescription": ""},
    }
