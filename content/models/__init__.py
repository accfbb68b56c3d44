"""Rows about what is said."""

from content.models.draft import Draft
from content.models.label import Label
from content.models.media import MediaAsset
from content.models.piece import Piece, PieceVersion, TextPrint, VersionMedia
from content.models.source import Feed, FeedTarget, Section, Source

__all__ = [
    "Draft",
    "Feed",
    "FeedTarget",
    "Label",
    "MediaAsset",
    "Piece",
    "PieceVersion",
    "Section",
    "Source",
    "TextPrint",
    "VersionMedia",
]
