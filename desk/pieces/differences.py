"""What was put into a text and what was taken out, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import Indel

SAME, OUT, IN = "same", "out", "in"
# The matrix has one bit for each pair of words: 40 MB and a quarter of a second for the most.
PAIRS_MAX = 324_000_000
# A word with the space before it. Han and kana are written without spaces: one sign is a word.
_SIGN = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
WORD = re.compile(rf"\s*(?:{_SIGN}|(?:(?!{_SIGN})\S)+)|\s+")
LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Stretch:
    """A part of both texts, or of one of them. `kind` is "same", "out" or "in"."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Stretch]:
    """Return both texts as one: what they share, and at each change the old before the new.

    By words; by lines where that would take too long, and by whole texts where even those are too
    many. A text of 100,000 characters is compared in less than a second, whatever stands in it.
    """
    if old == new or not (old and new):
        kind = SAME if old == new else OUT if old else IN
        return [Stretch(kind, old or new)] if old or new else []
    # The first word of a text has no space before it. Given one, it is the same word elsewhere.
    old, new = f" {old}", f" {new}"
    for units in (WORD, LINE):
        before, after = units.findall(old), units.findall(new)
        if _pairs(before, after) <= PAIRS_MAX:
            return _without_first_space(_joined(before, after))
    return _without_first_space([Stretch(OUT, old), Stretch(IN, new)])


def _pairs(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pairs are looked at: what both begin and end with costs nothing."""
    shared = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        shared += 1
    most = min(len(before), len(after)) - shared
    ends = 0
    while ends < most and before[-1 - ends] == after[-1 - ends]:
        ends += 1
    return (len(before) - shared - ends) * (len(after) - shared - ends)


def _joined(before: Sequence[str], after: Sequence[str]) -> list[Stretch]:
    found: list[Stretch] = []
    steps = Indel.opcodes(before, after)
    for is_same, group in groupby(steps, key=lambda step: step.tag == "equal"):
        changes = list(group)
        out = "".join("".join(before[one.src_start : one.src_end]) for one in changes)
        into = "".join("".join(after[one.dest_start : one.dest_end]) for one in changes)
        if is_same:
            found.append(Stretch(SAME, out))
        else:
            found += [Stretch(kind, text) for kind, text in ((OUT, out), (IN, into)) if text]
    return found


def _without_first_space(found: list[Stretch]) -> list[Stretch]:
    first, *rest = found
    found = [Stretch(first.kind, first.text[1:]), *rest]
    if first.kind == OUT and rest and rest[0].kind == IN:
        found[1] = Stretch(IN, rest[0].text[1:])
    return [one for one in found if one.text]
