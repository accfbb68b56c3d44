"""How a server names things and describes accounts and posts."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b32encode
from datetime import UTC, datetime
from typing import Any

from sandbox.accounts import Account
from sandbox.ledger import Entry
from sandbox.world import World

NAME = "bluesky"
POST = "app.bsky.feed.post"
THREADGATE, POSTGATE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"
PASSWORD = "sandbox-pass-word"  # noqa: S105 (of every account that was not given another)


def handle(account: Account) -> str:
    """The handle an account was given, or one made from its name."""
    given = account.limits.get("handle")
    letters = re.sub(r"[^a-z0-9]+", "-", account.name.lower()).strip("-")
    return str(given) if given else f"{letters or 'account-' + account.id[-8:]}.test"


def cid_of(value: Any) -> str:
    """A content id in the form real ones have. What it is made from is nobody's business."""
    return cid_of_bytes(json.dumps(value, sort_keys=True).encode(), 0x71)


def cid_of_bytes(data: bytes, codec: int = 0x55) -> str:
    head = bytes((1, codec, 0x12, 0x20))
    letters = b32encode(head + hashlib.sha256(data).digest()).decode()
    return "b" + letters.rstrip("=").lower()


def uri(account: Account, collection: str, rkey: str) -> str:
    return f"at://{account.id}/{collection}/{rkey}"


def path(account: Account, rkey: str) -> str:
    """The address of a post's page below the sandbox's own."""
    return f"/{NAME}/profile/{account.id}/post/{rkey}"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def document(world: World, account: Account) -> dict[str, Any]:
    """A DID document."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": account.id,
        "alsoKnownAs": [f"at://{handle(account)}"],
        "service": [
            {
                "id": "#atproto_pds",
                "type": "AtprotoPersonalDataServer",
                "serviceEndpoint": f"{world.origin}/{NAME}",
            }
        ],
    }


def profile(world: World, account: Account) -> dict[str, Any]:
    figures = account.limits.get("metrics", {})
    return {
        "did": account.id,
        "handle": handle(account),
        "displayName": account.name,
        "followersCount": int(figures.get("followersCount", 0)),
        "followsCount": int(figures.get("followsCount", 0)),
        "postsCount": world.ledger.count(NAME, account.id),
        "indexedAt": "2026-01-01T00:00:00.000Z",
    }


def post_view(world: World, account: Account, entry: Entry) -> dict[str, Any]:
    figures = account.limits.get("metrics", {})
    names = ("likeCount", "repostCount", "quoteCount", "bookmarkCount")
    return {
        "uri": entry.id,
        "cid": entry.notes["cid"],
        "author": {"did": account.id, "handle": handle(account), "displayName": account.name},
        "record": entry.notes["record"],
        **{name: int(figures.get(name, 0)) for name in names},
        "replyCount": len(world.ledger.children(entry)),
        "indexedAt": stamp(entry.created_at),
    }
