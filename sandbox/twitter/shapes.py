"""How X names things and describes accounts and posts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.accounts import Account
from sandbox.ledger import Entry
from sandbox.twitter.weights import shortened
from sandbox.world import World

NAME = "twitter"
EPOCH = 1_288_834_974_657  # milliseconds of Unix time at which X's ids begin
OLD_NAMES = {"repost_count": "retweet_count", "post_count": "tweet_count"}


def snowflake(world: World) -> str:
    """An id as X makes them: the time, and a number so that no two are the same."""
    return snowflake_at(world.ledger.now(), world.ledger.next_number())


def snowflake_at(moment: datetime, number: int) -> str:
    return str((round(moment.timestamp() * 1000) - EPOCH) << 22 | number % (1 << 22))


def handle(account: Account) -> str:
    """The name an account was given, or one made from what it is called."""
    given = account.limits.get("handle")
    letters = re.sub(r"[^a-z0-9]+", "_", account.name.lower()).strip("_")[:15]
    return str(given or letters or f"account_{account.id[-6:]}")


def path(account: Account, name: str) -> str:
    """The address of a post's page below the sandbox's own."""
    return f"/{NAME}/{handle(account)}/status/{name}"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def figures(account: Account, names: tuple[str, ...], **known: int) -> dict[str, int]:
    """Figures by their newest names, or with the limit `old_names` by those before."""
    told = account.limits.get("metrics", {})
    old = bool(account.limits.get("old_names", True))
    return {
        OLD_NAMES.get(name, name) if old else name: int(told.get(name, known.get(name, 0)))
        for name in names
    }


def user(world: World, account: Account, fields: set[str]) -> dict[str, Any]:
    names = ("followers_count", "following_count", "post_count", "listed_count")
    posts = world.ledger.count(NAME, account.id)
    said = {
        "profile_image_url": f"{world.origin}/_sandbox/assets/nobody.svg",
        "public_metrics": figures(account, names, post_count=posts),
    }
    plain = {"id": account.id, "name": account.name, "username": handle(account)}
    return plain | {name: value for name, value in said.items() if name in fields}


def post(world: World, account: Account, entry: Entry, fields: set[str]) -> dict[str, Any]:
    text, urls = shortened(entry.text, entry.id[-8:])
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if entry.media:
        url = f"https://t.co/{entry.id[-8:]}m"
        text = f"{text} {url}".strip()
        shown: dict[str, Any] = {
            "url": url,
            "display_url": "pic.x.com/sandbox",
            "media_key": f"3_{entry.id}",
        }
        shown |= {"start": len(text) - len(url), "end": len(text)}
        urls.append({**shown, "expanded_url": f"https://x.com/i/status/{entry.id}/photo/1"})
    names = ("repost_count", "like_count", "quote_count", "bookmark_count", "impression_count")
    replies = len(world.ledger.children(entry))
    said: dict[str, Any] = {
        "created_at": stamp(entry.created_at),
        "author_id": account.id,
        "conversation_id": entry.notes.get("conversation", entry.id),
        "entities": {"urls": urls} if urls else {},
        "public_metrics": figures(account, (*names, "reply_count"), reply_count=replies),
        "non_public_metrics": figures(account, ("url_link_clicks", "engagements")),
    }
    history = "edit_history_tweet_ids" if "tweet" in fields else "edit_history_post_ids"
    plain = {"id": entry.id, "text": text, history: [entry.id]}
    return plain | {name: value for name, value in said.items() if name in fields and value}
