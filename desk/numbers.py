"""Numbers out of addresses and forms, which hold whatever anybody typed."""

from collections.abc import Iterable

LONGEST = 18  # digits: the ids of rows, and the databases' whole numbers, go as far as that


def whole(text: str) -> int:
    """Return the number; 0 for what is none, or is too long to be the id of a row.

    `isdigit` alone would let “²” through, which is no number to Python.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else 0


def wholes(texts: Iterable[str]) -> list[int]:
    """Return the numbers among them, in their order, each once."""
    return [number for number in dict.fromkeys(map(whole, texts)) if number]
