"""The words of a preview, cut into runs: plain, marked as the platform marks it, too much."""

import re
from bisect import bisect_right
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

from platforms.values import Limits, Rendition

MARKED = re.compile(r"(https?://\S+|(?<![\w/&])[#@][\w.@-]*\w)")
SURPLUS_SHOWN = 1_000  # characters; the rest is only counted


@dataclass(frozen=True)
class Run:
    """Some characters that look the same."""

    text: str
    look: str = ""  # "", "tg" or "over"


@dataclass(frozen=True)
class Marked:
    """A text as runs, folded where the platform folds it."""

    runs: list[Run]
    folded: list[Run]  # behind the fold
    more: int = 0  # characters of the surplus that are not shown


def marked(rendition: Rendition, limits: Limits, fold: int = 0) -> Marked:
    """Cut the rendition's text into runs."""
    text = rendition.text
    end = fitting_length(text, limits)
    surplus, visible = text[end:], text[:end]
    at = _fold_at(visible, fold) if not surplus else len(visible)
    over = [Run(surplus[:SURPLUS_SHOWN], "over")] if surplus else []
    return Marked(
        [*_runs(visible[:at]), *over], _runs(visible[at:]), max(len(surplus) - SURPLUS_SHOWN, 0)
    )


def fitting_length(text: str, limits: Limits) -> int:
    """Return how many characters, whole for the eye, fit by the platform's own count."""
    if limits.count(text) <= limits.text_max:
        return len(text)
    ends = [match.end() for match in regex.finditer(r"\X", text)]
    place = bisect_right(ends, 0, key=lambda end: int(limits.count(text[:end]) > limits.text_max))
    return ends[place - 1] if place else 0


def _fold_at(text: str, fold: int) -> int:
    if not fold or len(text) <= fold:
        return len(text)
    return text.rfind(" ", 0, fold) + 1 or fold


def _runs(text: str) -> list[Run]:
    parts = MARKED.split(text)
    return [Run(part, "tg" if place % 2 else "") for place, part in enumerate(parts) if part]
