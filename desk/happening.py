"""What a post is doing, as one line."""

from collections.abc import Callable
from datetime import datetime

from desk.batch_verbs import can_be_taken_back
from desk.decisions import waits_for_approval
from desk.words import moment, span, zoned
from posting.models import Post
from posting.states import BY_PEOPLE, Status

WAITS = "Due. Waits for a worker."


def happening(post: Post, now: datetime) -> str:
    """Return what the post is doing, as one line."""
    return SAID[Status(post.status)](post, now)


def _ready(post: Post, now: datetime) -> str:
    if waits_for_approval(post, now):
        return "Waits for approval, without a time."
    if post.held_by & BY_PEOPLE:
        return "On hold, without a time."
    return "Ready. It has no time and does not go out by itself."


def _scheduled(post: Post, now: datetime) -> str:
    if waits_for_approval(post, now):
        return f"Waits for approval, then goes out at {zoned(post.due_at)}."
    if post.held_by & BY_PEOPLE:
        return f"On hold. Its time is {zoned(post.due_at)}."
    if not post.account.can_send:
        return f"Waits: {post.account.name} cannot send."
    next_time = "Looked at again" if post.is_being_prepared else "Tried again"
    again = f"{post.error_sentence} {next_time}" if post.error_sentence else "Goes out"
    if post.wake_at is None or post.wake_at <= now:
        return WAITS
    if can_be_taken_back(post, now):
        return f"Goes out in {span(post.wake_at - now)}. Until then it can be taken back."
    return f"{again} at {zoned(post.wake_at)}."


def _publishing(post: Post, now: datetime) -> str:
    return f"A worker is sending it to {post.account.platform.name}."


def _published(post: Post, now: datetime) -> str:
    return f"Out since {moment(post.published_at)}."


def _failed(post: Post, now: datetime) -> str:
    return post.error_sentence or "It could not be sent. It is not out."


def _unconfirmed(post: Post, now: datetime) -> str:
    return post.error_sentence or "It may be out. Nothing is sent again until you decide."


def _missed(post: Post, now: datetime) -> str:
    return f"It was due at {zoned(post.due_at)}. We did not send it."


def _cancelled(post: Post, now: datetime) -> str:
    return "Taken out. It does not go out."


def _removed(post: Post, now: datetime) -> str:
    return f"Deleted at {post.account.platform.name}."


SAID: dict[Status, Callable[[Post, datetime], str]] = {
    Status.READY: _ready,
    Status.SCHEDULED: _scheduled,
    Status.PUBLISHING: _publishing,
    Status.PUBLISHED: _published,
    Status.FAILED: _failed,
    Status.UNCONFIRMED: _unconfirmed,
    Status.MISSED: _missed,
    Status.CANCELLED: _cancelled,
    Status.REMOVED: _removed,
}
