"""What platforms forbid beyond what one post says: checked before it gets a time, and as it goes.

X forbids nearly the same text on several accounts of one owner. So a text that another account of
the brand on the platform says within a day is stopped, unless a person says why it may go out all
the same. Which platforms have the rule is data: `stops_alike_within` of their adapters. Where it is
not, the pages only warn (`scheduling.conflicts`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from content.models import TextPrint
from content.sameness import ALIKE, EXACT, likeness, may_be_alike, plain_on
from organisation.audit import record
from organisation.models import User
from platforms.contract import stops_alike_within
from posting.models import PolicyOverride, Post, PostEvent
from posting.states import Status

NOTE_MAX = 300  # characters
ERROR = "TooAlike"  # the class of error of a post that was stopped


def rule_for(post: Post) -> timedelta | None:
    """Within what time nearly the same text stops this post; None where no rule does."""
    return stops_alike_within(post.platform.adapter)


def why_not_at(post: Post, at: datetime) -> str:
    """Say why the post cannot go out at this time, in a sentence; nothing where it can."""
    within = rule_for(post)
    if within is None:
        return ""
    planned = Q(status__in=(Status.SCHEDULED, Status.PUBLISHING, Status.UNCONFIRMED))
    out = Q(status=Status.PUBLISHED)
    near = Q(due_at__range=(at - within, at + within))
    twin = _twin(post, _siblings(post).filter(planned | out, near))
    if twin is None or _is_overridden(post):
        return ""
    goes = "went" if twin.status == Status.PUBLISHED else "goes"
    return _sentence(post, twin, goes, within)


def why_not_now(post: Post, now: datetime) -> str:
    """Say why a post that is due is not sent; nothing where it may be. Asked while it is claimed.

    Of two that are due at once exactly one is stopped, whichever worker is faster: one gives way to
    what is out, may be out or is on its way, and of two that wait to the one that was due earlier.
    """
    within = rule_for(post)
    if within is None or post.irrevocable or post.due_at is None:
        return ""
    out = Q(status=Status.PUBLISHED, published_at__gte=now - within)
    maybe = Q(status=Status.UNCONFIRMED, first_claimed_at__gte=now - within)
    earlier = Q(due_at__lt=post.due_at) | Q(due_at=post.due_at, pk__lt=post.pk)
    waits = Q(status=Status.SCHEDULED, holds=0, due_at__gte=post.due_at - within) & earlier
    twin = _twin(post, _siblings(post).filter(out | maybe | waits | Q(status=Status.PUBLISHING)))
    if twin is None or _is_overridden(post):
        return ""
    goes = "goes" if twin.status == Status.SCHEDULED else "went"
    return _sentence(post, twin, goes, within)


def stop(post: Post, sentence: str) -> bool:
    """Fail a post that the rule stops, before anything leaves. Return whether it moved."""
    return Post.objects.advance(
        post.pk,
        old=Status.SCHEDULED,
        new=Status.FAILED,
        sentence=f"It was not sent. {sentence}",
        guards={"version": post.version, "lease_token": post.lease_token},
        values={"error_class": ERROR, "error_sentence": f"Nothing was sent. {sentence}"},
    )


def allow(post: Post, *, by: User, now: datetime, note: str) -> None:
    """Let the post go out although nearly the same text goes to another account.

    It holds for the words the post has now. Raises ValidationError without a note.
    """
    note = " ".join(note.replace("\x00", "").split())
    if not note:
        raise ValidationError({"note": "Say why, for whoever asks later. Nothing was changed."})
    if len(note) > NOTE_MAX:
        raise ValidationError({"note": f"{NOTE_MAX} characters are the most. Shorten it."})
    sentence = f"{by} lets it go out although another account says nearly the same: {note}"
    with transaction.atomic():
        PolicyOverride.objects.update_or_create(
            post=post, words=_print(post)[:EXACT], defaults={"note": note, "by": by, "at": now}
        )
        PostEvent.objects.create(
            post=post, old=post.status, new=post.status, actor=str(by)[:150], sentence=sentence
        )
        record("allow alike", f"{sentence} {post}.", by=by, subject=post, brand=post.brand)


def overridden(prints: Mapping[int, str]) -> set[int]:
    """Return which posts may go out all the same, of these with the prints of their words."""
    if not prints:
        return set()
    rows = PolicyOverride.objects.filter(post__in=list(prints)).values_list("post", "words")
    return {post for post, words in rows if words == prints[post][:EXACT]}


def _is_overridden(post: Post) -> bool:
    return bool(overridden({post.pk: _print(post)}))


def _sentence(post: Post, twin: Post, goes: str, within: timedelta) -> str:
    hours = int(within.total_seconds() // 3600)
    return (
        f"Nearly the same text {goes} to {twin.account.name}, and {post.platform.name} forbids "
        f"that on several accounts within {hours} hours. Change the words, choose another time, "
        "or allow it with a note."
    )


def _siblings(post: Post) -> QuerySet[Post]:
    """What the brand's other accounts on the platform send."""
    same_place = Post.objects.filter(brand=post.brand_id, platform=post.platform_id)
    return same_place.exclude(account=post.account_id).exclude(pk=post.pk)


def _twin(post: Post, others: QuerySet[Post]) -> Post | None:
    """Return one of the others that says nearly the same."""
    rows = others.order_by().values_list("pk", "piece_version", "channel_type__slug")
    found = [(pk, version, f"{post.platform.slug}/{slug}") for pk, version, slug in rows]
    if not found:
        return None
    mine = _print(post)
    prints = _prints({version for _, version, _ in found})
    worth = [
        pk
        for pk, version, channel in found
        if may_be_alike(mine, prints.get((version, channel), prints.get((version, ""), "")))
    ]
    words = _words(post) if worth else ""
    alike = Post.objects.filter(pk__in=worth).select_related(
        "account", "piece_version", "platform", "channel_type"
    )
    for other in alike.order_by("due_at", "pk"):
        if likeness(words, _words(other)) >= ALIKE:
            return other
    return None


def _channel(post: Post) -> str:
    return f"{post.platform.slug}/{post.channel_type.slug}"


def _print(post: Post) -> str:
    prints = _prints({post.piece_version_id})
    own = (post.piece_version_id, _channel(post))
    return prints.get(own, prints.get((post.piece_version_id, ""), ""))


def _prints(versions: set[int]) -> dict[tuple[int, str], str]:
    rows = TextPrint.objects.filter(version__in=versions)
    return {(pk, own): value for pk, own, value in rows.values_list("version", "channel", "value")}


def _words(post: Post) -> str:
    version = post.piece_version
    return plain_on(_channel(post), version.text, version.link, version.variants)
