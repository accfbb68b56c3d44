"""What exactly would be sent: the one way from a post's row to its rendition and its problems."""

from dataclasses import replace

from content.hashtags import banned_in, told
from content.models import BannedHashtag
from content.rendering import channel_content, render
from platforms.checking import problems_of
from platforms.limiting import limits_of
from platforms.models import Account
from platforms.values import Problem, Rendition
from posting.models import Post, PublishStep


def rendition_of(post: Post, account: Account) -> Rendition:
    """Return what goes out for the post.

    Once part of it may be out, that is the snapshot: it never changes again.
    """
    if post.snapshot is not None and (post.irrevocable or _may_be_out(post)):
        return Rendition.from_snapshot(post.snapshot)
    channel = post.channel_type
    limits = limits_of(account, channel)
    content = channel_content(post.piece_version, account.platform.slug, channel.slug)
    if post.without_video:
        content = replace(content, media=tuple(m for m in content.media if m.type != "video"))
    return render(content, channel.slug, limits)


def problems_with(post: Post, account: Account) -> list[Problem]:
    """Return what is wrong with the post as it would go out now."""
    adapter = account.platform.adapter
    channel = post.channel_type
    return problems_of(adapter, rendition_of(post, account), limits_of(account, channel))


def refused_by_brand(post: Post, account: Account) -> list[str]:
    """Return what the brand itself does not send: hashtags it does not use. One query.

    Asked where words get into a post, and not when it is sent: a post that was made keeps going.
    """
    rules = list(BannedHashtag.objects.filter(brand=account.brand_id, stops=True))
    if not rules:
        return []
    return [told(rule) for rule in banned_in(rendition_of(post, account).text, rules)]


def _may_be_out(post: Post) -> bool:
    if post._state.adding:
        return False
    return post.steps.filter(state=PublishStep.State.STARTED).exists()
