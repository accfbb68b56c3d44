"""Reads what the database, the ledger and the platforms' request log say."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import requests
from django.conf import settings

from posting.models import FollowUp, Post, PublishStep
from posting.states import Status
from tests.crash.verdict import Held, Strike, Thing

LEAVES_UNKNOWN = frozenset(
    {
        "hang",
        "reset_before",
        "reset_after_accept",
        "error_500_before",
        "error_500_after_accept",
        "garbage",
        "wrong_content_type",
    }
)
NEVER = float("inf")
TEXT_FIELDS = ("message", "caption", "status")  # as the platforms name them


def things() -> Iterator[Thing]:
    """Every post that was given a time, and every comment that was planned."""
    posts = Post.objects.with_a_time().select_related("piece_version")
    for post in posts.prefetch_related("steps", "events"):
        yield Thing(post.piece_version.text, post.status, _started(post), tuple(_holds(post)))
    for comment in FollowUp.objects.prefetch_related("steps"):
        started = _started(comment)
        end = (started or 0) + settings.LEASE_SECONDS
        yield Thing(comment.text, comment.state, started, (Held(0, started or 0, end),))


def _started(row: Any) -> float | None:
    begun = [s for s in row.steps.all() if s.state == PublishStep.State.STARTED]
    return begun[0].started_at.timestamp() if begun else None


def _holds(post: Post) -> Iterator[Held]:
    """From each claim to the move that ended it."""
    events = [event for event in post.events.all() if event.old != event.new]
    for number, event in enumerate(events):
        if event.new == Status.PUBLISHING:
            after = events[number + 1 :]
            until = after[0].at.timestamp() if after else NEVER
            yield Held(int(event.actor.rpartition(":")[2]), event.at.timestamp(), until)


def longest_pause() -> float:
    """Return the longest time in seconds in which nothing went out."""
    out = Post.objects.published().order_by("published_at")
    moments = [moment for moment in out.values_list("published_at", flat=True) if moment]
    return max(((b - a).total_seconds() for a, b in pairwise(moments)), default=0)


def copies(sandbox: str) -> Counter[str]:
    """Return how often each text is live."""
    entries = _ask(sandbox, "ledger")["posts"]
    return Counter(entry["text"] for entry in entries if not entry["deleted_at"])


def spoilt(sandbox: str) -> Iterator[Strike]:
    """The requests whose answer the platform withheld or garbled."""
    for request in _ask(sandbox, "requests")["requests"]:
        if request["fault"] in LEAVES_UNKNOWN:
            at = datetime.fromisoformat(request["time"]).timestamp()
            for name in TEXT_FIELDS:
                if text := request["parameters"].get(name):
                    yield Strike("fault", at, at, text=text)


def _ask(sandbox: str, name: str) -> Any:
    return requests.get(f"{sandbox}/_sandbox/{name}", timeout=60).json()
