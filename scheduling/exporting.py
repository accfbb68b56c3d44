"""Pieces and posts as tables that can be imported again, written row by row."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from content.models import Piece, PieceVersion
from content.piece_table import cells_of, channels_in, head_for
from content.tables.lines import lines
from posting.models import Post
from posting.states import Status

PART = 200  # rows that are in memory at once
WHERE = ("account", "platform", "channel", "time", "zone", "which")
# Told, and left out when the table is imported again.
CAME_OF_IT = ("brand", "state", "out since", "address", "error")


def piece_lines(pieces: QuerySet[Piece]) -> Iterator[str]:
    """Return the lines of a table with one row for each piece, as it is now."""
    channels = _channels(PieceVersion.objects.filter(pk__in=pieces.values("current")))
    found = pieces.select_related("current", "brand").order_by("pk")
    found = found.prefetch_related("labels", "current__media__asset")
    rows = (
        [*cells_of(piece, piece.current, channels), piece.brand.name]
        for piece in found.iterator(chunk_size=PART)
    )
    return lines([*head_for(channels), "brand"], rows)


def post_lines(posts: QuerySet[Post]) -> Iterator[str]:
    """Return the lines of a table with one row for each post: what it says, where, and when.

    Posts that say the same of the same piece have the same reference, and are one piece again when
    the table is imported.
    """
    channels = _channels(PieceVersion.objects.filter(posts__in=posts.values("pk")))
    found = posts.select_related(
        "piece", "piece_version", "account", "platform", "channel_type", "brand"
    ).order_by("pk")
    found = found.prefetch_related("piece__labels", "piece_version__media__asset")
    rows = (_post_cells(post, channels) for post in found.iterator(chunk_size=PART))
    return lines([*head_for(channels), *WHERE, *CAME_OF_IT], rows)


def _post_cells(post: Post, channels: Sequence[str]) -> list[str]:
    version = post.piece_version
    reference = f"{post.piece_id}.{version.number}"
    published = post.published_at
    return [
        *cells_of(post.piece, version, channels, reference),
        post.account.name,
        post.platform.slug,
        post.channel_type.slug,
        post.wall_time.replace("T", " "),
        post.zone,
        "second" if post.fold else "",
        post.brand.name,
        str(Status(post.status).label),
        f"{published:%Y-%m-%d %H:%M:%S} UTC" if published else "",
        post.remote_url,
        post.error_sentence,
    ]


def _channels(versions: QuerySet[PieceVersion]) -> list[str]:
    """The channels that need columns. One query more, which reads what differs and nothing else."""
    differing: Any = versions.exclude(variants={}).order_by().values_list("variants", flat=True)
    return channels_in(differing.iterator(chunk_size=2000))
