"""What was made from which section, by words and not by rows; see `content.models.source`."""

from collections.abc import Iterable
from dataclasses import dataclass

from content.models import Piece, Section, Source
from platforms.models import ChannelType


@dataclass(frozen=True)
class Made:
    """A piece that was made from the words of a section."""

    piece: Piece
    channel: str  # such as "Mastodon, status"; "all channels" where it is for none alone


def made_from(source: Source, sections: Iterable[Section]) -> dict[int, list[Made]]:
    """Return what was made from the words of each section, by its id, the newest first."""
    by_words: dict[str, list[Made]] = {}
    prints = {section.pk: section.sha256 for section in sections}
    pieces = Piece.objects.filter(
        brand_id=source.brand_id, section__sha256__in=set(prints.values())
    ).select_related("section")
    named = channel_names()
    for piece in pieces.order_by("-pk"):
        if piece.section is not None:
            name = named.get(piece.channel, piece.channel) or "all channels"
            by_words.setdefault(piece.section.sha256, []).append(Made(piece, name))
    return {pk: by_words.get(words, []) for pk, words in prints.items()}


def channel_names() -> dict[str, str]:
    """Return what people call each channel, by its key, such as mastodon/status."""
    kinds = ChannelType.objects.select_related("platform")
    return {f"{kind.platform.slug}/{kind.slug}": str(kind) for kind in kinds}
