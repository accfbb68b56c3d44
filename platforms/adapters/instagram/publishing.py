"""Putting a post out: its parts, its container, and the one request that publishes it."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from platforms.adapters.instagram.containers import LIFE, Container, make, make_with, prepared
from platforms.adapters.instagram.errors import QUOTA_PAUSE
from platforms.adapters.instagram.profile import Profile
from platforms.adapters.instagram.rules import FEED, REEL, STORY
from platforms.contract import Journal
from platforms.errors import PlatformError, RateLimited, Unclear
from platforms.links import web_address
from platforms.telling import POST, READING
from platforms.values import POSTS_IN_A_DAY, Allowance, Json, MediaItem, Receipt, Rendition

QUOTA_FRESH = timedelta(hours=1)
QUOTA = 50  # posts in 24 hours, where Instagram does not say; its pages differ (unsure)
CAROUSEL_VIDEO = "VIDEO"  # the current reference no longer lists a type for these (unsure)


def publish(profile: Profile, rendition: Rendition, journal: Journal) -> Receipt:
    """Put the rendition out. See `Adapter.publish`."""
    make_whole = partial(_make, profile, rendition, journal)
    container = prepared(profile, "container", make_whole, rendition.request, journal)
    send = partial(_send, profile, container)
    name = str(journal.once("post", send, request=rendition.request)["id"])
    return Receipt(name, _address(profile, name, journal))


def _make(profile: Profile, rendition: Rendition, journal: Journal) -> Json:
    """Make the container of the whole post, and before it those of its parts."""
    journal.repeatable("quota", partial(check_quota, profile), QUOTA_FRESH)
    words = _chosen(rendition)
    if rendition.channel == FEED and len(rendition.media) > 1:
        parts = [_part(profile, item, rendition, journal) for item in rendition.media]
        return make(profile, {**words, "media_type": "CAROUSEL", "children": ",".join(parts)})
    (item,) = rendition.media
    if rendition.channel == FEED:
        words |= _of_picture(item, rendition)
    return make_with(profile, item, words)


def _part(profile: Profile, item: MediaItem, rendition: Rendition, journal: Journal) -> str:
    words = {"is_carousel_item": "true"} | _of_picture(item, rendition)
    if item.type == "video":
        words["media_type"] = CAROUSEL_VIDEO
    step, request = f"item:{item.position}", {"media": item.identity, **words}
    send = partial(make_with, profile, item, words)
    return prepared(profile, step, send, request, journal).id


def _send(profile: Profile, container: Container) -> Json:
    if container.published:
        # An earlier request got through although it looked otherwise. Not a second time.
        raise profile.tell.error(Unclear, POST, "it says that this post is out already")
    words = {"creation_id": container.id}
    said = profile.graph.ask(POST, "POST", f"{profile.id}/media_publish", words)
    return {"id": profile.graph.id_in(said, POST)}


def check_quota(profile: Profile) -> Json:
    """Read how many posts are left of the day. Raises RateLimited when none is."""
    path, fields = f"{profile.id}/content_publishing_limit", {"fields": "quota_usage,config"}
    rows = profile.graph.ask(READING, "GET", path, fields).get("data")
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    said = row.get("config")
    config = said if isinstance(said, dict) else {}
    total, used = _number(config.get("quota_total"), QUOTA), _number(row.get("quota_usage"), 0)
    left = max(total - used, 0)
    if left:
        _tell_quota(profile, total, left - 1)
        return {"left": left}
    until = datetime.now(UTC) + QUOTA_PAUSE
    _tell_quota(profile, total, 0, until)
    sentence = f"All {total} posts that Instagram allows apps in 24 hours are used up."
    raise RateLimited(sentence, until=until)


def _tell_quota(profile: Profile, total: int, left: int, resets_at: datetime | None = None) -> None:
    said = Allowance(POSTS_IN_A_DAY, total, left, resets_at)
    profile.connection.client.told.append(said)


def _address(profile: Profile, name: str, journal: Journal) -> str:
    """Ask for the address people open. The post is out without it, too."""
    try:
        said = journal.repeatable("address", partial(address_of, profile, name), LIFE)
    except PlatformError:
        return ""
    return str(said["url"])


def address_of(profile: Profile, name: str) -> Json:
    said = profile.graph.ask(READING, "GET", name, {"fields": "permalink"})
    return {"url": web_address(said.get("permalink"))}


def _chosen(rendition: Rendition) -> Json:
    """What a person said and chose for the whole post, in Instagram's words."""
    chosen = rendition.options
    words: Json = {"is_ai_generated": "true" if chosen.get("ai_generated") else ""}
    if rendition.channel == STORY:
        return {**words, "media_type": "STORIES"}
    names = chosen.get("collaborators")
    words |= {
        "caption": rendition.text,
        "location_id": chosen.get("location_id"),
        "collaborators": json.dumps(names) if names else "",
        "is_paid_partnership": "true" if chosen.get("paid_partnership") else "",
    }
    if rendition.channel == REEL:
        words |= {
            "media_type": "REELS",
            "audio_name": chosen.get("audio_name"),
            "share_to_feed": "false" if chosen.get("reels_only") else "true",
        }
        if chosen.get("cover_at") is not None:
            words["thumb_offset"] = round(chosen["cover_at"] * 1000)  # milliseconds
    return words


def _of_picture(item: MediaItem, rendition: Rendition) -> Json:
    if item.type != "image":
        return {}
    tags = [
        {name: tag[name] for name in ("username", "x", "y")}
        for tag in rendition.options.get("user_tags") or ()
        if tag["picture"] == item.position
    ]
    return {"alt_text": item.alt, "user_tags": json.dumps(tags) if tags else ""}


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
