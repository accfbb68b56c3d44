"""The fields of pages and posts as Graph shows them, and how it names things."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.ledger import Entry
from sandbox.world import World

NAME = "facebook"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PUBLISHED = {
    "video_status": "ready",
    "uploading_phase": {"status": "complete"},
    "processing_phase": {"status": "complete"},
    "publishing_phase": {"status": "complete", "publish_status": "published"},
}
TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]


def digits_of(moment: datetime) -> str:
    """18 digits as Graph's own ids have; unique because no two instants are the same."""
    return f"122{(moment - EPOCH) // MICROSECOND:015d}"


def name_post(page: str, moment: datetime, number: int) -> tuple[str, str]:
    """`{page}_{digits}`, and the address below the page."""
    digits = digits_of(moment)
    return f"{page}_{digits}", f"/{NAME}/{page}/posts/{digits}"


def name_video(page: str, video: str, moment: datetime, number: int) -> tuple[str, str]:
    return video, f"/{NAME}/{page}/videos/{video}"


def name_reel(video: str, moment: datetime, number: int) -> tuple[str, str]:
    return video, f"/{NAME}/reel/{video}"


def name_comment(post: Entry, moment: datetime, number: int) -> tuple[str, str]:
    """`{post}_{digits}` without the page, and the address at the post."""
    digits = digits_of(moment)
    name = f"{post.id.rpartition('_')[2]}_{digits}"
    return name, f"{post.path.partition('?')[0]}?comment_id={digits}"


def page_fields(page: Account) -> dict[str, Any]:
    return {
        "id": page.id,
        "name": page.name,
        "access_token": page.token,
        "category": "Sandbox",
        "tasks": TASKS,
        "link": f"https://www.facebook.com/{page.id}",
        "username": None,
        "picture": None,
        "fan_count": 0,
        "followers_count": 0,
        "is_published": True,
        "instagram_business_account": None,
    }


def post_fields(world: World, page: Account, post: Entry) -> dict[str, Any]:
    """Every field of a post, photo or comment; None where Graph leaves an empty one out."""
    pictures = [f"{world.origin}/_images/{media.sha256}" for media in post.media]
    comments = world.ledger.children(post)
    return {
        "id": post.id,
        "message": post.text or None,
        "created_time": graph.timestamp(post.created_at),
        "updated_time": graph.timestamp(post.edited_at or post.created_at),
        "permalink_url": world.origin + post.path,
        "from": {"id": page.id, "name": page.name},
        "application": {"id": page.limits.get("app_id", "0"), "name": "Sandbox"},
        "status_type": "added_photos" if pictures else "mobile_status_update",
        "is_published": True,
        "is_hidden": False,
        "full_picture": pictures[0] if pictures else None,
        "attachments": attachments(post, pictures),
        "shares": None,
        "reactions": {"data": [], "summary": {"total_count": 0, "viewer_reaction": "NONE"}},
        "likes": {"data": [], "summary": {"total_count": 0}},
        "comments": {"data": [], "summary": {"order": "ranked", "total_count": len(comments)}},
        "parent": {"id": post.parent} if post.parent else None,
        # of a photo
        "name": post.text or None,
        "alt_text": (post.media[0].alt or None) if post.media else None,
        "link": world.origin + post.path,
        "page_story_id": post.id,
        # of a video
        "description": post.text or None,
        "published": True,
        "status": after_publishing(page),
        "length": None,
        "views": 0,
        "post_id": post.aliases[0] if post.aliases else None,
    }


def after_publishing(page: Account) -> dict[str, Any]:
    """How a published video stands: ready, unless the account's `video_after` says otherwise.

    It may be `processing` still, or `error`, as when a file turns out to be of no use.
    """
    state = str(page.limits.get("video_after", "ready"))
    if state == "ready":
        return PUBLISHED
    phase: dict[str, Any] = {"status": "in_progress"}
    if state == "error":
        said = {"code": 1363008, "message": "The video file cannot be processed."}
        phase = {"status": "error", "errors": [said]}
    return PUBLISHED | {"video_status": state, "processing_phase": phase}


def attachments(post: Entry, pictures: list[str]) -> dict[str, Any] | None:
    items = [{"media": {"image": {"src": url}}, "type": "photo"} for url in pictures]
    if link := post.notes.get("link"):
        items.append({"type": "share", "unshimmed_url": link, "url": link})
    return {"data": items} if items else None
