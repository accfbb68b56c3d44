"""Rows about what is said."""

from content.models.draft import Draft
from content.models.hashtags import BannedHashtag, HashtagGroup
from content.models.interaction import LlmInteraction
from content.models.label import Label
from content.models.media import MediaAsset, MediaFolder, MediaTag
from content.models.piece import Piece, PieceVersion, TextPrint, VersionMedia
from content.models.prompt import PromptTemplate
from content.models.source import Feed, FeedTarget, Section, Source
from content.models.writing import WritingItem, WritingRun

__all__ = [
    "BannedHashtag",
    "Draft",
    "Feed",
    "FeedTarget",
    "HashtagGroup",
    "Label",
    "LlmInteraction",
    "MediaAsset",
    "MediaFolder",
    "MediaTag",
    "Piece",
    "PieceVersion",
    "PromptTemplate",
    "Section",
    "Source",
    "TextPrint",
    "VersionMedia",
    "WritingItem",
    "WritingRun",
]
