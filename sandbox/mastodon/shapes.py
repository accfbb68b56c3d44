"""The JSON that Mastodon answers with: accounts, statuses, media; and how it names them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.accounts import Account
from sandbox.ledger import Entry, Media
from sandbox.mastodon import polls
from sandbox.mastodon.text import as_html
from sandbox.uploads import Upload
from sandbox.world import World

NAME = "mastodon"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVERYBODY = {"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": False}
JOINED = "2026-01-01T00:00:00.000Z"


def stamp(moment: datetime) -> str:
    """Mastodon's ISO 8601: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def snowflake(moment: datetime) -> str:
    """Milliseconds since 1970, then 16 bits that keep ids apart and in order.

    Real servers put a sequence there; the microseconds serve, for no two instants are equal.
    """
    micros = (moment - EPOCH) // timedelta(microseconds=1)
    return str((micros // 1000 << 16) + micros % 1000)


def username(account: Account) -> str:
    """A handle made from the name, or from the id where the name has no letters for one."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", account.name).strip("_") or f"account_{account.id}"


def status_path(account: Account, moment: datetime, number: int) -> tuple[str, str]:
    """A new status's id and its address below the sandbox's."""
    name = snowflake(moment)
    return name, f"/{NAME}/@{username(account)}/{name}"


def person(world: World, account: Account) -> dict[str, Any]:
    """An Account."""
    base, handle = f"{world.origin}/{NAME}", username(account)
    picture = f"{world.origin}/_images/none"
    return {
        "id": account.id,
        "username": handle,
        "acct": handle,
        "display_name": account.name,
        "url": f"{base}/@{handle}",
        "uri": f"{base}/users/{handle}",
        "created_at": JOINED,
        "last_status_at": None,
        "statuses_count": world.ledger.count(NAME, account.id),
        "followers_count": 0,
        "following_count": 0,
        "note": "",
        "avatar": picture,
        "avatar_static": picture,
        "header": picture,
        "header_static": picture,
        "locked": False,
        "bot": False,
        "group": False,
        "discoverable": True,
        "indexable": False,
        "emojis": [],
        "fields": [],
    }


def credentials(world: World, account: Account) -> dict[str, Any]:
    """A CredentialAccount: what only its owner sees comes on top."""
    source = {
        "privacy": "public",
        "sensitive": False,
        "language": None,
        "note": "",
        "fields": [],
        "follow_requests_count": 0,
        "indexable": False,
    }
    return person(world, account) | {"source": source, "role": EVERYBODY}


def attachment(
    world: World, name: str, media: Media, focus: Sequence[float] | None = None
) -> dict[str, Any]:
    """A MediaAttachment."""
    meta: dict[str, Any] = {"original": size(media)} if media.width and media.height else {}
    if focus:
        meta["focus"] = {"x": focus[0], "y": focus[1]}
    address = f"{world.origin}/_images/{media.sha256}"
    return {
        "id": name,
        "type": media.type,
        "url": address,
        "preview_url": address,
        "remote_url": None,
        "meta": meta,
        "description": media.alt or None,
        "blurhash": None,
    }


def size(media: Media) -> dict[str, Any]:
    width, height = media.width or 1, media.height or 1
    return {
        "width": width,
        "height": height,
        "size": f"{width}x{height}",
        "aspect": width / height,
    }


def uploaded(world: World, upload: Upload, ready: bool) -> dict[str, Any]:
    """A MediaAttachment that no status has yet; it has no `url` while it is processed."""
    shown = attachment(world, upload.id, upload.media, upload.focus)
    return shown if ready else shown | {"url": None}


def status(world: World, account: Account, entry: Entry) -> dict[str, Any]:
    """A Status."""
    parent = world.ledger.get(NAME, entry.parent) if entry.parent else None
    warning = entry.notes["spoiler_text"]
    return {
        "id": entry.id,
        "uri": f"{world.origin}/{NAME}/users/{username(account)}/statuses/{entry.id}",
        "url": world.origin + entry.path,
        "created_at": stamp(entry.created_at),
        "edited_at": stamp(entry.edited_at) if entry.edited_at else None,
        "content": as_html(entry.text),
        "spoiler_text": warning,
        "sensitive": entry.notes["sensitive"],
        "visibility": entry.notes["visibility"],
        "language": entry.notes["language"],
        "in_reply_to_id": entry.parent,
        "in_reply_to_account_id": parent.account if parent else None,
        "account": person(world, account),
        "media_attachments": [
            attachment(world, name, media, entry.notes.get("focus", {}).get(name))
            for name, media in zip(entry.notes["media_ids"], entry.media, strict=True)
        ],
        "replies_count": len(world.ledger.children(entry)),
        "reblogs_count": 0,
        "favourites_count": 0,
        "quotes_count": 0,
        "favourited": False,
        "reblogged": False,
        "muted": False,
        "bookmarked": False,
        "pinned": False,
        "application": {"name": "Sandbox", "website": None},
        "reblog": None,
        "mentions": [],
        "tags": [],
        "emojis": [],
        "card": None,
        "poll": polls.shown(entry.id, entry.notes.get("poll")),
    }
