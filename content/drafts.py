"""Keeping what is not sent yet: nothing a person typed is lost, and nobody's words are replaced."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from content.models import Draft, Piece
from content.writing import EditConflict
from organisation.models import Brand, User


def keep_draft(
    key: uuid.UUID,
    payload: dict[str, Any],
    *,
    brand: Brand,
    by: User,
    piece: Piece | None,
    expected_edits: int,
) -> int:
    """Keep the form under its key and return its new count of edits.

    Raises EditConflict, with nothing replaced, when it was kept from elsewhere since
    `expected_edits`, sent from elsewhere, or belongs to someone else.
    """
    values = {"payload": payload, "brand": brand, "piece": piece, "edits": expected_edits + 1}
    with transaction.atomic():
        if expected_edits == 0:
            _begin(key, by, values)
        elif not _go_on(key, by, expected_edits, values):
            raise EditConflict("This draft was changed in another window.")
    return expected_edits + 1


def _begin(key: uuid.UUID, by: User, values: dict[str, Any]) -> None:
    try:
        with transaction.atomic():
            Draft.objects.create(id=key, by=by, **values)
    except IntegrityError as error:
        raise EditConflict("This draft was begun in another window.") from error


def _go_on(key: uuid.UUID, by: User, expected: int, values: dict[str, Any]) -> bool:
    mine = Draft.objects.filter(pk=key, by=by, became=None, edits=expected)
    return bool(mine.update(updated_at=Now(), **values))


def forget_draft(key: uuid.UUID, by: User) -> None:
    """The form was sent, or its writer throws it away."""
    Draft.objects.unsent_by(by).filter(pk=key).delete()


def become(key: uuid.UUID, piece: Piece, *, by: User) -> bool:
    """Note under the form's key which piece it was saved as; False when it was saved already."""
    values = {"brand": piece.brand, "by": by, "payload": {}, "piece": None}
    Draft.objects.get_or_create(pk=key, defaults=values)
    unsaved = Draft.objects.filter(pk=key, by=by, became=None)
    return bool(unsaved.update(became=piece, payload={}, piece=None))
