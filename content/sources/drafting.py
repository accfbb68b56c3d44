"""Pieces from sections: a draft that says what the section says, for somebody to go on with."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from content.models import Piece, Section, Source
from content.writing import write_piece
from organisation.models import Brand, User
from platforms.models import ChannelType


def draft_from(section: Section, channel: str = "", *, by: User | None) -> Piece:
    """Make a draft with the words of the section and the link of its source.

    `channel`: the one it is for, such as mastodon/status; empty for all. The piece remembers both,
    which is how the section is known to be processed.
    """
    source = section.source
    return write_piece(
        brand=source.brand,
        title=f"{source.title}: {section.heading}" if section.heading else source.title,
        text=words_of_section(section),
        link=source.address,
        by=by,
        origin=Piece.Origin.SOURCE,
        status=Piece.Status.DRAFT,
        section=section,
        channel=channel,
    )


def words_of_section(section: Section) -> str:
    """Return what a section says as a post would: its heading above its text."""
    if not section.heading or section.heading == section.text:
        return section.text
    return f"{section.heading}\n\n{section.text}"


def draft_automatically(section: Section, channels: Iterable[ChannelType]) -> list[Piece]:
    """Make a draft for each of these channels for which nothing was made of these words.

    Call it in a transaction that holds the brand's row, so that two feeds with one article do not
    both find that nothing was made.
    """
    keys = dict.fromkeys(f"{kind.platform.slug}/{kind.slug}" for kind in channels)
    fresh = [key for key in keys if Section.objects.filter(pk=section.pk).unprocessed(key).exists()]
    return [draft_from(section, key, by=None) for key in fresh]


def draft_chosen(source: Source, ids: Sequence[int], *, by: User) -> tuple[list[Piece], int]:
    """Make a draft of each of these sections of whose words nothing was made yet.

    Returns the drafts and how many sections were left because they had one, so that a second
    press makes nothing twice. Raises ValidationError, with nothing made.
    """
    with transaction.atomic():
        Brand.objects.select_for_update().get(pk=source.brand_id)
        chosen = source.sections.filter(pk__in=ids)
        # One by one: two sections may have the same words.
        made, left = [], 0
        for section in chosen.select_related("source__brand").order_by("position"):
            if Section.objects.filter(pk=section.pk).unprocessed().exists():
                made.append(draft_from(section, by=by))
            else:
                left += 1
    return made, left
