"""Moving a post from one time to another by hand, and taking the move back.

Beside `timing.schedule`, which does it, this knows what the person saw when they moved it: a post
that somebody changed meanwhile is not moved, and an hour that comes twice is asked about.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from organisation.models import User
from posting.deciding import NotPossible
from posting.models import Post
from posting.states import Status
from scheduling.timing import (
    TAKES_A_TIME,
    instant_to_send,
    refuse_if_gone,
    schedule,
    unschedule,
)
from scheduling.walltime import is_ambiguous, parse_wall, zone_named


@dataclass(frozen=True)
class Before:
    """Where a post stood before a move: a wall time, its zone and fold, or no time at all."""

    status: Status
    wall: str = ""
    zone: str = ""
    fold: int = 0

    @property
    def can_come_back(self) -> bool:
        """A post that was missed or failed cannot become so again."""
        return self.status in (Status.READY, Status.SCHEDULED)


def move(
    post: Post, *, wall: str, zone: str, fold: int | None, version: int, by: User, now: datetime
) -> Before:
    """Give the post this time if it still is the `version` that the person saw.

    `fold` None: not said; then a time that comes twice raises ValidationError with code "twice".
    Else raises as `schedule`. Nothing is changed by a refusal.
    """
    if post.version != version:
        refuse_if_gone(post, TAKES_A_TIME)
        raise NotPossible(
            f"{_who_changed(post)} changed this post meanwhile. Your move was not saved. "
            "Look at the new version."
        )
    before = Before(Status(post.status), post.wall_time, post.zone, post.fold)
    instant_to_send(wall, zone, fold or 0, now)
    if fold is None and is_ambiguous(parse_wall(wall), zone_named(zone)):
        raise ValidationError(
            f"{parse_wall(wall):%H:%M} comes twice that day in {zone}, because the clocks go back. "
            "Nothing was moved. Say which one is meant.",
            code="twice",
        )
    schedule(post, wall=wall, zone=zone, fold=fold or 0, by=by, now=now)
    return before


def take_back(post: Post, before: Before, *, version: int, by: User, now: datetime) -> None:
    """Put the post back to where it stood before a move that made it `version`.

    Raises NotPossible once it is leaving, out, or changed since; ValidationError when its earlier
    time has passed. It then stays at its new time.
    """
    if post.status != Status.SCHEDULED or post.irrevocable:
        state = post.get_status_display().lower()
        raise NotPossible(f"It is too late to undo the move: the post is {state}.")
    if post.version != version:
        raise NotPossible(
            f"{_who_changed(post)} changed this post after the move. Nothing was undone. "
            "Look at the new version."
        )
    if before.status == Status.READY:
        unschedule(post, by=by, now=now)
        return
    try:
        schedule(post, wall=before.wall, zone=before.zone, fold=before.fold, by=by, now=now)
    except ValidationError as refusal:
        if getattr(refusal, "code", "") != "past":
            raise
        was = parse_wall(before.wall)
        raise ValidationError(
            f"It is too late to undo the move: {was:%H:%M} on {was.day} {was:%B} has passed. "
            "The post stays at its new time.",
            code="past",
        ) from refusal


def _who_changed(post: Post) -> str:
    """The name of whom the post's history names last."""
    last = post.events.order_by("-at", "-pk").first()
    return last.actor if last and last.actor else "Somebody"
