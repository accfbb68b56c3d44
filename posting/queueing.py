"""Making posts: a version of a piece, for one channel of one account."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from content.models import PieceVersion
from organisation.audit import record
from organisation.models import User
from platforms.checking import stopping
from platforms.models import Account, ChannelType
from posting.approval_notices import ask_for_approval
from posting.approvals import needs_approval
from posting.labels import held_now
from posting.models import Post, PostEvent
from posting.preparing import problems_with, refused_by_brand
from posting.states import Hold, Status


def queue_post(
    version: PieceVersion,
    account: Account,
    channel_type: ChannelType,
    *,
    by: User | None,
    now: datetime,
    again: bool = False,
) -> Post:
    """Make a ready post. `again` allows a further copy of a piece the account already has.

    Raises ValidationError with a sentence for each reason why it could never go out. The piece is
    kept whatever happens here.
    """
    _check_fit(version, account, channel_type)
    post = Post(
        brand=account.brand,
        platform=account.platform,
        account=account,
        channel_type=channel_type,
        piece=version.piece,
        piece_version=version,
        author=by,
        holds=int(Hold.APPROVAL) if needs_approval(account) else 0,
    )
    problems = stopping(problems_with(post, account))
    if problems:
        raise ValidationError([f"{p.sentence} No post was made." for p in problems])
    if refused := refused_by_brand(post, account):
        raise ValidationError([f"{sentence} No post was made." for sentence in refused])
    try:
        with transaction.atomic():
            # Two people at once see the same copies, and the unique constraint lets one through.
            post.copy = _next_copy(post, again)
            post.holds |= held_now(post.piece)
            post.save(force_insert=True)
            _note(post, by)
            if Hold.APPROVAL in post.held_by:
                ask_for_approval(post, by)
    except IntegrityError as error:
        raise ValidationError(
            f"Someone made a post of “{post.piece}” to {account.name} a moment ago. No second one "
            "was made. Choose “Post again” on that post if you mean it."
        ) from error
    return post


def post_again(post: Post, *, by: User, now: datetime) -> Post:
    """Make a further ready post with the same words and channel. Raises ValidationError."""
    return queue_post(
        post.piece_version, post.account, post.channel_type, by=by, now=now, again=True
    )


def _check_fit(version: PieceVersion, account: Account, channel_type: ChannelType) -> None:
    if version.piece.brand_id != account.brand_id:
        raise ValidationError(f"{account.name} belongs to another brand than the piece.")
    if channel_type.platform_id != account.platform_id:
        raise ValidationError(f"{account.name} has no channel named {channel_type.name}.")
    if not account.can_send:
        raise ValidationError(
            f"{account.name} cannot send: {account.get_state_display().lower()}. "
            f"{account.state_reason} No post was made. "
            "Reconnect or resume the account first.".replace("  ", " ")
        )


def _next_copy(post: Post, again: bool) -> int:
    copies = Post.objects.filter(
        piece=post.piece, account=post.account, channel_type=post.channel_type
    )
    if not again and copies.exclude(status__in=(Status.CANCELLED, Status.REMOVED)).exists():
        raise ValidationError(
            f"“{post.piece}” has a post to {post.account.name} already. No second one was made. "
            "Choose “Post again” on that post if you mean it."
        )
    return int(copies.aggregate(highest=Max("copy"))["highest"] or 0) + 1


def _note(post: Post, by: User | None) -> None:
    actor = str(by or "system")
    PostEvent.objects.create(
        post=post,
        old=Status.READY,
        new=Status.READY,
        actor=actor,
        sentence=f"{actor} made the post.",
    )
    record("make post", f"{actor} made a post of “{post.piece}” to {post.account}.",
           by=by or "system", subject=post, brand=post.brand)  # fmt: skip
