"""Putting a batch right with one press: what each kind of problem offers, and doing it.

What is mended is a channel's own version of the piece. What the piece says elsewhere stays, and so
do posts that were made before.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.db import transaction

from content.models import Piece, PieceVersion, VersionMedia
from content.rendering import channel_content
from content.shortening import shorten
from content.writing import save_version
from desk.reviewing import Cell, Grid
from organisation.models import User


def mend(grid: Grid, codes: Iterable[str], *, by: User) -> int:
    """Mend what these kinds of problems stop. Return how many pieces have a new version.

    Raises EditConflict when somebody saved a piece meanwhile; then nothing was changed.
    """
    wanted = set(codes) & set(MENDS)
    with transaction.atomic():
        return sum(_mend_piece(piece, cells, wanted, by) for piece, cells in grid.lines)


def _mend_piece(piece: Piece, cells: list[Cell], codes: set[str], by: User) -> bool:
    changes: dict[str, dict[str, Any]] = {}
    # Two accounts of one platform share its words: those of the smaller one fit both.
    for cell in sorted(cells, key=lambda cell: -cell.preview.limits.text_max):
        for problem in cell.stops:
            if problem.code in codes:
                changes.setdefault(_key(cell), {}).update(MENDS[problem.code](cell))
    changes = {key: change for key, change in changes.items() if change}
    if changes:
        _save(piece, changes, by)
    return bool(changes)


def _save(piece: Piece, changes: dict[str, dict[str, Any]], by: User) -> None:
    old = cast(PieceVersion, piece.current)
    variants = old.variants | {
        key: old.variants.get(key, {}) | change for key, change in changes.items()
    }
    new = save_version(
        piece, text=old.text, link=old.link, by=by, expected_edits=piece.edits, variants=variants
    )
    VersionMedia.objects.bulk_create(
        VersionMedia(version=new, channel=use.channel, position=use.position,
                     asset_id=use.asset_id, alt=use.alt, focus_x=use.focus_x, focus_y=use.focus_y)
        for use in old.media.all()
    )  # fmt: skip


def _key(cell: Cell) -> str:
    return f"{cell.channel.account.platform.slug}/{cell.channel.channel_type.slug}"


def _shorter(cell: Cell) -> dict[str, Any]:
    version = cast(PieceVersion, cell.piece.current)
    channel = cell.channel.channel_type.slug
    content = channel_content(version, cell.channel.account.platform.slug, channel)
    text = shorten(content, channel, cell.preview.limits)
    return {"text": text} if text else {}


def _fewer_pictures(cell: Cell) -> dict[str, Any]:
    limits = cell.preview.limits
    # Where a video is needed, "none" would leave nothing to send.
    return {"pictures": limits.images_max} if limits.images_max or not limits.media_min else {}


def _no_pictures(cell: Cell) -> dict[str, Any]:
    return {"pictures": 0}


MENDS: dict[str, Callable[[Cell], dict[str, Any]]] = {
    "text_too_long": _shorter,
    "too_many_images": _fewer_pictures,
    "link_with_picture": _no_pictures,
}
