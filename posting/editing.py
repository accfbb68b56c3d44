"""Changing what a post says while none of it is out.

The words become a new version of its piece, and the post moves to that version by compare-and-swap:
what was said before stays readable, and of two people who edit at once one is told.
"""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from content.models import MediaAsset, Piece, PieceVersion, VersionMedia
from content.writing import EditConflict, clean_link, clean_text, save_version
from organisation.audit import record
from organisation.models import User
from platforms.checking import stopping
from posting.approval_notices import ask_for_approval, take_back_answers
from posting.approvals import needs_approval
from posting.deciding import NotPossible
from posting.models import Approval, Post, PostEvent, PublishStep
from posting.preparing import problems_with, refused_by_brand
from posting.spending import CAPPED, released
from posting.states import Hold, Status

EDITABLE = (Status.READY, Status.SCHEDULED, Status.MISSED, Status.FAILED)


def edit_post(
    post: Post,
    *,
    version: int,
    by: User,
    now: datetime,
    text: str | None = None,
    link: str | None = None,
    media: Sequence[MediaAsset] | None = None,
) -> None:
    """Let this post say something else; None leaves that part as it is.

    Other posts of the piece keep what they say. `version` is the post's, as the person saw it.
    Raises EditConflict when the post has changed since; NotPossible when it is on its way, or part
    of it is or may be out; ValidationError for what its platform would refuse. Nothing is changed
    then.
    """
    _refuse_if_gone(post)
    if post.version != version:
        raise EditConflict(_changed(post))
    said = {"text": text if text is None else clean_text(text),
            "link": link if link is None else clean_link(link)}  # fmt: skip
    if _says_already(post, said, media):
        return
    with transaction.atomic():
        words = _new_version(post, said, media, by)
        _check(post, words)
        _point_at(post, words, by, now)
    post.refresh_from_db()


def follow_piece(post: Post, words: PieceVersion, *, by: User, now: datetime) -> None:
    """Let the post say what this version of its piece says. Raises as `edit_post` does."""
    _refuse_if_gone(post)
    with transaction.atomic():
        _check(post, words)
        _point_at(post, words, by, now)
    post.refresh_from_db()


def posts_to_follow(piece: Piece, now: datetime) -> QuerySet[Post]:
    """The posts of a piece that are not out and could still say something else.

    Each knows whether it is `approved` now: a change takes that away.
    """
    approvals = Approval.objects.standing(now).filter(post=OuterRef("pk"))
    posts = Post.objects.filter(piece=piece, status__in=EDITABLE, irrevocable=False)
    return posts.for_list().annotate(approved=Exists(approvals)).order_by("due_at", "pk")


def channel_key(post: Post) -> str:
    """Return the name under which a version keeps what is different on this post's channel."""
    return f"{post.platform.slug}/{post.channel_type.slug}"


def pictures_of(post: Post) -> list[VersionMedia]:
    """Return the pictures of the post: its channel's own, or those for all channels."""
    uses = list(post.piece_version.media.all())
    own = [use for use in uses if use.channel == channel_key(post)]
    return own or [use for use in uses if not use.channel]


def words_of(post: Post, name: str) -> str:
    """Return the post's `text` or `link`: its channel's own, or what all channels say."""
    version = post.piece_version
    own = version.variants.get(channel_key(post), {})
    return str(own.get(name, getattr(version, name)))


def _refuse_if_gone(post: Post) -> None:
    begun = post.irrevocable or post.steps.filter(state=PublishStep.State.STARTED).exists()
    if begun or post.status == Status.UNCONFIRMED:
        raise NotPossible("Part of this is already out, or may be. It stays as it is.")
    if post.status not in EDITABLE:
        raise NotPossible(f"The post is {post.get_status_display().lower()}. It stays as it is.")


def _changed(post: Post) -> str:
    return (
        f"Someone changed this post meanwhile: it is version {post.version} now. Your change was "
        "not saved. Look at the new version, then make your change again."
    )


def _says_already(
    post: Post, said: dict[str, str | None], media: Sequence[MediaAsset] | None
) -> bool:
    same_words = all(new is None or new == words_of(post, name) for name, new in said.items())
    shown = [use.asset_id for use in pictures_of(post)]
    return same_words and (media is None or [asset.pk for asset in media] == shown)


def _new_version(
    post: Post, said: dict[str, str | None], media: Sequence[MediaAsset] | None, by: User
) -> PieceVersion:
    """Save what the post says now as a version, changed where its channel reads it from."""
    old = post.piece_version
    piece = Piece.objects.select_related("brand").get(pk=post.piece_id)
    shared = {"text": old.text, "link": old.link}
    variants: dict[str, Any] = deepcopy(old.variants)
    own = variants.get(channel_key(post), {})
    for name, words in said.items():
        if words is not None:
            (own if name in own else shared)[name] = words
    new = save_version(
        piece,
        text=shared["text"],
        link=shared["link"],
        by=by,
        expected_edits=piece.edits,
        variants=variants,
        becomes_current=piece.current_id == old.pk,
    )
    _give_pictures(post, new, media)
    return new


def _give_pictures(post: Post, new: PieceVersion, media: Sequence[MediaAsset] | None) -> None:
    """Copy the pictures of every channel; `media` replaces those that this post shows."""
    replaced = {use.pk for use in pictures_of(post)} if media is not None else set()
    own = any(use.channel for use in pictures_of(post))
    rows = [
        VersionMedia(version=new, channel=use.channel, position=use.position, asset_id=use.asset_id,
                     alt=use.alt, focus_x=use.focus_x, focus_y=use.focus_y)
        for use in post.piece_version.media.all()
        if use.pk not in replaced
    ]  # fmt: skip
    rows += [
        VersionMedia(version=new, channel=channel_key(post) if own else "", position=place,
                     asset=asset, alt=asset.alt, focus_x=asset.focus_x, focus_y=asset.focus_y)
        for place, asset in enumerate(media or (), start=1)
    ]  # fmt: skip
    VersionMedia.objects.bulk_create(rows)


def _check(post: Post, words: PieceVersion) -> None:
    changed = Post.objects.for_list().get(pk=post.pk)
    changed.piece_version = words
    problems = stopping(problems_with(changed, changed.account))
    if problems:
        raise ValidationError([f"{p.sentence} The post stays as it was." for p in problems])
    if refused := refused_by_brand(changed, changed.account):
        raise ValidationError([f"{sentence} The post stays as it was." for sentence in refused])


def _point_at(post: Post, words: PieceVersion, by: User, now: datetime) -> None:
    # The token rises with each claim: what a worker did since the post was read counts too.
    rows = Post.objects.filter(
        pk=post.pk,
        status=post.status,
        version=post.version,
        lease_token=post.lease_token,
        irrevocable=False,
    )
    # Asked of a person before, it is asked again: that answer was about other words.
    asks = needs_approval(post.account) or post.approvals.exists()
    holds = {"holds": F("holds").bitor(int(Hold.APPROVAL))} if asks else {}
    # Other words may come with another video, which the platform has not refused.
    changes: dict[str, Any] = {
        "piece_version": words,
        "version": post.version + 1,
        "without_video": False,
    }
    if post.status == Status.SCHEDULED and post.error_class == CAPPED:
        changes |= released(now)  # other words may cost less
    if not rows.update(**changes, updated_at=Now(), **holds):
        post.refresh_from_db()
        raise EditConflict(_changed(post))
    sentence = f"{by} changed what it says."
    if asks:
        sentence += " It waits for approval."
        take_back_answers(post, now)
        ask_for_approval(post, by)
    PostEvent.objects.create(
        post=post, old=post.status, new=post.status, actor=str(by)[:150], sentence=sentence
    )
    record("edit post", f"{sentence} {post}.", by=by, subject=post, brand=post.brand)
