"""Rows about what is said."""

from content.models.draft import Draft
from content.models.hashtags import BannedHashtag, HashtagGroup
from content.models.label import Label
from content.models.media import MediaAsset
from content.models.piece import Piece, PieceVersion, TextPrint, VersionMedia

__all__ = [
    "BannedHashtag",
    "Draft",
    "HashtagGroup",
    "Label",
    "MediaAsset",
    "Piece",
    "PieceVersion",
    "TextPrint",
    "VersionMedia",
]
