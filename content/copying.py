"""Saying again what was said before: an earlier version restored, or a piece duplicated."""

from typing import Any

from django.db import transaction

from content.models import Piece, PieceVersion, VersionMedia
from content.writing import save_version
from organisation.audit import record
from organisation.models import User

TITLE_MAX = 200  # characters
MARK = " (copy)"


def restore_version(old: PieceVersion, *, by: User, expected_edits: int) -> PieceVersion:
    """Save a new version of the piece that says what this one of its versions says.

    Nothing is taken back: every version stays. Raises EditConflict, with nothing saved, when the
    piece was saved since it had `expected_edits`.
    """
    piece = old.piece
    with transaction.atomic():
        new = _saved_as(piece, old, by=by, expected_edits=expected_edits)
        record(
            "restore version",
            f"{by} restored version {old.number} of “{piece}” as version {new.number}.",
            by=by,
            subject=piece,
            brand=piece.brand,
        )
    return new


def duplicate_piece(piece: Piece, *, by: User) -> Piece:
    """Make a piece of the same brand that says what this one says now, with its labels.

    It has no posts, and nothing of it is sent. A piece without words becomes a draft.
    """
    said = piece.current
    status = Piece.Status.READY if said else Piece.Status.DRAFT
    title = piece.title[: TITLE_MAX - len(MARK)] + MARK
    with transaction.atomic():
        copy = Piece.objects.create(brand=piece.brand, title=title, author=by, status=status)
        if said:
            _saved_as(copy, said, by=by, expected_edits=0)
        copy.labels.set(piece.labels.all())
        record(
            "duplicate piece",
            f"{by} made “{copy}” out of “{piece}”.",
            by=by,
            subject=copy,
            brand=piece.brand,
        )
    return copy


def reword_version(
    old: PieceVersion, *, text: str, link: str, variants: dict[str, Any], by: User
) -> PieceVersion:
    """Save a version with other words and the same pictures.

    It becomes the piece's current one where `old` is that. Raises EditConflict when somebody saves
    the piece at this moment.
    """
    piece = Piece.objects.select_related("brand").get(pk=old.piece_id)
    with transaction.atomic():
        new = save_version(
            piece, text=text, link=link, variants=variants, by=by, expected_edits=piece.edits,
            becomes_current=piece.current_id == old.pk,
        )  # fmt: skip
        _copy_media(old, new)
    return new


def _saved_as(piece: Piece, said: PieceVersion, **how: Any) -> PieceVersion:
    new = save_version(piece, text=said.text, link=said.link, variants=said.variants, **how)
    _copy_media(said, new)
    return new


def _copy_media(said: PieceVersion, new: PieceVersion) -> None:
    VersionMedia.objects.bulk_create(
        VersionMedia(
            version=new,
            channel=use.channel,
            position=use.position,
            asset_id=use.asset_id,
            alt=use.alt,
            focus_x=use.focus_x,
            focus_y=use.focus_y,
        )
        for use in said.media.all()
    )
