"""How long X finds a text, near enough: addresses 23, emoji 2, what is not Latin 2."""

from __future__ import annotations

import re
import unicodedata

ADDRESS = re.compile(
    r"(?<![@\w$#./-])(?:https?://(?:[\w-]+\.)+[^\W\d_]{2,}"
    r"|(?:[a-z0-9-]+\.)+(?:com|org|net|co|uk|de|io|eu|example)\b)(?::\d+)?(?:/[^\s<>\"“”…]*)?",
    re.IGNORECASE,
)
TRAILING = ".,;:!?)'"
MOST, PREMIUM_MOST = 280, 25_000
LIGHT = ((0x0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
JOINED = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]\ufe0f?[\U0001f3fb-\U0001f3ff]?")
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3|[©®]\ufe0f"
    f"|{JOINED.pattern}(?:[\U000e0020-\U000e007f]+)?(?:\u200d{JOINED.pattern})*"
)


def count(text: str) -> int:
    """The weight of a text."""
    text = unicodedata.normalize("NFC", text)
    links = [kept(match[0]) for match in ADDRESS.finditer(text)]
    rest = ADDRESS.sub(lambda match: match[0][len(kept(match[0])) :], text)
    rest, emoji = EMOJI.subn("", rest)
    return 23 * len(links) + 2 * emoji + sum(1 if light(sign) else 2 for sign in rest)


def kept(link: str) -> str:
    return link.rstrip(TRAILING)


def light(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in LIGHT)


def shortened(text: str, short: str) -> tuple[str, list[dict[str, object]]]:
    """The text with each address as X shortens it, and what stands behind each."""
    found: list[dict[str, object]] = []
    parts, last, start = [], 0, 0
    for match in ADDRESS.finditer(text):
        link = kept(match[0])
        whole = link if "://" in link else f"http://{link}"
        url = f"https://t.co/{short}{len(found)}"
        start += match.start() - last
        place = {"start": start, "end": start + len(url)}
        found.append({**place, "url": url, "expanded_url": whole, "display_url": whole[:30]})
        parts += [text[last : match.start()], url]
        last, start = match.start() + len(link), start + len(url)
    return "".join([*parts, text[last:]]), found
