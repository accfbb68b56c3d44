"""Rows about what is said."""

from content.models.media import MediaAsset
from content.models.piece import Piece, PieceVersion, VersionMedia

__all__ = ["MediaAsset", "Piece", "PieceVersion", "VersionMedia"]
