"""What was read is kept once, split, and known again by its words."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ProtectedError

from content.archiving import archive
from content.models import Section, Source
from content.sources.keeping import keep_source, set_aside, take_up
from content.sources.memory import made_from
from content.sources.reading import read_text
from content.sources.subscribing import forget_source
from organisation.models import AuditEntry
from tests.content.sources.made import piece_of
from tests.factories import BrandFactory, FeedFactory, MembershipFactory, SourceFactory

pytestmark = pytest.mark.django_db
TEXT = "# Wool\n\nDyed with lichen.\n\n# Loom\n\nNever sold."


@pytest.fixture
def mairi(brand):
    return MembershipFactory(brand=brand, user__username="mairi").user


@pytest.fixture
def brand():
    return BrandFactory()


def keep(brand, by, text=TEXT, title="The glen"):
    return keep_source(read_text(text, title), Source.Kind.TEXT, brand=brand, by=by)


def test_a_source_has_its_sections_in_their_order(brand, mairi):
    source = keep(brand, mairi).source
    rows = source.sections.values_list("position", "heading", "text", "words")
    assert list(rows) == [(1, "Wool", "Dyed with lichen.", 3), (2, "Loom", "Never sold.", 2)]
    assert AuditEntry.objects.get(verb="keep source").brand == brand


def test_the_same_text_is_kept_once_and_taken_up_again(brand, mairi):
    first = keep(brand, mairi)
    set_aside(first.source)
    again = keep(brand, mairi)
    assert (again.new, again.source) == (False, first.source)
    assert Source.objects.open().get() == first.source
    assert keep(brand, mairi, title="Another").new
    assert keep(BrandFactory(), mairi).new


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_keep_one(brand, mairi):
    gate, kept = threading.Barrier(2), []

    def press():
        gate.wait(10)
        try:
            kept.append(keep(brand, mairi).source.pk)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(30)
    assert len(kept) == 2
    assert len(set(kept)) == Source.objects.count() == 1


def told(source):
    """For which channels something was made of each section."""
    made = made_from(source, source.sections.all())
    return [[one.channel for one in made[section.pk]] for section in source.sections.all()]


def test_a_section_is_processed_once_a_piece_was_made_of_its_words(brand, mairi):
    source = keep(brand, mairi).source
    assert told(source) == [[], []]
    piece = piece_of(source.sections.first())
    assert told(source) == [["all channels"], []]
    archive(piece, by=mairi)
    assert told(source) == [["all channels"], []]


def test_words_that_come_again_in_another_source_are_known_and_only_in_their_brand(brand, mairi):
    piece_of(keep(brand, mairi).source.sections.first(), "mastodon/status")
    again = keep(brand, mairi, "# Wool\n\nDyed  with\nlichen.\n\n# New\n\nWords.", "Other").source
    assert told(again) == [["Mastodon, post"], []]
    assert told(keep(BrandFactory(), mairi).source) == [[], []]


def test_what_was_made_is_told_for_each_section(brand, mairi, django_assert_num_queries):
    source = keep(brand, mairi).source
    first, second = source.sections.all()
    for channel in ("", "mastodon/status"):
        piece_of(first, channel)
    with django_assert_num_queries(2):
        made = made_from(source, [first, second])
    assert [one.channel for one in made[first.pk]] == ["Mastodon, post", "all channels"]
    assert made[second.pk] == []


def test_a_source_that_was_used_is_not_deleted(brand, mairi):
    source = keep(brand, mairi).source
    piece_of(source.sections.first())
    with pytest.raises(ValidationError, match="Set it aside"):
        forget_source(source, by=mairi)
    with pytest.raises(ProtectedError):
        source.delete()
    assert Section.objects.count() == 2
    assert not AuditEntry.objects.filter(verb="delete source").exists()


def test_a_source_that_nothing_was_made_of_is_deleted(brand, mairi):
    forget_source(keep(brand, mairi).source, by=mairi)
    assert not Section.objects.exists()
    assert AuditEntry.objects.filter(verb="delete source").exists()


def test_a_source_of_a_feed_is_set_aside_and_not_deleted(brand, mairi):
    source = SourceFactory(brand=brand, feed=FeedFactory(brand=brand), entry_id="1")
    with pytest.raises(ValidationError, match="would bring it again"):
        forget_source(source, by=mairi)
    assert set_aside(source)
    assert not set_aside(source)
    assert take_up(source)
