"""Keeping what is not sent yet: nothing a person typed is lost, and nobody's words are replaced."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
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

    A payload with the name of its `window` and a `turn` that rises may replace what that window
    kept before: the answer to it may never have arrived. Raises EditConflict, with nothing
    replaced, when it was kept from another window since `expected_edits`, sent from elsewhere, or
    belongs to someone else.
    """
    values = {"payload": payload, "brand": brand, "piece": piece}
    with transaction.atomic():
        if expected_edits == 0 and _begin(key, by, values):
            return 1
        return _go_on(key, by, expected_edits, values)


def _begin(key: uuid.UUID, by: User, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            Draft.objects.create(id=key, by=by, edits=1, **values)
    except IntegrityError:
        return False
    return True


def _go_on(key: uuid.UUID, by: User, expected: int, values: dict[str, Any]) -> int:
    payload, mine = values["payload"], Draft.objects.filter(pk=key, by=by, became=None)
    as_known = Q(edits=expected, edits__gt=0)
    if payload.get("window"):
        as_known |= Q(payload__window=payload["window"], payload__turn__lt=payload["turn"])
    if not mine.filter(as_known).update(updated_at=Now(), edits=F("edits") + 1, **values):
        raise EditConflict("This draft was changed in another window.")
    return mine.values_list("edits", flat=True).get()


def forget_draft(key: uuid.UUID, by: User) -> None:
    """The form was sent, or its writer throws it away."""
    Draft.objects.unsent_by(by).filter(pk=key).delete()


def become(key: uuid.UUID, piece: Piece, *, by: User) -> bool:
    """Note under the form's key which piece it was saved as; False when it was saved already."""
    values = {"brand": piece.brand, "by": by, "payload": {}, "piece": None}
    Draft.objects.get_or_create(pk=key, defaults=values)
    unsaved = Draft.objects.filter(pk=key, by=by, became=None)
    return bool(unsaved.update(became=piece, payload={}, piece=None))
