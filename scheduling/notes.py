"""Notes on days: written, changed and deleted. Nobody's words are replaced unseen."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from organisation.audit import record
from organisation.models import Brand, User
from organisation.rights import WRITE_PIECE, may
from scheduling.models import DayNote


class NoteConflict(Exception):
    """Somebody changed or deleted the note meanwhile. Nothing was saved; the sentence says so."""


def write_note(brand: Brand, day: date, text: str, *, by: User) -> DayNote:
    """Put a note on a day. Raises ValidationError for no text or too much of it, PermissionError
    without the right to write for the brand."""
    words = _clean(text)
    _check_right(brand, by)
    with transaction.atomic():
        note = DayNote.objects.create(brand=brand, day=day, text=words, author=by)
        record("note", f"{by} noted on {day}: {words}", by=by, subject=note, brand=brand)
    return note


def change_note(note: DayNote, day: date, text: str, *, version: int, by: User) -> None:
    """Give a note other words or another day.

    Raises NoteConflict unless it still is what the person saw as `version`; else as `write_note`.
    """
    words = _clean(text)
    _check_right(note.brand, by)
    with transaction.atomic():
        seen = DayNote.objects.filter(pk=note.pk, version=version)
        if not seen.update(day=day, text=words, version=version + 1, updated_at=Now()):
            raise NoteConflict(
                "Somebody changed this note meanwhile. Yours was not saved. Look at the new one."
            )
        sentence = f"{by} changed the note “{note.text}” to “{words}” on {day}."
        record("note", sentence, by=by, subject=note, brand=note.brand)
    note.refresh_from_db()


def delete_note(note: DayNote, *, version: int, by: User) -> None:
    """Take a note away. Raises NoteConflict, PermissionError."""
    _check_right(note.brand, by)
    with transaction.atomic():
        gone, _ = DayNote.objects.filter(pk=note.pk, version=version).delete()
        if not gone:
            raise NoteConflict(
                "Somebody changed this note meanwhile. It was not deleted. Look at the new one."
            )
        sentence = f"{by} deleted the note “{note.text}” of {note.day}."
        record("note", sentence, by=by, brand=note.brand)


def _check_right(brand: Brand, by: User) -> None:
    if not may(by, WRITE_PIECE, brand):
        raise PermissionError(f"Your role at {brand} does not include writing notes.")


def _clean(text: str) -> str:
    words = " ".join(text.replace("\x00", "").split())
    if not words:
        raise ValidationError("The note says nothing. Write a line, or delete it.")
    if len(words) > DayNote.TEXT_MAX:
        raise ValidationError(
            f"The note has {len(words)} characters, the most is {DayNote.TEXT_MAX}. Shorten it."
        )
    return words
