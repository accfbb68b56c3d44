"""What readers can press in a text: addresses, mentions and hashtags.

Bluesky shows a text as it is; only what a facet names by its place becomes a link. Places are
counted in bytes of UTF-8, and a server takes any, also wrong ones: they have to be right here.

Source: the lexicon `app.bsky.richtext.facet`, and Bluesky's guide "Links, mentions, and rich text".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from platforms.text import LINK, TRAILING, graphemes
from platforms.values import Json

# A handle is a host name: labels of letters, digits and hyphens, the last one not all digits.
HANDLE = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
MENTION = re.compile(rf"(?<![\w@/.])@({HANDLE})(?![\w@-])", re.IGNORECASE | re.ASCII)
TAG = re.compile(r"(?<![^\s(\[{\"'“‘«—–])[#＃]([^\s#＃]+)")
TAG_MAX = 64  # graphemes
TAG_BYTES_MAX = 640
TAG_ENDS = ".,;:!?…)]}\"'”’»"
KEYCAP = "\ufe0f\u20e3"  # what makes a key of a hash sign, as on a telephone
LINKS_MAX_BYTES = 8_000  # of one address


@dataclass(frozen=True)
class Span:
    """A piece of a text, by its characters, and what it is."""

    start: int
    end: int
    kind: str  # "link", "mention" or "tag"
    value: str  # the address, the handle or the tag


def spans(text: str) -> list[Span]:
    """Return what can be pressed, in order. Where two overlap, the one that begins first stays."""
    kept: list[Span] = []
    for span in sorted((*_links(text), *_mentions(text), *_tags(text)), key=lambda s: s.start):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def handles(text: str) -> list[str]:
    """Return each handle that a text mentions, once, in small letters."""
    return list(dict.fromkeys(s.value for s in spans(text) if s.kind == "mention"))


def facets(text: str, did_of: Callable[[str], str]) -> list[Json]:
    """Return the facets of a text. `did_of` gives a handle's account, or "" where there is none.

    A mention of nobody stays plain text.
    """
    found = []
    for span in spans(text):
        feature = _feature(span, did_of)
        if feature:
            start = len(text[: span.start].encode())
            end = start + len(text[span.start : span.end].encode())
            found.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return found


def _feature(span: Span, did_of: Callable[[str], str]) -> dict[str, Any] | None:
    name = f"app.bsky.richtext.facet#{span.kind}"
    if span.kind == "link":
        return {"$type": name, "uri": span.value}
    if span.kind == "tag":
        return {"$type": name, "tag": span.value}
    did = did_of(span.value)
    return {"$type": name, "did": did} if did else None


def _links(text: str) -> Iterator[Span]:
    for match in LINK.finditer(text):
        address = match[0].rstrip(TRAILING)
        if len(address.encode()) <= LINKS_MAX_BYTES:
            yield Span(match.start(), match.start() + len(address), "link", address)


def _mentions(text: str) -> Iterator[Span]:
    for match in MENTION.finditer(text):
        yield Span(match.start(), match.end(), "mention", match[1].lower())


def _tags(text: str) -> Iterator[Span]:
    for match in TAG.finditer(text):
        word = match[1].rstrip(TAG_ENDS)
        fits = graphemes(word) <= TAG_MAX and len(word.encode()) <= TAG_BYTES_MAX
        if word and not word.isdecimal() and word[0] not in KEYCAP and fits:
            yield Span(match.start(), match.start() + 1 + len(word), "tag", word)
