"""Whether two texts say nearly the same, and a print by which such texts find each other.

The print of a text is short and kept with its version. Texts of the same words have the same first
part; of texts that are much alike nearly always one of the eight others agrees (one-permutation
MinHash over pieces of four characters, cut into bands: Li, Owen and Zhang, 2012). So among
thousands of prints those worth comparing are found without reading any text, and only those are
read and compared for good by `likeness`.
"""

import hashlib
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from rapidfuzz import fuzz

ALIKE = 90  # per cent from which two texts count as nearly the same
SHINGLE = 4  # characters
BINS = 16  # of which two make a band
EXACT = 11  # characters of a print that stand for the whole text
BAND = 6  # characters of each band
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_APART = re.compile(r"[\W_]+")


def plain(text: str, link: str = "") -> str:
    """Return the words by which texts are compared.

    Case, width, accents' encoding, spaces and punctuation do not count. An address counts as one
    short word of its own, without what only tracks readers; a `link` that stands in the text counts
    once.
    """
    words = _ADDRESS.sub(lambda found: f" {_address(found[0])} ", text)
    if link and (known := _address(link)) not in words:
        words = f"{words} {known}"
    folded = unicodedata.normalize("NFKC", words).casefold()
    told = _APART.sub(" ", folded).strip()
    # Signs alone, such as three tulips, are a text too.
    return told or "".join(folded.split())


def print_of(text: str, link: str = "") -> str:
    """Return the print of what is said, at most 59 characters; empty where nothing is."""
    words = plain(text, link)
    if not words:
        return ""
    return _short(words, EXACT) + "".join(_bands(words))


def prints_of(text: str, link: str, variants: Mapping[str, Any]) -> dict[str, str]:
    """Return the prints of a version: of what all channels say under "", and of each that differs
    under its key, such as "mastodon/status"."""
    prints = {"": print_of(text, link)}
    for key, own in variants.items():
        if "text" in own or "link" in own:
            # As a string, whatever an import left there: that is refused when it is rendered.
            prints[key] = print_of(str(own.get("text", text)), str(own.get("link", link)))
    return prints


def plain_on(channel: str, text: str, link: str, variants: Mapping[str, Any]) -> str:
    """Return the `plain` words of a version on a channel, such as "mastodon/status"."""
    own = variants.get(channel, {})
    return plain(str(own.get("text", text)), str(own.get("link", link)))


def same(one: str, other: str) -> bool:
    """Whether two prints are of the same words."""
    return bool(one) and one[:EXACT] == other[:EXACT]


def bands_of(print_: str) -> list[str]:
    """Return what another text's print shares some of with this one where they may be alike."""
    return [print_[start : start + BAND] for start in range(EXACT, len(print_), BAND)]


def may_be_alike(one: str, other: str) -> bool:
    """Whether two prints are worth a comparison of their texts."""
    return not set(bands_of(one)).isdisjoint(bands_of(other))


def likeness(one: str, other: str) -> float:
    """Return in per cent how much two `plain` texts are alike, also when words changed places.

    0 for what is less than `ALIKE`, which is told faster than by how much.
    """
    in_order = fuzz.ratio(one, other, score_cutoff=ALIKE)
    return in_order or fuzz.token_sort_ratio(one, other, score_cutoff=ALIKE)


def _address(url: str) -> str:
    """An address as one word: where it leads, without what only says where a reader came from."""
    bare = url.rstrip(".,;:!?)]}>\"'»”’")
    try:
        parts = urlsplit(bare)
    except ValueError:
        return "u" + hashlib.blake2b(bare.encode(), digest_size=4).hexdigest()
    kept = "&".join(sorted(p for p in parts.query.split("&") if p and not p.startswith("utm_")))
    host = (parts.netloc.lower()).removeprefix("www.")
    where = f"{host}{parts.path.rstrip('/')}?{kept}"
    return "u" + hashlib.blake2b(where.encode(), digest_size=4).hexdigest()


def _bands(words: str) -> Iterator[str]:
    lowest = _filled(_lowest(_shingles(words)))
    for place in range(0, BINS, 2):
        yield _short(f"{place} {lowest[place]} {lowest[place + 1]}", BAND)


def _shingles(words: str) -> Iterable[str]:
    if len(words) <= SHINGLE:
        return {words}
    return {words[at : at + SHINGLE] for at in range(len(words) - SHINGLE + 1)}


def _lowest(shingles: Iterable[str]) -> list[int | None]:
    """The lowest hash that falls into each bin; None where none does."""
    lowest: list[int | None] = [None] * BINS
    for shingle in shingles:
        digest = hashlib.blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        value, place = int.from_bytes(digest[:7]), digest[7] % BINS
        known = lowest[place]
        if known is None or value < known:
            lowest[place] = value
    return lowest


def _filled(lowest: list[int | None]) -> list[int]:
    """Let an empty bin take what the next full one has, so that short texts find each other too."""
    filled: list[int] = []
    for place in range(BINS):
        turn = (lowest[(place + step) % BINS] for step in range(BINS))
        filled.append(next(value for value in turn if value is not None))
    return filled


def _short(words: str, length: int) -> str:
    digest = hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=9).digest()
    return b64encode(digest).decode()[:length]
