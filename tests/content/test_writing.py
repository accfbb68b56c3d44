"""Saving what a person wrote: what is kept, what is refused, and two people at once."""

import pytest
from django.core.exceptions import ValidationError

from content.models import Piece, PieceVersion
from content.writing import EditConflict, clean_link, clean_text, save_version, write_piece
from organisation.models import AuditEntry
from tests.factories import BrandFactory, MediaAssetFactory, PieceFactory, UserFactory

FIVE_MEGABYTES = 5 * 1024 * 1024


@pytest.mark.parametrize("broken", ["a\x00b", "\ud83d", "tail \udc80"])
def test_a_character_no_platform_takes_is_refused(broken):
    with pytest.raises(ValidationError, match=r"no platform can take\. Nothing was saved"):
        clean_text(broken)


def test_a_text_of_five_megabytes_is_refused_with_both_numbers():
    with pytest.raises(ValidationError, match="5,242,880 characters and 100,000 is the most"):
        clean_text("x" * FIVE_MEGABYTES)


def test_line_ends_become_uniform_and_blank_ends_go():
    assert clean_text("  one\r\ntwo\rthree\n\n") == "one\ntwo\nthree"


def test_emoji_and_other_scripts_are_kept_as_they_are():
    text = "👩🏽‍🚀 مرحبا こんにちは é"
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://example.org/a", "example.org", "https://", "http:/x"]
)
def test_a_link_that_is_no_web_address_is_refused(link):
    with pytest.raises(ValidationError, match="is not a web address"):
        clean_link(link)


def test_a_web_address_and_no_address_are_taken():
    assert clean_link(" https://example.org/a?b=c#d ") == "https://example.org/a?b=c#d"
    assert clean_link("") == ""


@pytest.mark.django_db
def test_a_piece_is_written_with_its_first_version_and_an_audit_entry():
    mairi, brand = UserFactory(), BrandFactory()
    piece = write_piece(brand=brand, title="Peat", text="Smells of peat.", by=mairi)
    assert (piece.status, piece.edits, piece.author) == (Piece.Status.READY, 1, mairi)
    assert piece.current.text == "Smells of peat."
    entry = AuditEntry.objects.get(verb="write piece")
    assert (entry.user, entry.brand, entry.subject_id) == (mairi, brand, piece.pk)


@pytest.mark.django_db
def test_a_piece_without_a_title_is_called_by_its_first_words():
    piece = write_piece(brand=BrandFactory(), title="", text="x" * 80, by=None)
    assert piece.title == "x" * 60
    thread = write_piece(brand=BrandFactory(), title="", text="One.\n---\nTwo.", by=None)
    assert thread.title.split() == ["One.", "Two."]
    line = write_piece(brand=BrandFactory(), title="", text="---", by=None)
    assert line.title == "---"


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"text": "a\x00b"}, {"link": "nowhere"}, {"title": "\ud83d"}])
def test_a_refused_piece_leaves_nothing_behind(wrong):
    brand = BrandFactory()
    with pytest.raises(ValidationError):
        write_piece(**{"brand": brand, "title": "T", "text": "Text", "by": None, **wrong})
    assert not Piece.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_saving_makes_a_new_version_and_keeps_the_old_one():
    piece = PieceFactory(text="First")
    first = piece.current
    second = save_version(piece, text="Second", by=None, expected_edits=1)
    piece.refresh_from_db()
    assert (piece.current, piece.edits, second.number) == (second, 2, 2)
    assert PieceVersion.objects.get(pk=first.pk).text == "First"


@pytest.mark.django_db
def test_of_two_people_who_edit_at_once_the_second_is_told_and_loses_nothing_of_the_first():
    piece = PieceFactory(text="First")
    other = Piece.objects.get(pk=piece.pk)
    save_version(piece, text="Mairi's", by=None, expected_edits=1)
    entries = AuditEntry.objects.count()
    with pytest.raises(EditConflict, match="saved by someone else"):
        save_version(other, text="Callum's", by=None, expected_edits=1)
    piece.refresh_from_db()
    assert piece.current.text == "Mairi's"
    assert piece.versions.count() == 2
    assert AuditEntry.objects.count() == entries


@pytest.mark.django_db
def test_the_piece_that_was_changed_last_is_listed_first():
    first, second = PieceFactory(), PieceFactory()
    assert list(Piece.objects.all()) == [second, first]
    save_version(first, text="Other words.", by=None, expected_edits=first.edits)
    assert list(Piece.objects.all()) == [first, second]


@pytest.mark.django_db
def test_a_version_is_never_changed():
    version = PieceFactory().current
    version.text = "Other"
    with pytest.raises(TypeError, match="never changed"):
        version.save()


@pytest.mark.django_db
def test_pictures_keep_their_order_and_the_description_they_had_then():
    brand = BrandFactory()
    pictures = [MediaAssetFactory(brand=brand, alt=alt) for alt in ("Loom", "Peat")]
    piece = PieceFactory(brand=brand, media=pictures)
    pictures[0].alt = "Changed since"
    pictures[0].save()
    assert list(piece.current.media.values_list("position", "alt")) == [(1, "Loom"), (2, "Peat")]
