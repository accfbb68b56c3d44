"""How X counts a text: 280 at most, an address as 23, an emoji as 2, other signs as 1 or 2.

Source: twitter-text, configuration 3, and its published test cases. Its rule for addresses is
followed with the top-level domains of today, and its rule for emoji with Unicode's own grammar
(UTS 51) in place of a table of 2018: so an emoji that was added since counts as 2, whatever it is
composed of. Where fonts know no such emoji, X may count more.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex  # type: ignore[import-untyped]

TEXT_MAX = 280
ADDRESS = 23
EMOJI = 2
ADDRESS_MAX = 4_096  # characters; a longer one is plain text
SLUG_MAX = 40  # characters of X's own short addresses
LABEL_MAX = 63  # bytes of one part of a domain, as it is encoded
LABELS_MAX = 8  # parts before the last two; nobody's address has more, and each costs time
TLDS = Path(__file__).with_name("tlds.txt")  # of IANA's root zone, by the Public Suffix List

HEAVY = regex.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_ELEMENT = (
    r"(?:[©®]\ufe0f|(?![©®])[\p{Emoji_Presentation}\p{Extended_Pictographic}]"
    r"(?:\p{Emoji_Modifier}|\ufe0f)?(?!\ufe0e)(?:[\U000e0020-\U000e007e]+\U000e007f)?)"
)
PICTOGRAM = regex.compile(
    rf"\p{{Regional_Indicator}}{{2}}|[0-9#*]\ufe0f?\u20e3|{_ELEMENT}(?:\u200d{_ELEMENT})*"
)

_ODD = "\ufffe\ufeff\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # no letters of a domain
_NEITHER = rf"\s{_ODD}!'\"#%&()*+,\\./:;<=>?@\[\]^`{{|}}~$"
_LETTER = rf"[^{_NEITHER}_\-]"
_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268"
_LATIN += "\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
_GENERAL = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_BRACKETS = rf"\((?:{_GENERAL}+|{_GENERAL}*\({_GENERAL}+\){_GENERAL}*)\)"
_END = rf"(?:[+\-a-z\u0400-\u04ff0-9=_#/{_LATIN}]|{_BRACKETS})"
_PATH = rf"(?:{_GENERAL}*(?:{_BRACKETS}{_GENERAL}*)*{_END}|@{_GENERAL}+/)"
_QUERY = r"[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
_TLD = r"(?=\w\w)(?:\L<tlds>(?=[^0-9a-z@+-]|$)|xn--[\-0-9a-z]+)"
_SUBDOMAIN = rf"{_LETTER}[^{_NEITHER}]{{0,62}}+(?<![_-])\."
_NAME = rf"{_LETTER}[^{_NEITHER}_]{{0,62}}+(?<!-)\."
_DOMAIN = rf"(?:{_SUBDOMAIN}){{0,{LABELS_MAX}}}{_NAME}{_TLD}"
SHORT = regex.compile(r"https?://t\.co/([a-z0-9]+)(?:\?" + _QUERY + ")?", regex.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """A web address within a text, by its characters."""

    start: int
    end: int


@cache
def _tlds() -> frozenset[str]:
    return frozenset(TLDS.read_text(encoding="utf-8").split())


@cache
def _patterns() -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """Compile them when first used: an address, and a domain within what stands without http."""
    address = (
        rf"(?<![a-z0-9@＠$#＃{_ODD[:3]}])(?P<scheme>https?://)?(?P<domain>{_DOMAIN})"
        rf"(?::[0-9]+)?(?P<path>/(?:{_PATH})*+)?(?:\?{_QUERY})?"
    )
    plain = rf"(?:[\-a-z0-9{_LATIN}]+\.)+{_TLD}"
    return (
        regex.compile(address, regex.IGNORECASE, tlds=_tlds()),
        regex.compile(plain, regex.IGNORECASE, tlds=_tlds()),
    )


def length(text: str) -> int:
    """Count a text as X does."""
    text = unicodedata.normalize("NFC", text)
    total = last = 0
    for address in addresses(text):
        total += _weight(text[last : address.start]) + ADDRESS
        last = address.end
    return total + _weight(text[last:])


def _weight(text: str) -> int:
    rest, emoji = PICTOGRAM.subn("", text)
    return emoji * EMOJI + len(rest) + len(HEAVY.findall(rest))


def addresses(text: str) -> Iterator[Address]:
    """Yield what X makes a link of, with or without http, in order."""
    if "." not in text:
        return
    whole, _ = _patterns()
    for match in whole.finditer(text):
        if len(match[0]) > ADDRESS_MAX or not _may_be_a_host(match["domain"]):
            continue
        if match["scheme"]:
            yield from _with_scheme(match)
        elif match.start() == 0 or text[match.start() - 1] not in "-_./":
            yield from _without_scheme(match)


def _with_scheme(match: regex.Match[str]) -> Iterator[Address]:
    short = SHORT.match(match[0])
    if short is None:
        yield Address(match.start(), match.end())
    elif len(short[1]) <= SLUG_MAX:
        yield Address(match.start(), match.start() + short.end())


def _without_scheme(match: regex.Match[str]) -> Iterator[Address]:
    """Only domains of Latin letters; what follows the last of them belongs to it."""
    _, plain = _patterns()
    start = match.start("domain")
    found = [Address(start + m.start(), start + m.end()) for m in plain.finditer(match["domain"])]
    if found and match["path"]:
        found[-1] = Address(found[-1].start, match.end())
    yield from found


def _may_be_a_host(domain: str) -> bool:
    return all(_encoded_length(label) <= LABEL_MAX for label in domain.split("."))


def _encoded_length(label: str) -> int:
    return len(label) if label.isascii() else len(label.lower().encode("punycode")) + len("xn--")
