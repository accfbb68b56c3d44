"""Record keys: a moment and a random number, in thirteen letters that sort by time.

Source: the AT Protocol's specification of TIDs.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta

LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
LENGTH = 13
CLOCK_BITS = 10  # a random number, so that two writers at the same moment make two keys
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TID = re.compile(f"[{LETTERS[:16]}][{LETTERS}]{{{LENGTH - 1}}}")


def tid_at(moment: datetime) -> str:
    """Return a new key for this moment; two calls give two keys."""
    microseconds = (moment - EPOCH) // timedelta(microseconds=1)
    return _written(microseconds << CLOCK_BITS | secrets.randbits(CLOCK_BITS))


def tid_after(tid: str, steps: int) -> str:
    """Return the key that many microseconds later: those of a thread's parts, in their order."""
    return _written(_read(tid) + (steps << CLOCK_BITS))


def _written(number: int) -> str:
    letters = [LETTERS[number >> 5 * place & 31] for place in reversed(range(LENGTH))]
    return "".join(letters)


def _read(tid: str) -> int:
    number = 0
    for letter in tid:
        number = number << 5 | LETTERS.index(letter)
    return number
