"""A text in sections: by its headings, else by paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import regex  # type: ignore[import-untyped]

AIM = 1_800  # characters of a section made of paragraphs, about 300 words
MOST = 4_000  # characters; a longer one under one heading is divided
LEAST = 200  # characters; a shorter one joins its neighbour where no heading parts them
SECTIONS_MAX = 500

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$")
_FENCE = re.compile(r"^(```|~~~)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
# Han, kana and Thai are written without spaces: there each character counts as a word.
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*"
)


@dataclass(frozen=True)
class Part:
    """One section to be."""

    heading: str
    text: str

    @property
    def words(self) -> int:
        return count_words(self.text)

    @property
    def sha256(self) -> str:
        """The same for the same words, however their spaces and line ends are."""
        return print_of(f"{self.heading}\n{self.text}")


def print_of(text: str) -> str:
    """Return the hash by which words are known again."""
    return sha256(" ".join(text.split()).encode()).hexdigest()


def count_words(text: str) -> int:
    """Count words; where a script has no spaces, characters."""
    return sum(1 for _ in _WORD.finditer(text))


def split(text: str) -> list[Part]:
    """Return the sections of a text, one at least unless it is empty. No word is left out.

    Each heading begins one. What has no headings is divided between paragraphs, and only a
    paragraph that is too long by itself is divided between sentences.
    """
    parts = [part for block in _blocks(text) for part in _fitting(block)]
    if len(parts) > SECTIONS_MAX:
        rest = parts[SECTIONS_MAX - 1 :]
        joined = "\n\n".join(f"# {p.heading}\n\n{p.text}" if p.heading else p.text for p in rest)
        parts = [*parts[: SECTIONS_MAX - 1], Part(rest[0].heading, joined)]
    return parts


def _blocks(text: str) -> Iterator[Part]:
    """What stands under each heading. A heading with nothing under it joins the next one."""
    heading, lines, fenced = "", list[str](), False
    for line in text.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.match(line)
        if found is None:
            lines.append(line)
            continue
        body = "\n".join(lines).strip()
        if body:
            yield Part(heading[:200], body)
            heading = ""
        heading = f"{heading}: {found[2]}" if heading and not body else found[2]
        lines = []
    body = "\n".join(lines).strip()
    if body or heading:
        yield Part(heading[:200], body or heading)


def _fitting(block: Part) -> Iterator[Part]:
    if block.heading and len(block.text) <= MOST:
        yield block
        return
    pieces = list(_packed(block.text))
    for number, piece in enumerate(pieces, start=1):
        more = f" ({number} of {len(pieces)})" if len(pieces) > 1 else ""
        yield Part(f"{block.heading[:180]}{more}" if block.heading else "", piece)


def _packed(text: str) -> Iterator[str]:
    """Paragraphs put together until they are long enough, none of them broken that fits."""
    packed = ""
    for paragraph in _paragraphs(text):
        if packed and len(packed) + len(paragraph) > AIM and len(packed) >= LEAST:
            yield packed
            packed = ""
        packed = f"{packed}\n\n{paragraph}" if packed else paragraph
    if packed:
        yield packed


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        if len(paragraph) <= MOST:
            yield paragraph.strip()
        else:
            yield from _sentences(paragraph)


def _sentences(paragraph: str) -> Iterator[str]:
    """A paragraph that is too long, in parts that end with a sentence where there is one."""
    packed = ""
    for sentence in _SENTENCE_END.split(paragraph):
        if packed and len(packed) + len(sentence) > AIM:
            yield packed
            packed = ""
        packed = f"{packed} {sentence}" if packed else sentence
        while len(packed) > MOST:
            cut = packed.rfind(" ", AIM, MOST)
            cut = cut if cut > 0 else MOST
            yield packed[:cut].strip()
            packed = packed[cut:].strip()
    if packed:
        yield packed
