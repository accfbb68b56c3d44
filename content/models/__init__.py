"""Rows about what is said."""

from content.models.draft import Draft
from content.models.label import Label
from content.models.media import MediaAsset, MediaFolder, MediaTag
from content.models.piece import Piece, PieceVersion, TextPrint, VersionMedia

__all__ = [
    "Draft",
    "Label",
    "MediaAsset",
    "MediaFolder",
    "MediaTag",
    "Piece",
    "PieceVersion",
    "TextPrint",
    "VersionMedia",
]
