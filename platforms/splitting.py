"""Cutting a long text into the posts of a thread: where its author says so, or by sentences."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

from platforms.values import Option, Rendition

CUT = re.compile(r"\n[ \t]*-{3,}[ \t]*(?:\n|\Z)")  # a line of three hyphens
SENTENCE = regex.compile(r"(?<=[.!?…。！？][\"'”’»)\]]*)\s+|\n+")
WORD = re.compile(r"\s+")


NUMBERED = Option("numbered", "Number the posts", help="1/3, 2/3 and so on at their ends.")


@dataclass(frozen=True)
class Splitter:
    """How one platform's threads are cut. `fits`: whether a text is short enough for a room."""

    fits: Callable[[str, int], bool]
    room: int  # of one post, by the platform's own count
    number_room: int = len(" 25/25")

    def parts(self, text: str, numbered: bool = False) -> list[str]:
        """Return the texts of a thread's posts, none of them empty."""
        parts = self._parts(text, self.room)
        if not numbered or len(parts) < 2:
            return parts
        parts = self._parts(text, self.room - self.number_room)
        return [f"{part} {place}/{len(parts)}" for place, part in enumerate(parts, start=1)]

    def _parts(self, text: str, room: int) -> list[str]:
        pieces = [piece.strip() for piece in CUT.split(f"\n{text}")]
        return [part for piece in pieces if piece for part in self._shared_out(piece, room)]

    def _shared_out(self, text: str, room: int) -> list[str]:
        """Fill each post with as many sentences as it takes; a long one is cut between words."""
        found = []
        while text and not self.fits(text, room):
            end = self._last_cut(text, SENTENCE, room) or self._last_cut(text, WORD, room)
            end = end or self._hard_cut(text, room)
            found.append(text[:end].strip())
            text = text[end:].strip()
        return [*found, text] if text else found

    def _last_cut(self, text: str, between: re.Pattern[str], room: int) -> int:
        """Return the end of the last cut before which all fits; 0 when none does."""
        last = 0
        for match in between.finditer(text):
            if not self.fits(text[: match.start()].strip(), room):
                break
            last = match.end() if text[: match.start()].strip() else last
        return last

    def _hard_cut(self, text: str, room: int) -> int:
        """Return the end of the last grapheme that fits: for a word that no post could hold."""
        end = 0
        for match in regex.finditer(r"\X", text):
            if end and not self.fits(text[: match.end()], room):
                break
            end = match.end()
        return end


def joined(parts: list[str]) -> str:
    """Return the text that is cut into exactly these parts, as far as each has room."""
    return "\n---\n".join(part.strip() for part in parts if part.strip())


def without_cuts(text: str) -> str:
    """Return the text as one, with a blank line where it was cut."""
    return "\n\n".join(piece.strip() for piece in CUT.split(f"\n{text}") if piece.strip())


def without_numbers(parts: list[str], rendition: Rendition) -> list[str]:
    """Return the parts as they were written, without the numbers that were chosen for them."""
    if len(parts) < 2 or not rendition.options.get(NUMBERED.name):
        return parts
    return [part.removesuffix(f" {n}/{len(parts)}") for n, part in enumerate(parts, start=1)]
