"""Making a text fit: at the end of a sentence where one fits, else between two words."""

import re
from bisect import bisect_right
from dataclasses import replace

from content.rendering import ChannelContent, render
from platforms.values import Limits

SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'»”’)\]]*(?=\s|$)|\n(?=\n)")
WORD_END = re.compile(r"\S(?=\s|$)")
TOO_SHORT = 0.4  # of what would fit: a sentence that ends before that is no good place


def shorten(content: ChannelContent, channel: str, limits: Limits) -> str:
    """Return the longest beginning of the text with which the channel's text fits.

    What the renderer adds, such as a link, counts. Empty when not even one word fits.
    """
    text = content.text
    if _fits(content, text, channel, limits):
        return text
    words = [match.end() for match in WORD_END.finditer(text)]
    last = _last_that_fits(content, words, channel, limits, "…")
    sentences = [match.end() for match in SENTENCE_END.finditer(text[: last + 1])]
    whole = _last_that_fits(content, sentences, channel, limits, "")
    if whole and whole >= last * TOO_SHORT:
        return text[:whole].rstrip()
    return f"{text[:last].rstrip(' ,;:.-–')}…" if last else ""


def _last_that_fits(
    content: ChannelContent, ends: list[int], channel: str, limits: Limits, mark: str
) -> int:
    """Return the highest of the rising `ends` up to which the text fits; 0 when none does."""
    place = bisect_right(
        ends,
        0,
        key=lambda end: int(not _fits(content, content.text[:end] + mark, channel, limits)),
    )
    return ends[place - 1] if place else 0


def _fits(content: ChannelContent, text: str, channel: str, limits: Limits) -> bool:
    rendition = render(replace(content, text=text), channel, limits)
    return limits.count(rendition.text) <= limits.text_max
