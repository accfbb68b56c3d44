"""Keeping the form while it is being filled in."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from content.drafts import keep_draft
from content.models import Draft
from content.writing import TEXT_MAX, EditConflict
from desk.compose.composition import Composition
from posting.models import Batch
from posting.storable import storable

LEFT_OPEN_SHOWN = 3


@dataclass(frozen=True)
class Kept:
    """How the keeping went; shown beside the title."""

    edits: int
    at: datetime | None = None
    theirs: Draft | None = None  # the same draft as another window kept it
    too_long: bool = False


def keep(composition: Composition, now: datetime) -> Kept:
    """Keep the form as a draft once something is in it. Replaces nobody's words."""
    filled, edits = composition.filled, composition.draft_edits
    if filled.is_empty and edits == 0:
        return Kept(edits)
    texts = (filled.text, filled.title, *(own.text for own in filled.own.values()))
    if max(map(len, texts)) > TEXT_MAX:
        return Kept(edits, too_long=True)
    try:
        new = keep_draft(
            composition.key,
            storable(filled.as_json()),
            brand=composition.brand,
            by=composition.user,
            piece=composition.piece,
            expected_edits=edits,
        )
    except EditConflict:
        mine = Draft.objects.unsent_by(composition.user)
        return Kept(edits, theirs=mine.filter(pk=composition.key).first())
    return Kept(new, at=now)


def left_open(composition: Composition) -> list[Draft]:
    """Other forms this person has begun and not sent, newest first."""
    drafts = Draft.objects.unsent_by(composition.user).exclude(pk=composition.key)
    # The last keeping of a form may come in after its sending.
    drafts = drafts.exclude(Exists(Batch.objects.filter(pk=OuterRef("pk"))))
    return list(drafts.filter(brand=composition.brand)[:LEFT_OPEN_SHOWN])
