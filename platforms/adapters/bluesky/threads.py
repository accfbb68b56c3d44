"""Cutting a long text into the posts of a thread, by Bluesky's two counts."""

from platforms.splitting import Splitter
from platforms.text import graphemes

TEXT_MAX = 300  # graphemes of one post
BYTES_MAX = 3_000  # of one post's text in UTF-8
PARTS_MAX = 25


def fits(text: str, room: int = TEXT_MAX) -> bool:
    """Say whether a text is short enough for one post. `room`: graphemes."""
    return len(text.encode()) <= BYTES_MAX - (TEXT_MAX - room) and graphemes(text) <= room


SPLITTER = Splitter(fits, TEXT_MAX)
parts_of = SPLITTER.parts
