"""The fields of accounts, posts and comments as Instagram shows them, and how it names things."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.ledger import Entry
from sandbox.linked import NAME, handle_of
from sandbox.world import World

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PRODUCTS = {"REELS": "REELS", "STORIES": "STORY"}


def digits_of(moment: datetime) -> str:
    """17 digits as Instagram's own ids have; unique because no two instants are the same."""
    return f"17{(moment - EPOCH) // MICROSECOND:015d}"


def name_post(account: str, kind: str, moment: datetime, number: int) -> tuple[str, str]:
    digits = digits_of(moment)
    folder = {"REELS": "reel", "STORIES": "stories"}.get(kind, "p")
    return digits, f"/{NAME}/{account}/{folder}/{digits}"


def name_comment(post: Entry, moment: datetime, number: int) -> tuple[str, str]:
    digits = digits_of(moment)
    return digits, f"{post.path}/c/{digits}"


def by_facebook(account: Account) -> bool:
    return account.limits.get("login") == "facebook"


def account_fields(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "username": handle_of(account),
        "name": account.name,
        "profile_picture_url": None,
        "followers_count": 0,
        "follows_count": 0,
        "media_count": 0,
        "biography": None,
        "website": None,
    }


def person_fields(account: Account) -> dict[str, Any]:
    """`/me` of Instagram login: its own `id` is another one than the account's."""
    kind = account.limits.get("account_type", "BUSINESS")
    own = {"id": f"9{account.id}", "user_id": account.id, "account_type": kind}
    return account_fields(account) | own


def page_fields(account: Account) -> dict[str, Any]:
    """`/me` of Facebook login: the Page that the account belongs to."""
    linked = account_fields(account) if not account.limits.get("unlinked") else None
    shown = {k: v for k, v in (linked or {}).items() if v is not None}
    return {
        "id": f"5{account.id}",
        "name": account.name,
        "instagram_business_account": shown or None,
    }


def post_fields(world: World, account: Account, post: Entry) -> dict[str, Any]:
    """Every field of a post; None where Instagram leaves an empty one out."""
    kind = post.notes.get("kind", "IMAGE")
    first = post.media[0] if post.media else None
    shown = {
        "id": post.id,
        "timestamp": graph.timestamp(post.created_at),
        "permalink": world.origin + post.path,
        "shortcode": f"C{post.id[-10:]}",
        "media_type": "CAROUSEL_ALBUM" if kind == "CAROUSEL" else _type_of(first),
        "media_product_type": PRODUCTS.get(kind, "FEED"),
        "media_url": f"{world.origin}/_images/{first.sha256}" if first else None,
        "thumbnail_url": None,
        "username": account_fields(account)["username"],
        "owner": {"id": account.id},
        "like_count": 0,
        "comments_count": len(world.ledger.children(post)),
        "is_comment_enabled": True,
        "is_shared_to_feed": post.notes.get("share_to_feed"),
        "alt_text": (first.alt or None) if first else None,
    }
    if by_facebook(account):
        shown["caption"] = post.text or None
    return shown


def _type_of(media: Any) -> str:
    return "VIDEO" if media and media.type == "video" else "IMAGE"


def comment_fields(comment: Entry) -> dict[str, Any]:
    return {
        "id": comment.id,
        "text": comment.text,
        "timestamp": graph.timestamp(comment.created_at),
        "hidden": False,
        "like_count": 0,
    }
