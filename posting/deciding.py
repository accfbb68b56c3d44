"""What a person can decide about a post. Every page, command and admin action calls these.

Each is a compare-and-swap: a double click, a replayed form or two people at once decide once.
"""

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from organisation.audit import record
from organisation.models import User
from platforms.contract import Deletes
from platforms.links import host_of, stands_at
from platforms.parts import parts_out
from posting import policy
from posting.approval_notices import nobody_asks
from posting.models import FollowUp, Post, PostEvent, PublishStep
from posting.reconciling import settle_time
from posting.settling import URL_MAX, half_out
from posting.states import MOVES, Hold, Status
from posting.verifying import is_missing
from posting.waking import wake_soon

FRESH: dict[str, Any] = {
    "next_attempt_at": None,
    "first_claimed_at": None,
    "unanswered_claims": 0,
    "attempts": 0,
    "looks": 0,
    "next_look_at": None,
    "error_class": "",
    "error_sentence": "",
}


class NotPossible(Exception):
    """The post is not in a state for this. Nothing was changed; the sentence says why."""


def publish_now(post: Post, *, by: User, now: datetime) -> None:
    """Send a post as soon as a worker is free. Raises NotPossible."""
    _refuse_if_maybe_out(post)
    _refuse_if_taken_down(post)
    if post.status == Status.PUBLISHING:
        raise NotPossible(f"{_is(post)} A worker has it already.")
    if Hold.APPROVAL in post.held_by and not post.irrevocable:
        raise NotPossible("The post waits: nobody has approved it. Approve it first.")
    _refuse_if_held(post)
    _refuse_if_alike(post, now)
    _to_scheduled(post, by=by, now=now, sentence=f"{by} asked to publish it now.")


def retry(post: Post, *, by: User, now: datetime) -> None:
    """Try a failed or missed post again, now. Raises NotPossible."""
    if post.status not in (Status.FAILED, Status.MISSED):
        raise NotPossible(f"{_is(post)} There is nothing to retry.")
    _refuse_if_maybe_out(post)
    _refuse_if_taken_down(post)
    _refuse_if_held(post)
    _refuse_if_alike(post, now)
    _to_scheduled(post, by=by, now=now, sentence=f"{by} asked to try it again.")


def cancel(post: Post, *, by: User, now: datetime, note: str = "") -> None:
    """Take a post out of the queue for good, with a note of why if there is one.

    Raises NotPossible when it may be out already.
    """
    _refuse_if_maybe_out(post)
    if post.irrevocable:
        raise NotPossible("Part of this is already out. Nothing was changed.")
    sentence = f"{by} cancelled the post." + (f" {note}" if note else "")
    _move(post, Status.CANCELLED, by, sentence, {"irrevocable": False})
    nobody_asks(post.brand, now)


def confirm_live(post: Post, *, by: User, now: datetime, url: str = "") -> None:
    """A person saw the post at the platform. Raises NotPossible, or ValidationError for the URL."""
    if url:
        URLValidator(schemes=["http", "https"])(url)
        MaxLengthValidator(URL_MAX)(url)
        _check_site(post, url)
    values = {
        "confirmed_by": by,
        "confirmed_at": now,
        "published_at": now,
        "remote_url": url,
        "irrevocable": True,
        "next_look_at": None,
        "error_class": "",
        "error_sentence": "",
    }
    _require(post, Status.UNCONFIRMED)
    with transaction.atomic():
        _move(post, Status.PUBLISHED, by, f"{by} saw the post at the platform.", {}, values, url)


def send_again(post: Post, *, by: User, now: datetime) -> None:
    """A person looked, did not see the post, and takes the risk of a second copy.

    Raises NotPossible before `may_send_again_at`: until then the first request may still land.
    """
    _require(post, Status.UNCONFIRMED, Status.FAILED)
    _refuse_if_taken_down(post)
    earliest = may_send_again_at(post)
    if earliest and now < earliest:
        raise NotPossible(
            f"The first request may still arrive. Sending again is possible from "
            f"{earliest:%H:%M:%S} UTC. Nothing was sent."
        )
    with transaction.atomic():
        sentence = f"{by} looked, did not see the post, and asked to send it again."
        _to_scheduled(post, by=by, now=now, sentence=sentence)
        _open_steps(post).update(
            state=PublishStep.State.VOID, void_reason=f"{by} decided to send again."
        )
        # If the first request did arrive, its uploads belong to that post and cannot be used again.
        post.steps.filter(kind=PublishStep.Kind.REPEATABLE).exclude(
            state=PublishStep.State.VOID
        ).update(state=PublishStep.State.VOID, void_reason="Uploaded for the first try.")


def give_up(post: Post, *, by: User, now: datetime) -> None:
    """Leave an unconfirmed post and count it as failed. What may be out stays in the journal."""
    _require(post, Status.UNCONFIRMED)
    sentence = f"{by} gave up on the post without knowing whether it is out."
    values = {"next_look_at": None, "error_sentence": sentence}
    values |= half_out(post.account, post.pk, parts_out(post.steps.all()))
    with transaction.atomic():
        _move(post, Status.FAILED, by, sentence, {}, values)


def confirm_gone(post: Post, *, by: User, now: datetime) -> None:
    """A person knows that a post which was out is not there any more. Raises NotPossible."""
    if not is_missing(post):
        raise NotPossible("The last look found this post. Nothing was changed.")
    _move(post, Status.REMOVED, by, f"{by} says that the post is gone for good.", {})


def ask_delete(post: Post, *, by: User, now: datetime) -> None:
    """Ask a worker to remove the post at the platform, or what is out of a thread that failed.

    Raises NotPossible.
    """
    if not post.irrevocable:
        _require(post, Status.PUBLISHED)
    _require(post, Status.PUBLISHED, Status.FAILED)
    if post.status == Status.FAILED:
        _refuse_if_maybe_out(post)
    if not issubclass(post.platform.adapter, Deletes):
        raise NotPossible(f"{post.platform.name} offers no way to delete. Delete it there by hand.")
    if not post.remote_id:
        raise NotPossible("The platform's id of this post is not known. Delete it there by hand.")
    follow_up = FollowUp(
        post=post, account=post.account, kind=FollowUp.Kind.DELETE, wake_at=now, asked_by=by
    )
    with transaction.atomic():
        # Whoever goes on with a thread at this moment moves the same row: one of the two is told.
        seen = Post.objects.filter(pk=post.pk, status=post.status, lease_token=post.lease_token)
        if not seen.update(version=F("version") + 1, updated_at=Now()):
            raise NotPossible(_lost(post))
        # The unique constraint lets one request through, however often the button is pressed.
        FollowUp.objects.bulk_create([follow_up], ignore_conflicts=True)
        record("delete post", f"{by} asked to delete {post} at {post.platform.name}.", by=by,
               subject=post, brand=post.brand)  # fmt: skip
        wake_soon()


def may_send_again_at(post: Post) -> datetime | None:
    """Return from when *Send again* is allowed; None when nothing was on the wire.

    A step that was sent again by its key began long ago: its last attempt counts as well.
    """
    started = _open_steps(post).order_by("-started_at").first()
    if started is None:
        return None
    ends = post.attempt_rows.aggregate(last=Max("ended_at"))["last"]
    to_appear = timedelta(seconds=settings.SETTLE_SECONDS)
    return max(started.started_at + settle_time(), ends + to_appear if ends else started.started_at)


def _check_site(post: Post, url: str) -> None:
    """Refuse an address at which no post of this account can stand."""
    account = post.account
    sites = post.platform.adapter.sites(account.base_url, account.server_facts)
    if sites and not stands_at(url, sites):
        raise ValidationError(
            f"This address is at {host_of(url)}, and {account.name} posts to {post.platform.name} "
            f"({sites[0]}). Nothing was changed. Copy the address from the post there, or leave "
            "the field empty."
        )


def _open_steps(post: Post) -> Any:
    return post.steps.filter(state=PublishStep.State.STARTED)


def _to_scheduled(post: Post, *, by: User, now: datetime, sentence: str) -> None:
    values = {**FRESH, "due_at": now, "wake_at": now, **_wall_clock(now, post)}
    if post.status == Status.SCHEDULED:
        _reschedule(post, by, sentence, values)
    else:
        _move(post, Status.SCHEDULED, by, sentence, {}, values)
    wake_soon()


def _reschedule(post: Post, by: User, sentence: str, values: dict[str, Any]) -> None:
    """Bring a scheduled post forward: no move, but the same care and the same trace."""
    with transaction.atomic():
        changed = Post.objects.filter(
            pk=post.pk, status=Status.SCHEDULED, version=post.version
        ).update(version=post.version + 1, **values)
        if not changed:
            raise NotPossible(_lost(post))
        PostEvent.objects.create(
            post=post, old=Status.SCHEDULED, new=Status.SCHEDULED, actor=str(by), sentence=sentence
        )
        record("publish now", f"{sentence} {post}.", by=by, subject=post, brand=post.brand)


def _wall_clock(now: datetime, post: Post) -> dict[str, Any]:
    zone = post.zone or post.account.timezone
    local = now.astimezone(zoneinfo.ZoneInfo(zone))
    return {"wall_time": f"{local:%Y-%m-%dT%H:%M:%S}", "zone": zone, "fold": local.fold}


def _move(
    post: Post,
    new: Status,
    by: User,
    sentence: str,
    guards: dict[str, Any],
    values: dict[str, Any] | None = None,
    evidence: str = "",
) -> None:
    old = Status(post.status)
    if new not in MOVES[old]:
        raise NotPossible(f"{_is(post)} Nothing was changed.")
    with transaction.atomic():
        moved = Post.objects.advance(
            post.pk, old=old, new=new, actor=str(by), sentence=sentence, evidence=evidence,
            guards={"version": post.version, "lease_token": post.lease_token, **guards},
            values=values,
        )  # fmt: skip
        if not moved:
            raise NotPossible(_lost(post))
        record(f"{old} to {new}", f"{sentence} {post}.", by=by, subject=post, brand=post.brand)


def _require(post: Post, *states: Status) -> None:
    if post.status not in states:
        raise NotPossible(f"{_is(post)} Nothing was changed.")


def _refuse_if_maybe_out(post: Post) -> None:
    if post.status == Status.UNCONFIRMED or _open_steps(post).exists():
        raise NotPossible(
            "The post may be out already. Look at the account first, then say what you saw."
        )


def _refuse_if_taken_down(post: Post) -> None:
    """What is deleted, or being deleted, is not gone on with."""
    deletions = FollowUp.objects.filter(post=post, kind=FollowUp.Kind.DELETE)
    if deletions.filter(state__in=FollowUp.UNDECIDED).exists():
        raise NotPossible("What is out of it is being deleted. Nothing was changed.")
    if deletions.filter(steps__state=PublishStep.State.DONE).exists():
        raise NotPossible(
            "Some posts of this thread were deleted, so the rest has nothing to follow. Delete "
            "what is left, and post it again."
        )


def _refuse_if_held(post: Post) -> None:
    if Hold.PERSON in post.held_by:
        raise NotPossible("The post is on hold. Release it first; nothing was changed.")
    if Hold.LABEL in post.held_by:
        raise NotPossible(
            "A label of its piece is on hold. Release the label first; nothing was changed."
        )


def _refuse_if_alike(post: Post, now: datetime) -> None:
    if not post.irrevocable and (why_not := policy.why_not_at(post, now)):
        raise NotPossible(f"{why_not} Nothing was changed.")


def _is(post: Post) -> str:
    return f"The post is {Status(post.status).label.lower()}."


def _lost(post: Post) -> str:
    post.refresh_from_db()
    return f"Something changed this post a moment ago. {_is(post)} Your change was not made."
