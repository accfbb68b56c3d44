"""Changing the text of a post that is out, at the platform, when a person asks for it."""

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from content.writing import clean_text
from organisation.audit import record
from organisation.models import User
from organisation.rights import APPROVE_POST, may
from platforms.checking import limits_for, problems_of, stopping
from platforms.contract import Edits
from platforms.values import Rendition
from posting.approvals import needs_approval
from posting.deciding import NotPossible
from posting.models import FollowUp, Post
from posting.states import Status
from posting.verifying import is_missing
from posting.waking import wake_soon


def takes_edits(post: Post) -> bool:
    """Whether the platform can change the text of this kind of post."""
    channel = post.channel
    return issubclass(post.platform.adapter, Edits) and channel is not None and channel.takes_edit


def ask_edit(post: Post, *, by: User, now: datetime, text: str) -> None:
    """Ask a worker to give a post that is out another text.

    Raises NotPossible, or ValidationError for a text that the platform would refuse. The piece
    keeps its words: other posts of it are not changed.
    """
    _check(post, by)
    text = clean_text(text)
    _check_text(post, text)
    with transaction.atomic():
        # Of a double click or two people the second is told; the version is what they have seen.
        seen = Post.objects.filter(pk=post.pk, status=Status.PUBLISHED, version=post.version)
        if not seen.update(version=F("version") + 1):
            raise NotPossible("Somebody changed this post a moment ago. Look at it once more.")
        waiting = FollowUp.objects.filter(post=post, kind=FollowUp.Kind.EDIT, state="waiting")
        if not waiting.update(text=text, wake_at=now):
            FollowUp.objects.create(
                post=post,
                account=post.account,
                kind=FollowUp.Kind.EDIT,
                text=text,
                wake_at=now,
                asked_by=by,
            )
        record("edit post", f"{by} asked to change the text of {post} at {post.platform.name}.",
               by=by, subject=post, brand=post.brand)  # fmt: skip
        wake_soon()


def _check(post: Post, by: User) -> None:
    name = post.platform.name
    if post.status != Status.PUBLISHED:
        raise NotPossible(f"The post is {Status(post.status).label.lower()}. Nothing was changed.")
    if is_missing(post):
        raise NotPossible("The last look did not find this post, so there is nothing to change.")
    if not takes_edits(post):
        raise NotPossible(f"{name} offers no way to change this. Post it anew, or change it there.")
    if not post.remote_id:
        raise NotPossible("The platform's id of this post is not known. Change it there by hand.")
    if needs_approval(post.account) and not may(by, APPROVE_POST, post.brand):
        raise NotPossible(
            "Posts of this account are approved before readers see them, and so are their "
            "changes. Ask somebody who may approve to make it."
        )
    if FollowUp.objects.filter(post=post, kind=FollowUp.Kind.EDIT, state="sending").exists():
        raise NotPossible("A change of this post is on its way. Wait until it is there.")


def _check_text(post: Post, text: str) -> None:
    snapshot = post.snapshot
    if snapshot is None:
        raise NotPossible("What was sent is not on record. Change the post there by hand.")
    adapter, channel, account = post.platform.adapter, post.channel_type, post.account
    rendition = replace(Rendition.from_snapshot(snapshot), text=text)
    if rendition.text == snapshot["text"]:
        raise ValidationError("This is what it says already. Nothing was changed.")
    limits = limits_for(adapter, channel.slug, account.facts, channel.limits)
    problems = stopping(problems_of(adapter, rendition, limits))
    if problems:
        raise ValidationError([problem.sentence for problem in problems])
