"""What a worker holds while it sends: its claim, and how long that lasts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from platforms.models import Account
from platforms.values import Rendition
from posting.models import FollowUp, Post, PublishStep


@dataclass(frozen=True)
class Claim:
    """One worker's right to send one post or follow-up until its lease ends."""

    owner: type[Post] | type[FollowUp]
    pk: int
    post_pk: int
    piece_pk: int
    platform_pk: int
    account: Account  # as it was at the claim, with its platform
    token: int
    worker: str
    claimed_at: datetime
    first_claimed_at: datetime
    due_at: datetime | None
    deadline: float  # on platforms.clock.boottime; no step may begin after it
    attempt: int
    title: str
    rendition: Rendition
    steps: tuple[PublishStep, ...]  # every generation, oldest first
    irrevocable: bool
    channel_limits: Mapping[str, int]
    first_comment: str = ""
    kind: str = ""  # of a follow-up
    text: str = ""  # of a follow-up
    remote_id: str = ""  # of the post a follow-up belongs to
    part_ids: tuple[str, ...] = ()  # of the posts of its thread, where each has one
    bill: Mapping[str, int] = field(default_factory=dict)  # millionths of a dollar, by step


def lease() -> timedelta:
    """How long a worker may hold a post before others may ask what became of it."""
    return timedelta(seconds=settings.LEASE_SECONDS)


def latest_start(before: float) -> float:
    """Return the last moment (boottime) at which a step may begin, for a lease taken at `before`.

    The answer must have time to arrive while the lease still stands.
    """
    answer_time = min(
        settings.CONNECT_TIMEOUT + settings.READ_TIMEOUT, settings.LEASE_SECONDS * 0.6
    )
    return before + settings.LEASE_SECONDS - answer_time
