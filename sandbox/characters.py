"""Counts characters as people see them: grapheme clusters, near enough to Unicode's rules.

Covers combining marks, emoji with modifiers and joiners, flags and Hangul syllables.
"""

from __future__ import annotations

import unicodedata

JOINER = "\u200d"
SELECTORS = range(0xFE00, 0xFE10)
MODIFIERS = range(0x1F3FB, 0x1F400)  # skin tones
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
TAGS = range(0xE0020, 0xE0080)  # of flags such as Scotland's
FOLLOWING_JAMO = range(0x1160, 0x1200)
JAMO = range(0x1100, 0x1200)


def count(text: str) -> int:
    """How many graphemes `text` has."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    total, flag_letters, before = 0, 0, ""
    for character in text:
        letters = flag_letters + 1 if ord(character) in FLAG_LETTERS else 0
        if not before or not continues(before, character, letters):
            total += 1
        before, flag_letters = character, letters
    return total


def continues(before: str, character: str, flag_letters: int) -> bool:
    """Whether `character` belongs to the grapheme that `before` is part of."""
    point = ord(character)
    if before == "\r":
        return character == "\n"
    if before == JOINER:
        return unicodedata.category(character) in ("So", "Sm", "Sk", "Po")
    return (
        character == JOINER
        or point in SELECTORS
        or point in MODIFIERS
        or point in TAGS
        or (flag_letters > 0 and flag_letters % 2 == 0)
        or (point in FOLLOWING_JAMO and ord(before) in JAMO)
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
    )
