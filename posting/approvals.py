"""Approval is given to exact content for one account, and is gone when either changes."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.db.models import F

from organisation.audit import record
from organisation.models import User
from platforms.models import Account
from platforms.values import Rendition
from posting.approval_notices import (
    ask_for_approval,
    nobody_asks,
    take_back_answers,
    tell_author,
)
from posting.deciding import NotPossible
from posting.models import Approval, Post, PostEvent
from posting.preparing import rendition_of
from posting.states import Hold, Status

WITHOUT_APPROVAL = ~int(Hold.APPROVAL) & 0xFF


class MayNotApprove(PermissionError):
    """The account asks for four eyes and this is the author."""


def needs_approval(account: Account) -> bool:
    return account.needs_approval


def content_hash(post: Post, rendition: Rendition) -> str:
    """Return the hash an approval is bound to: what goes out, and where."""
    subject = {**rendition.request, "account": post.account_id}
    return hashlib.sha256(json.dumps(subject, sort_keys=True).encode()).hexdigest()


def covers(post: Post, rendition: Rendition, now: datetime) -> bool:
    """Say whether a standing approval covers exactly this content now."""
    standing = Approval.objects.standing(now).filter(post=post)
    return standing.filter(content_hash=content_hash(post, rendition)).exists()


def hold_for_approval(post: Post, rendition: Rendition, now: datetime) -> None:
    """Set the approval flag on a scheduled post whose content nobody has approved."""
    scheduled = Post.objects.filter(pk=post.pk, status=Status.SCHEDULED, version=post.version)
    with transaction.atomic():
        held = scheduled.update(holds=F("holds").bitor(int(Hold.APPROVAL)))
        if held and covers(post, rendition, now):
            # Approved while this waited for the row: its flag was cleared already.
            scheduled.update(holds=F("holds").bitand(WITHOUT_APPROVAL))
        elif held:
            _note(post, "system", "No approval covers the post as it stands. It waits for one.")
            ask_for_approval(post, None)


def approve(
    post: Post, *, by: User, now: datetime, not_before: datetime | None = None,
    not_after: datetime | None = None, version: int | None = None,
) -> Approval:  # fmt: skip
    """Approve the post as it stands. Raises MayNotApprove for its author under four eyes.

    `version` is the post's as the person read it. Raises NotPossible when it is another by now:
    nobody approves words they have not seen.
    """
    _refuse_if_changed(post, version)
    account = post.account
    if account.approval_rule == Account.ApprovalRule.FOUR_EYES and post.author_id == by.pk:
        raise MayNotApprove(f"{account.name} asks for someone other than the author to approve.")
    with transaction.atomic():
        approval = Approval.objects.create(
            post=post,
            content_hash=content_hash(post, rendition_of(post, account)),
            by=by,
            not_before=not_before,
            not_after=not_after,
        )
        Post.objects.filter(pk=post.pk, version=post.version).update(
            holds=F("holds").bitand(WITHOUT_APPROVAL)
        )
        _note(post, str(by), f"{by} approved the post.")
        record("approve", f"{by} approved {post}.", by=by, subject=post, brand=post.brand)
        take_back_answers(post, now)
        tell_author(post, "approved", f"{by} approved “{post.piece}” for {account.name}.", by=by)
        nobody_asks(post.brand, now)
    return approval


def decline(
    post: Post, *, by: User, now: datetime, reason: str, version: int | None = None
) -> None:
    """Say no to the post as it stands: it goes on waiting, and its author is told why.

    Raises NotPossible when it waits for no approval any more, or changed since `version`.
    """
    _refuse_if_changed(post, version)
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        waits = row.status in (Status.READY, Status.SCHEDULED) and Hold.APPROVAL in row.held_by
        if row.version != post.version or not waits:
            raise NotPossible(_overtaken(row))
        Approval.objects.create(
            post=post, content_hash=content_hash(post, rendition_of(post, post.account)), by=by,
            withdrawn_at=now, declined=reason,
        )  # fmt: skip
        _note(post, str(by), f"{by} declined the post: {reason}")
        record("decline", f"{by} declined {post}: {reason}", by=by, subject=post, brand=post.brand)
        take_back_answers(post, now)
        sentence = f"{by} declined “{post.piece}” for {post.account.name}: {reason}"
        tell_author(post, "declined", sentence, by=by)


def _refuse_if_changed(post: Post, version: int | None) -> None:
    if version is not None and version != post.version:
        raise NotPossible(_overtaken(post))


def _overtaken(post: Post) -> str:
    return (
        f"Something changed this post since you read it: it is version {post.version} now, and "
        f"{post.get_status_display().lower()}. Nothing was decided. Read it as it stands."
    )


def withdraw(approval: Approval, *, by: User, now: datetime) -> None:
    """Take an approval back: the post waits again unless part of it is out."""
    post = approval.post
    with transaction.atomic():
        Approval.objects.filter(pk=approval.pk, withdrawn_at=None).update(withdrawn_at=now)
        Post.objects.filter(
            pk=post.pk, status__in=(Status.READY, Status.SCHEDULED), irrevocable=False
        ).update(holds=F("holds").bitor(int(Hold.APPROVAL)))
        _note(post, str(by), f"{by} withdrew an approval.")
        ask_for_approval(post, by)
        record("withdraw approval", f"{by} withdrew the approval of {post}.", by=by, subject=post,
               brand=post.brand)  # fmt: skip


def _note(post: Post, actor: str, sentence: str) -> None:
    status = Post.objects.values_list("status", flat=True).get(pk=post.pk)
    PostEvent.objects.create(post=post, old=status, new=status, actor=actor, sentence=sentence)
