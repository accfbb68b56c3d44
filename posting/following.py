"""Following posts until each is decided, and saying why one still waits."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from organisation.clock import database_now
from organisation.models import Heartbeat, Switch
from posting.models import Post, PostEvent
from posting.states import Hold, Status

LOOK_EVERY = 0.2  # seconds
PATIENCE = 300.0  # seconds
MOVING = (Status.SCHEDULED, Status.PUBLISHING)


def follow(
    posts: Sequence[Post], *, tell: Callable[[str], object], patience: float = PATIENCE
) -> list[str]:
    """Watch the posts for `patience` seconds and tell every move and every post that is out.

    Returns a sentence for each post that is not out, with the reason; none is good news.
    """
    last = PostEvent.objects.filter(post__in=posts).order_by("-pk").first()
    seen = last.pk if last else 0
    end = time.monotonic() + patience
    while True:
        for event in PostEvent.objects.filter(post__in=posts, pk__gt=seen).order_by("pk"):
            tell(f"Post {event.post_id}: {event.sentence}")
            seen = event.pk
        now_there = list(Post.objects.for_list().filter(pk__in=[post.pk for post in posts]))
        moving = [post for post in now_there if post.status in MOVING]
        if not moving or time.monotonic() >= end:
            break
        time.sleep(LOOK_EVERY)
    return [sentence for post in now_there if (sentence := _if_not_out(post, tell))]


def why_waiting(post: Post, now: datetime) -> str:
    """Return the reason why a scheduled post has not left yet, and what to do."""
    stop = Switch.objects.stopped_for(post.brand_id).first()
    if stop:
        return f"Publishing is stopped{f' by {stop.stopped_by}' if stop.stopped_by else ''}."
    if Hold.APPROVAL in post.held_by:
        return "It waits for approval."
    if post.holds:
        return "It is on hold."
    account = post.account
    if not account.can_send:
        return f"{account} cannot send: {account.get_state_display().lower()}."
    if account.blocked_until and account.blocked_until > now:
        return f"{account} allows the next post at {account.blocked_until:%H:%M:%S} UTC."
    if post.wake_at and post.wake_at > now:
        return f"{post.error_sentence} It is tried at {post.wake_at:%H:%M:%S} UTC.".strip()
    if not Heartbeat.objects.alive(now).senders().exists():
        return "No sending worker is running. Start one with `make run`."
    return "A worker takes it in a moment."


def _if_not_out(post: Post, tell: Callable[[str], object]) -> str:
    if post.status == Status.PUBLISHED:
        tell(f"Post {post.pk} is out: {post.remote_url or post.remote_id}")
        return ""
    reason = post.error_sentence
    if post.status == Status.SCHEDULED:
        reason = why_waiting(post, database_now())
    return f"Post {post.pk} is {Status(post.status).label.lower()}. {reason}".strip()
