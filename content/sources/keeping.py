"""Keeping what was read: a source and its sections, or neither; the same text once."""

from dataclasses import dataclass

from django.db import transaction

from content.models import Feed, Section, Source
from content.sources.reading import Reading
from content.sources.splitting import count_words, print_of, split
from organisation.audit import record
from organisation.models import Brand, User


@dataclass(frozen=True)
class Kept:
    """The source. `new` is False when the brand had this very text already."""

    source: Source
    new: bool = True


def keep_source(reading: Reading, kind: str, *, brand: Brand, by: User) -> Kept:
    """Keep what a person gave as a source with its sections, unless the brand has it already.

    A second press therefore makes no second source. One that was set aside is taken up again.
    """
    with transaction.atomic():
        Brand.objects.select_for_update().get(pk=brand.pk)  # two presses at once come one by one
        known = brand.sources.filter(
            sha256=print_of(reading.text), title=reading.title, address=reading.address
        )
        source = known.order_by("-pk").first()
        if source is not None:
            take_up(source)
            return Kept(source, new=False)
        source = make_source(reading, kind, brand=brand, by=by)
        record(
            "keep source", f"{by} kept the source “{source}”.", by=by, subject=source, brand=brand
        )
    return Kept(source)


def make_source(
    reading: Reading,
    kind: str,
    *,
    brand: Brand,
    by: User | None,
    feed: Feed | None = None,
    entry_id: str = "",
    state: str = Source.State.OPEN,
) -> Source:
    """Make the rows. Call it in a transaction; raises IntegrityError for an entry that is there."""
    source = Source.objects.create(
        brand=brand,
        kind=kind,
        state=state,
        title=reading.title,
        address=reading.address,
        file_name=reading.file_name,
        text=reading.text,
        words=count_words(reading.text),
        sha256=print_of(reading.text),
        note=reading.note,
        by=by,
        feed=feed,
        entry_id=entry_id,
        published_at=reading.published_at,
        fetched_at=reading.fetched_at,
    )
    Section.objects.bulk_create(
        Section(
            source=source,
            position=position,
            heading=part.heading,
            text=part.text,
            words=part.words,
            sha256=part.sha256,
        )
        for position, part in enumerate(split(reading.text), start=1)
    )
    return source


def take_up(source: Source) -> bool:
    """Take up what was set aside; False when it was not aside."""
    aside = Source.objects.aside().filter(pk=source.pk)
    source.state = Source.State.OPEN
    return bool(aside.update(state=Source.State.OPEN))


def set_aside(source: Source) -> bool:
    """Put a source away from the list. It stays known, so that a feed does not bring it again."""
    open_ = Source.objects.open().filter(pk=source.pk)
    source.state = Source.State.ASIDE
    return bool(open_.update(state=Source.State.ASIDE))
