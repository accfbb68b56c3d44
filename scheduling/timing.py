"""Giving a post its time, and taking it away again."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from organisation.audit import record
from organisation.models import User
from platforms.checking import stopping
from posting.deciding import FRESH, NotPossible
from posting.models import Post, PostEvent
from posting.preparing import problems_with
from posting.states import Status
from scheduling.walltime import instant_of, parse_wall, zone_named

PAST_ALLOWED = timedelta(minutes=1)  # the time it takes to fill in a form
FURTHEST = timedelta(days=366 * 5)


def schedule(
    post: Post, *, wall: str, zone: str, fold: int = 0, by: User | str, now: datetime
) -> None:
    """Let a ready or scheduled post go out at a wall time, such as "2026-11-24 09:30".

    Raises ValidationError, with nothing changed, for a time that is past, skipped or unreadable,
    for an unknown zone, for content the platform would refuse, and for an account that cannot send;
    NotPossible when the post has moved on meanwhile.
    """
    due_at = _checked_instant(wall, zone, fold, now)
    _check_account(post)
    problems = stopping(problems_with(post, post.account))
    if problems:
        raise ValidationError([problem.sentence for problem in problems])
    local = parse_wall(wall)
    values = {
        **FRESH,
        "wall_time": f"{local:%Y-%m-%dT%H:%M:%S}",
        "zone": zone,
        "fold": fold,
        "due_at": due_at,
        "wake_at": due_at,
    }
    sentence = f"{by} scheduled it for {local:%d %B %Y %H:%M}, {zone}."
    _set_time(post, Status.SCHEDULED, values, by, sentence)


def unschedule(post: Post, *, by: User | str, now: datetime) -> None:
    """Take the time from a scheduled post; it is ready again. Raises NotPossible."""
    values = {**FRESH, "wall_time": "", "zone": "", "fold": 0, "due_at": None, "wake_at": None}
    if post.irrevocable or post.steps.filter(state="started").exists():
        raise NotPossible("Part of this is already out, or may be. Its time stays.")
    if post.status != Status.SCHEDULED:
        raise NotPossible(f"The post is {Status(post.status).label.lower()}, so it has no time.")
    _set_time(post, Status.READY, values, by, f"{by} took its time away.")


def _checked_instant(wall: str, zone: str, fold: int, now: datetime) -> datetime:
    due_at = instant_of(parse_wall(wall), zone_named(zone), fold)
    if due_at < now - PAST_ALLOWED:
        raise ValidationError(
            f"{wall} in {zone} is in the past. Nothing was scheduled. "
            "Choose a later time, or publish it now.",
            code="past",
        )
    if due_at > now + FURTHEST:
        raise ValidationError(f"{wall} is more than five years away. Check the year.", code="far")
    return due_at


def _check_account(post: Post) -> None:
    account = post.account
    if not account.can_send:
        raise ValidationError(
            f"{account.name} cannot send: {account.get_state_display().lower()}. "
            f"{account.state_reason} Nothing was scheduled. Reconnect or resume it first.",
            code="account",
        )


def _set_time(
    post: Post, new: Status, values: dict[str, Any], by: User | str, sentence: str
) -> None:
    old = Status(post.status)
    with transaction.atomic():
        changed = _move_or_change(post, old, new, {**values, "version": post.version + 1}, by,
                                  sentence)  # fmt: skip
        if not changed:
            post.refresh_from_db()
            raise NotPossible(
                f"Something changed this post a moment ago; it is {post.get_status_display()} "
                "now. Your time was not saved. Look at the new version."
            )
        record("schedule", f"{sentence} {post}.", by=by, subject=post, brand=post.brand)
    post.refresh_from_db()


def _move_or_change(
    post: Post, old: Status, new: Status, values: dict[str, Any], by: User | str, sentence: str
) -> bool:
    guards = {"version": post.version, "irrevocable": False}
    if old != new:
        moved: bool = Post.objects.advance(
            post.pk, old=old, new=new, actor=str(by), sentence=sentence, guards=guards,
            values=values,
        )  # fmt: skip
        return moved
    changed = Post.objects.filter(pk=post.pk, status=old, **guards).update(**values)
    if changed:
        PostEvent.objects.create(post=post, old=old, new=new, actor=str(by), sentence=sentence)
    return bool(changed)
