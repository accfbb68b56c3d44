"""Giving a post its time, and taking it away again."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from organisation.audit import record
from organisation.models import User
from platforms.checking import stopping
from posting import policy
from posting.deciding import FRESH, NotPossible
from posting.models import Post, PostEvent, PublishStep
from posting.preparing import problems_with
from posting.states import Status
from scheduling.walltime import instant_of, parse_wall, wall_text, zone_named

PAST_ALLOWED = timedelta(minutes=1)  # the time it takes to fill in a form
FURTHEST = timedelta(days=366 * 5)
# From here a person may give a time. A post that is being sent belongs to its worker.
TAKES_A_TIME = (Status.READY, Status.SCHEDULED, Status.MISSED, Status.FAILED, Status.CANCELLED)


def schedule(
    post: Post, *, wall: str, zone: str, fold: int = 0, by: User | str, now: datetime
) -> None:
    """Let a post go out at a wall time, such as "2026-11-24 09:30"; a scheduled one moves there.

    Raises ValidationError, with nothing changed, for a time that is past, skipped or unreadable,
    for an unknown zone, for content the platform would refuse, for what it forbids beside the post
    of another account (`posting.policy`), and for an account that cannot send;
    NotPossible when the post has moved on meanwhile, or part of it is or may be out.
    """
    due_at = instant_to_send(wall, zone, fold, now)
    refuse_if_gone(post, TAKES_A_TIME)
    refuse_if_unfit(post, due_at)
    local = parse_wall(wall)
    values = {
        **FRESH,
        "wall_time": wall_text(local),
        "zone": zone,
        "fold": fold,
        "due_at": due_at,
        "wake_at": due_at,
    }
    sentence = f"{by} scheduled it for {local.day} {local:%B %Y %H:%M}, {zone}."
    _set_time(post, Status.SCHEDULED, values, by, "schedule", sentence)


def unschedule(post: Post, *, by: User | str, now: datetime) -> None:
    """Take the time from a scheduled post; it is ready again. Raises NotPossible."""
    refuse_if_gone(post, (Status.SCHEDULED,))
    values = {**FRESH, "wall_time": "", "zone": "", "fold": 0, "due_at": None, "wake_at": None}
    _set_time(post, Status.READY, values, by, "unschedule", f"{by} took its time away.")


def instant_to_send(wall: str, zone: str, fold: int, now: datetime) -> datetime:
    """Return the UTC instant of a wall time at which something may still be sent.

    Raises ValidationError for a time that is past, skipped, unreadable or too far away.
    """
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


def refuse_if_gone(post: Post, allowed: tuple[Status, ...]) -> None:
    """What is out, on its way, or may be out has no time to change."""
    status = Status(post.status)
    if status == Status.UNCONFIRMED or _begun(post):
        raise NotPossible("Part of this is already out, or may be. Its time stays as it is.")
    if status not in allowed:
        raise NotPossible(f"The post is {status.label.lower()}. Its time stays as it is.")


def refuse_if_unfit(post: Post, due_at: datetime) -> None:
    """Raise ValidationError for what could not go out at this instant, as far as is known now."""
    _check_account(post)
    problems = stopping(problems_with(post, post.account))
    if problems:
        raise ValidationError([problem.sentence for problem in problems])
    if why_not := policy.why_not_at(post, due_at):
        raise ValidationError(f"{why_not} Nothing was scheduled.", code="alike")


def _begun(post: Post) -> bool:
    return post.irrevocable or post.steps.filter(state=PublishStep.State.STARTED).exists()


def _check_account(post: Post) -> None:
    account = post.account
    if account.can_send:
        return
    words = (
        f"{account.name} cannot send: {account.get_state_display().lower()}.",
        account.state_reason,
        "Nothing was scheduled. Reconnect or resume it first.",
    )
    raise ValidationError(" ".join(filter(None, words)), code="account")


def _set_time(
    post: Post, new: Status, values: dict[str, Any], by: User | str, verb: str, sentence: str
) -> None:
    old = Status(post.status)
    with transaction.atomic():
        values = {**values, "version": post.version + 1}
        if not _move_or_change(post, old, new, values, by, sentence):
            post.refresh_from_db()
            raise NotPossible(
                f"Something changed this post a moment ago; it is "
                f"{post.get_status_display().lower()} now. Your time was not saved. "
                "Look at the new version."
            )
        record(verb, f"{sentence} {post}.", by=by, subject=post, brand=post.brand)
    post.refresh_from_db()


def _move_or_change(
    post: Post, old: Status, new: Status, values: dict[str, Any], by: User | str, sentence: str
) -> bool:
    # The token rises with each claim: what a worker did since the post was read counts too.
    guards = {"version": post.version, "lease_token": post.lease_token, "irrevocable": False}
    if old != new:
        return Post.objects.advance(
            post.pk,
            old=old,
            new=new,
            actor=str(by),
            sentence=sentence,
            guards=guards,
            values=values,
        )
    rows = Post.objects.filter(pk=post.pk, status=old, **guards)
    changed = rows.update(updated_at=Now(), **values)
    if changed:
        PostEvent.objects.create(
            post=post, old=old, new=new, actor=str(by)[:150], sentence=sentence
        )
    return bool(changed)
