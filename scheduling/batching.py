"""Sending off many posts with one press of a button: all of them, or none and every reason."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from content.models import PieceVersion
from organisation.models import Brand, User
from platforms.models import Account, ChannelType
from posting import policy
from posting.approval_notices import ask_for_approval
from posting.deciding import NotPossible, publish_now
from posting.models import Batch, Post
from posting.queueing import queue_post
from posting.states import Hold
from scheduling.slots import lock, take_next_slot
from scheduling.timing import schedule

TAKE_BACK_MAX = 60  # seconds


class When(Enum):
    """What becomes of the posts of a batch."""

    READY = "ready"  # they wait without a time
    NOW = "now"
    AT = "at"
    SLOT = "slot"  # the next free slot of each account


@dataclass(frozen=True)
class Target:
    """One version of a piece to one channel of one account."""

    version: PieceVersion
    account: Account
    channel_type: ChannelType


@dataclass(frozen=True)
class Plan:
    """When, and on what condition, a batch goes out."""

    when: When
    wall: str = ""  # for AT: "2026-11-24 09:30"
    zone: str = ""  # empty: each account's own
    fold: int = 0
    take_back: int = 0  # seconds from 0 to 60 in which NOW can still be taken back
    for_approval: bool = False  # hold them until someone approves, whatever the account asks
    again: bool = False  # allow a further copy of what an account already has
    queue: str = ""  # for SLOT: whose slots; empty: those for any post
    note: str = ""  # why nearly the same text may go to several accounts, where that is forbidden


class BatchRefused(Exception):
    """Nothing was made. `reasons` has the sentences of each target, by its place in the list."""

    def __init__(self, reasons: dict[int, list[str]]) -> None:
        self.reasons = reasons
        super().__init__(f"{len(reasons)} posts could not be made, so none was.")


def send_off(
    key: uuid.UUID,
    targets: Sequence[Target],
    plan: Plan,
    *,
    brand: Brand,
    by: User,
    now: datetime,
) -> tuple[Batch, bool]:
    """Make the posts and give them their time; return the batch and whether it is new.

    `key` is chosen when the form is shown: the same key again makes nothing and returns the first
    batch. Raises BatchRefused with the reasons of every target; ValidationError when there is no
    target or the take-back is not from 0 to 60 s.
    """
    if not targets:
        raise ValidationError("Nothing was chosen, so nothing was made. Choose an account.")
    if not 0 <= plan.take_back <= TAKE_BACK_MAX:
        raise ValidationError(f"Posts can be taken back for 0 to {TAKE_BACK_MAX} seconds.")
    with transaction.atomic():
        batch, new = Batch.objects.get_or_create(id=key, defaults={"brand": brand, "by": by})
        if new and plan.when is When.SLOT:
            lock(target.account.pk for target in targets)
        if new:
            _make_all(batch, targets, plan, by, now)
    return batch, new


def _make_all(batch: Batch, targets: Sequence[Target], plan: Plan, by: User, now: datetime) -> None:
    reasons: dict[int, list[str]] = {}
    for place, target in enumerate(targets):
        try:
            with transaction.atomic():  # so that the reasons of the others are found as well
                make_one(batch, target, plan, by, now)
        except ValidationError as error:
            reasons[place] = error.messages
        except NotPossible as error:
            reasons[place] = [str(error)]
    if reasons:
        raise BatchRefused(reasons)


def make_one(batch: Batch, target: Target, plan: Plan, by: User, now: datetime) -> Post:
    """Make one post of a batch and give it its time. Call it in a transaction.

    Raises ValidationError and NotPossible with why it could not be.
    """
    post = queue_post(
        target.version, target.account, target.channel_type, by=by, now=now, again=plan.again
    )
    changes: dict[str, object] = {"batch": batch}
    if plan.for_approval:
        changes["holds"] = F("holds").bitor(int(Hold.APPROVAL))
    Post.objects.filter(pk=post.pk).update(**changes)
    # Not all of it is read again: its account, channel and words are at hand, and there may be
    # hundreds of posts in one transaction.
    post.batch = batch
    if plan.for_approval:
        post.refresh_from_db(fields=["holds"])
        ask_for_approval(post, by)
    if plan.note.strip() and policy.rule_for(post):
        policy.allow(post, by=by, now=now, note=plan.note)
    if plan.when is When.AT:
        zone = plan.zone or target.account.timezone
        schedule(post, wall=plan.wall, zone=zone, fold=plan.fold, by=by, now=now)
    elif plan.when is When.SLOT:
        take_next_slot(post, queue=plan.queue, by=by, now=now)
    elif plan.when is When.NOW:
        publish_now(post, by=by, now=now + timedelta(seconds=plan.take_back))
    return post
