"""Notes on days: who may write them, and that nobody's words are replaced unseen."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from organisation.models import AuditEntry, Role
from scheduling.models import DayNote
from scheduling.notes import NoteConflict, change_note, delete_note, write_note
from tests.factories import BrandFactory, DayNoteFactory, MembershipFactory

DAY = date(2026, 11, 30)


def writer(brand, role=Role.AUTHOR):
    return MembershipFactory(brand=brand, role=role).user


def test_a_note_is_one_clean_line_and_is_written_down(db):
    brand = BrandFactory()
    by = writer(brand)
    note = write_note(brand, DAY, "  St Andrew’s\n\x00 Day ", by=by)
    assert (note.text, note.author, note.day) == ("St Andrew’s Day", by, DAY)
    assert AuditEntry.objects.get(verb="note").subject_id == note.pk


@pytest.mark.parametrize("text", ["", " \n", "x" * (DayNote.TEXT_MAX + 1)])
def test_a_note_that_says_nothing_or_too_much_is_refused(db, text):
    brand = BrandFactory()
    with pytest.raises(ValidationError, match="The note"):
        write_note(brand, DAY, text, by=writer(brand))
    assert not DayNote.objects.exists()


def test_a_note_is_not_changed_or_deleted_over_somebody_elses_words(db):
    note = DayNoteFactory(text="Sale")
    by = writer(note.brand)
    change_note(note, DAY, "Winter sale", version=1, by=by)
    with pytest.raises(NoteConflict):
        change_note(note, DAY, "No sale", version=1, by=by)
    with pytest.raises(NoteConflict):
        delete_note(note, version=1, by=by)
    assert (DayNote.objects.get().text, DayNote.objects.get().version) == ("Winter sale", 2)
    delete_note(note, version=2, by=by)
    assert not DayNote.objects.exists()


@pytest.mark.parametrize("role", [None, Role.AUDITOR])
def test_who_may_not_write_for_the_brand_writes_no_note(db, role):
    note = DayNoteFactory(text="Sale")
    by = writer(note.brand, role) if role else writer(BrandFactory())
    for act in (
        lambda: write_note(note.brand, DAY, "x", by=by),
        lambda: change_note(note, DAY, "x", version=1, by=by),
        lambda: delete_note(note, version=1, by=by),
    ):
        with pytest.raises(PermissionError):
            act()
    assert DayNote.objects.get().text == "Sale"
