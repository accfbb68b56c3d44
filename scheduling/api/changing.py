"""Changing and ending a post that a program names."""

from datetime import datetime
from typing import Any

from django.db import transaction

from content.writing import EditConflict
from organisation.api.caller import Caller
from organisation.models import Scope
from organisation.rights import PUBLISH_POST, WRITE_PIECE
from posting.deciding import ask_delete, cancel
from posting.editing import edit_post
from posting.models import Post
from posting.states import Status
from scheduling.api.making import pictures
from scheduling.api.refusals import refusals
from scheduling.timing import schedule, unschedule

WORDS = ("text", "link", "media")


def change(post: Post, asked: dict[str, Any], caller: Caller, now: datetime) -> None:
    """Give the post other words, another time, or both: all of it or nothing."""
    _require_for_change(post, asked, caller)
    said = {name: asked[name] for name in WORDS if name in asked}
    if "media" in said:
        said["media"] = pictures(caller, post.brand, said["media"])
    with transaction.atomic():
        if said:
            with refusals():
                edit_post(post, version=asked["version"], by=caller.user, now=now, **said)
        else:
            require_seen(post, asked["version"])
        if "time" in asked:
            with refusals(about_time=True):
                give_time(post, asked["time"], caller, now)


def require_seen(post: Post, version: int) -> None:
    """Raise Conflict unless the post is still the version that the program saw."""
    if post.version != version:
        with refusals():
            raise EditConflict(
                f"Someone changed this post meanwhile: it is version {post.version} now. "
                "Your change was not saved. Look at the new version, then make it again."
            )


def end(post: Post, caller: Caller, now: datetime) -> tuple[str, str]:
    """Cancel what is not out; ask the platform to delete what is. Return the outcome in words."""
    caller.require(PUBLISH_POST, post.brand, Scope.POSTS_WRITE)
    if post.status == Status.CANCELLED:
        return "cancelled", "The post was cancelled before. It does not go out."
    if post.status == Status.REMOVED:
        return "deleted", f"The post was deleted at {post.platform.name} before."
    with refusals():
        if post.status == Status.PUBLISHED:
            caller.require_scope(Scope.POSTS_PUBLISH)
            ask_delete(post, by=caller.user, now=now)
            return "asked_to_delete", (
                f"The post is out. A worker asks {post.platform.name} to delete it; its status "
                "becomes removed once that is done."
            )
        cancel(post, by=caller.user, now=now)
    return "cancelled", "The post is cancelled. It does not go out; its piece is kept."


def _require_for_change(post: Post, asked: dict[str, Any], caller: Caller) -> None:
    """Words of a post without a time are an author's; whatever changes what leaves is not."""
    if set(asked) & set(WORDS):
        caller.require(WRITE_PIECE, post.brand, Scope.POSTS_WRITE)
    if "time" in asked or post.status != Status.READY:
        caller.require(PUBLISH_POST, post.brand, Scope.POSTS_PUBLISH)


def give_time(post: Post, time: dict[str, Any] | None, caller: Caller, now: datetime) -> None:
    """Give the post its time by the pages' own verb; None takes it away."""
    if time is None:
        if post.status != Status.READY:
            unschedule(post, by=caller.user, now=now)
        return
    zone = time.get("zone") or post.zone or post.account.timezone
    schedule(post, wall=time["wall"], zone=zone, fold=time["fold"], by=caller.user, now=now)
