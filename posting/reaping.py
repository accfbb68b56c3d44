"""Taking over from workers that are gone. It never sends; it only says what the row proves."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from posting.models import FollowUp, Post, PostAttempt, PublishStep
from posting.states import Status

log = logging.getLogger(__name__)

BATCH = 500
CLAIMS_WITHOUT_ANSWER = 5


def reap(now: datetime) -> int:
    """Release every post and follow-up whose lease ended before `now`; return how many moved.

    With nothing on the wire the post goes back in line: whatever was done is in the journal. With
    a step on the wire it may be out, so it becomes unconfirmed and is looked for.
    """
    posts = Post.objects.abandoned(now).order_by("lease_until")[:BATCH]
    follow_ups = FollowUp.objects.filter(state="sending", lease_until__lt=now)[:BATCH]
    moved = sum(_release(post, now) for post in posts)
    return moved + sum(_release_follow_up(row, now) for row in follow_ups)


def _release(post: Post, now: datetime) -> bool:
    new, sentence, values = _fate(post, now)
    with transaction.atomic():
        moved = Post.objects.advance(
            post.pk,
            old=Status.PUBLISHING,
            new=new,
            actor="reaper",
            sentence=sentence,
            # Columns of this row only: a worker that commits its `started` first wins the row.
            guards={
                "lease_token": post.lease_token,
                "on_wire": post.on_wire,
                "lease_until__lt": now,
            },
            values={"attempts": F("attempts") + 1, "error_sentence": sentence, **values},
        )
        if moved:
            _write_attempt(post, now, sentence)
    if moved:
        log.warning("post %s: %s", post.pk, sentence)
    return moved


def _fate(post: Post, now: datetime) -> tuple[Status, str, dict[str, Any]]:
    if post.on_wire:
        sentence = (
            "The worker stopped while the post was on its way, so it may be out. "
            "It is not sent again by itself. We look for it first."
        )
        look = now + timedelta(seconds=settings.SETTLE_SECONDS)
        return Status.UNCONFIRMED, sentence, {"next_look_at": look, "looks": 0}
    if post.unanswered_claims < CLAIMS_WITHOUT_ANSWER:
        return Status.SCHEDULED, "The worker stopped before anything left. It is tried again.", {}
    sentence = "The worker stopped each time while preparing this post."
    if post.irrevocable:
        return Status.UNCONFIRMED, f"{sentence} Part of it is out.", {"next_look_at": now}
    if post.steps.filter(state=PublishStep.State.STARTED).exists():
        sentence = f"{sentence} An earlier try may be out."
        return Status.UNCONFIRMED, sentence, {"next_look_at": now, "looks": 0}
    return Status.FAILED, f"{sentence} It is not out. Change it or retry it.", {}


def _write_attempt(post: Post, now: datetime, sentence: str) -> None:
    PostAttempt.objects.create(
        post=post,
        account_id=post.account_id,
        piece_id=post.piece_id,
        platform_id=post.platform_id,
        attempt_number=post.attempts + 1,
        status=PostAttempt.Outcome.ABANDONED,
        error_class="WorkerGone",
        error_message=sentence,
        started_at=_claimed_at(post),
        ended_at=now,
        worker="reaper",
    )


def _claimed_at(post: Post) -> datetime:
    event = post.events.filter(new=Status.PUBLISHING).order_by("-id").first()
    return event.at if event else post.updated_at


def _release_follow_up(row: FollowUp, now: datetime) -> bool:
    if row.on_wire:
        state = FollowUp.State.UNCONFIRMED
        sentence = "The worker stopped while this was on its way. It may be out."
    elif row.unanswered_claims < CLAIMS_WITHOUT_ANSWER:
        state, sentence = FollowUp.State.WAITING, ""
    else:
        state = FollowUp.State.FAILED
        sentence = "The worker stopped each time while preparing this."
    held = FollowUp.objects.filter(
        pk=row.pk,
        state="sending",
        lease_token=row.lease_token,
        on_wire=row.on_wire,
        lease_until__lt=now,
    )
    return bool(held.update(state=state, lease_until=None, on_wire="", error_sentence=sentence))
