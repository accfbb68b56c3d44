"""Pieces that were made from sections, as the composer and the writers leave them."""

from content.models import Piece, Section
from content.sources import wording
from tests.factories import PieceFactory


def piece_of(section: Section, channel: str = "", **more: object) -> Piece:
    piece: Piece = PieceFactory(
        brand=section.source.brand,
        title=wording.title_of(section),
        text=wording.words_of(section),
        origin=Piece.Origin.SOURCE,
        section=section,
        channel=channel,
        **more,
    )
    return piece
