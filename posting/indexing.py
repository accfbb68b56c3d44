"""Keeps the search index in step with the pieces, whoever writes them."""

from collections.abc import Sequence
from typing import Any

from django.db.models.signals import post_delete, post_save

from content.models import Piece, PieceVersion
from content.writing_many import pieces_written
from posting import search


def connect() -> None:
    post_save.connect(_version_saved, sender=PieceVersion, dispatch_uid="search-version")
    post_save.connect(_piece_saved, sender=Piece, dispatch_uid="search-piece")
    pieces_written.connect(_many_written, sender=Piece, dispatch_uid="search-many")
    post_delete.connect(_piece_deleted, sender=Piece, dispatch_uid="search-forget")


def _version_saved(instance: PieceVersion, raw: bool = False, **_: Any) -> None:
    if not raw:
        search.index_version(instance)


def _many_written(versions: Sequence[PieceVersion], **_: Any) -> None:
    search.keep_many((version.piece, version.text) for version in versions)


def _piece_saved(instance: Piece, created: bool, **_: Any) -> None:
    if not created:  # a new piece has no version yet, and is found when it has
        search.index_piece(instance)


def _piece_deleted(instance: Piece, **_: Any) -> None:
    search.forget_piece(instance.pk)
