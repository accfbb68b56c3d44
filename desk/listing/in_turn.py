"""A page of posts in the order in which they go out.

What is due already goes by its priority and then by its moment, as the claim takes it; what is to
come goes by its moment, and within one moment by its priority. So the position of a post is
(its moment, or now if that has passed; priority, high first; its moment; id).

Of one priority all posts stand by (moment, id), which an index holds. A page is put together from
short walks along it, one for each slice and priority.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from desk.listing.keyset import EPOCH, Place, together, written_out
from posting.models import Post
from posting.models.post import PostQuerySet


def places(
    slices: Sequence[PostQuerySet], now: datetime, *, start: Place | None, back: bool, size: int
) -> list[Place]:
    """Return the places of the page's posts and one more if there is one, in their order."""
    order = ("-wake_at", "-pk") if back else ("wake_at", "pk")
    legs = [
        posts.filter(leg, priority=rank).order_by(*order).values("pk")[: size + 1]
        for posts in slices
        for rank in Post.Priority.values
        for leg in _legs(rank, start, back, now)
    ]
    walked = [part for leg in legs for part in written_out(leg)]
    if not walked:
        return []
    rows = Post.objects.filter(pk__in=together(walked))
    found = [Place(*row) for row in rows.values_list("wake_at", "pk", "priority")]
    found.sort(key=lambda place: _position(place, now), reverse=back)
    return found[size::-1] if back else found[: size + 1]


def _position(place: Place, now: datetime) -> Any:
    at = place.key or EPOCH
    return max(at, now), -place.rank, at, place.pk


def _legs(rank: int, start: Place | None, back: bool, now: datetime) -> Iterator[Q | RawSQL]:
    """What of one priority lies beyond the start; each part is a stretch of the index."""
    if start is None:
        yield Q()
        return
    at = start.key or EPOCH
    if rank == start.rank:
        yield _beyond(at, start.pk, back)
    elif at <= now:  # all that is due goes before it, or after
        yield from _beside_due(rank > start.rank, back, now)
    elif rank > start.rank:
        yield Q(wake_at__lte=at) if back else Q(wake_at__gt=at)
    else:
        yield Q(wake_at__lt=at) if back else Q(wake_at__gte=at)


def _beyond(at: datetime, pk: int, back: bool) -> RawSQL:
    """The pair is compared as one: asked for the id by itself, SQLite walks all ids of a brand."""
    way = "<" if back else ">"
    moment = connection.ops.adapt_datetimefield_value(at)
    return RawSQL(  # noqa: S611
        f"(scheduled_posts.wake_at, scheduled_posts.id) {way} (%s, %s)",
        (moment, pk),
        output_field=BooleanField(),
    )


def _beside_due(higher: bool, back: bool, now: datetime) -> Iterator[Q]:
    if higher:
        yield Q(wake_at__lte=now) if back else Q(wake_at__gt=now)
    elif not back:
        yield Q()
