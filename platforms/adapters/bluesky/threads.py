"""Cutting a long text into the posts of a thread: where its author says so, or by sentences."""

import re

import regex  # type: ignore[import-untyped]

from platforms.text import graphemes

TEXT_MAX = 300  # graphemes of one post
BYTES_MAX = 3_000  # of one post's text in UTF-8
PARTS_MAX = 25
NUMBER_ROOM = len(" 25/25")
CUT = re.compile(r"\n[ \t]*-{3,}[ \t]*(?:\n|\Z)")  # a line of three hyphens
SENTENCE = regex.compile(r"(?<=[.!?…。！？][\"'”’»)\]]*)\s+|\n+")
WORD = re.compile(r"\s+")


def fits(text: str, room: int = TEXT_MAX) -> bool:
    """Say whether a text is short enough for one post. `room`: graphemes."""
    return len(text.encode()) <= BYTES_MAX - (TEXT_MAX - room) and graphemes(text) <= room


def parts_of(text: str, numbered: bool = False) -> list[str]:
    """Return the texts of a thread's posts, none of them empty."""
    parts = _parts(text, TEXT_MAX)
    if not numbered or len(parts) < 2:
        return parts
    parts = _parts(text, TEXT_MAX - NUMBER_ROOM)
    return [f"{part} {place}/{len(parts)}" for place, part in enumerate(parts, start=1)]


def _parts(text: str, room: int) -> list[str]:
    pieces = [piece.strip() for piece in CUT.split(f"\n{text}")]
    return [part for piece in pieces if piece for part in _shared_out(piece, room)]


def _shared_out(text: str, room: int) -> list[str]:
    """Fill each post with as many sentences as it takes; a long one is cut between words."""
    if fits(text, room):
        return [text]
    for between in (SENTENCE, WORD):
        end = _last_cut(text, between, room)
        if end:
            break
    else:
        end = _hard_cut(text, room)
    rest = text[end:].strip()
    return [text[:end].strip(), *(_shared_out(rest, room) if rest else [])]


def _last_cut(text: str, between: re.Pattern[str], room: int) -> int:
    """Return the end of the last cut before which all fits; 0 when none does."""
    last = 0
    for match in between.finditer(text):
        if not fits(text[: match.start()].strip(), room):
            break
        last = match.end() if text[: match.start()].strip() else last
    return last


def _hard_cut(text: str, room: int) -> int:
    """Return the end of the last grapheme that fits: for a word that no post could hold."""
    end = 0
    for match in regex.finditer(r"\X", text):
        if end and not fits(text[: match.end()], room):
            break
        end = match.end()
    return end
