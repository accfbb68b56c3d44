"""The writer that needs no language model: it takes whole sentences out of the section.

It invents nothing. The first sentence and those that hold most of the words the section is about
stay, in their order, as many as read well in the channel; then come hashtags out of the text, and
the renderer puts the link last.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import regex  # type: ignore[import-untyped]

from content.rendering import ChannelContent
from content.shortening import shorten
from content.writers.brief import Brief
from content.writers.cleaning import clean
from content.writers.modelled import Written

READS_WELL = 480  # of what the channel counts; more is rarely read, even where more fits
THREAD_READS_WELL = 1_500
SENTENCES_MAX = 200  # of a section that are weighed
TAKEN_MAX = 12  # of them
TRIED_MAX = 40  # after that nothing short enough is expected any more
READ_MAX = 24_000  # characters of a section that are looked at
TAGS = {"instagram": 5, "mastodon": 3, "twitter": 1, "bluesky": 2}  # by platform
TAGS_USUALLY = 2
TAG_LETTERS = range(4, 25)
# The commonest words of a few languages that are long enough to be taken for a subject.
COMMON = Path(__file__).with_name("common_words.txt")
REPEATED = 2  # times a word stands in the section before it can be a hashtag

_ABBREVIATED = (
    r"(?:\b(?:Dr|Mr|Mrs|Ms|St|Prof|No|Nr|vs|etc|approx|ca|bzw|Mme|Sr|Sra|Jan|Feb|Mar|Apr|Jun|Jul"
    r"|Aug|Sep|Sept|Oct|Nov|Dec|Mt|Fig|e\.g|i\.e|z\.B|d\.h|u\.a|p\.m|a\.m)|\b\p{Lu})\."
)
# Ends by a mark and a space; scripts without spaces end by their mark alone.
_BETWEEN = regex.compile(
    rf"(?<=[.!?…؟۔।][\"'”’»)\]]*)(?<!{_ABBREVIATED})\s+|(?<=[。！？][」』）”’]*)(?![」』）”’])\s*|\n+"
)
_ENDED = regex.compile(r"[.!?…؟۔।。！？][\"'”’»)\]」』）]*$")
_BULLET = regex.compile(r"^\s*(?:[-*•·]|\d{1,3}[.)])\s+")
_WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]*")
_LETTERS = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}]*")
_CASELESS = regex.compile(r"\p{Lo}")
_GRAPHEME = regex.compile(r"\X")


class NothingToWrite(Exception):
    """The section has no words to write from."""


def write_offline(brief: Brief) -> Written:
    """Return a text out of the section's own sentences. Raises NothingToWrite."""
    words = clean(brief.text[:READ_MAX], link=brief.link, material=brief.text).text
    sentences = _sentences(words) or _sentences(brief.heading) or _sentences(brief.title)
    if not sentences:
        raise NothingToWrite(
            "This section has no words, only marks or pictures. Leave it out, or write by hand."
        )
    subjects = _subjects(brief, words)
    text = _chosen(brief, sentences, subjects) or _cut(brief, sentences[0])
    if not text:
        raise NothingToWrite(f"Not even one word fits into {brief.room} {brief.limits.unit}.")
    text = _with_tags(brief, text, words, subjects)
    told = [problem.sentence for problem in brief.problems(text)]
    return Written(text, " ".join(told))


def _sentences(text: str) -> list[str]:
    """The sentences of a text, each on its own; headings and bullets count as sentences too."""
    found = (_BULLET.sub("", part).strip() for part in _BETWEEN.split(text) if part)
    return [part for part in found if _LETTERS.search(part)][:SENTENCES_MAX]


def _subjects(brief: Brief, words: str) -> Counter[str]:
    """How often each word stands that says what it is about; those of headings count more."""
    counted = Counter(_said(words))
    named = Counter(_said(f"{brief.heading} {brief.title}"))
    return counted + Counter({word: 2 * number for word, number in named.items()})


def _said(text: str) -> Iterable[str]:
    for found in _WORD.finditer(text):
        word = found[0].casefold()
        if len(word) >= TAG_LETTERS.start and word not in _common():
            yield word


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def _chosen(brief: Brief, sentences: list[str], subjects: Counter[str]) -> str:
    """The first sentence that fits and the weightiest of the others, in their order."""
    aim = min(brief.limits.text_max, THREAD_READS_WELL if brief.limits.part_max else READS_WELL)
    taken: set[int] = set()
    for place in _by_weight(sentences, subjects)[:TRIED_MAX]:
        if len(taken) >= TAKEN_MAX:
            break
        text = _joined(sentences, {*taken, place})
        fits = brief.length(text) <= (aim if taken else brief.limits.text_max)
        if fits and not brief.problems(text):
            taken.add(place)
    return _joined(sentences, taken)


def _by_weight(sentences: list[str], subjects: Counter[str]) -> list[int]:
    """Places of sentences: the first, then by how many weighty words each has for its length."""

    def weight(place: int) -> float:
        said = set(_said(sentences[place]))
        whole = 1.0 if _ENDED.search(sentences[place]) else 0.3  # a heading, a broken line
        dense = sum(subjects[word] for word in said) / (len(said) + 4)
        return whole * dense * (1.0 + 0.5 / (place + 1))

    begins = next((n for n, one in enumerate(sentences) if _ENDED.search(one)), 0)
    others = (place for place in range(len(sentences)) if place != begins)
    return [begins, *sorted(others, key=lambda place: (-weight(place), place))]


def _joined(sentences: list[str], places: set[int]) -> str:
    """The sentences as they follow each other, in a new line after one that has no end."""
    some = [sentences[place] for place in sorted(places)]
    text = some[0] if some else ""
    for before, after in pairwise(some):
        between = "" if _CASELESS.match(after) and before[-1] in "。！？」』）" else " "
        text += (between if _ENDED.search(before) else "\n") + after
    return text


def _cut(brief: Brief, sentence: str) -> str:
    """As much of one long sentence as fits: to a word's end, or where there are no words within."""
    most = brief.limits.part_max or brief.limits.text_max  # in a thread one post is enough

    def fits(text: str) -> bool:
        return brief.length(text) <= most and not brief.problems(text)

    content = ChannelContent(sentence[: 4 * most], brief.link)
    text = shorten(content, brief.channel, replace(brief.limits, text_max=most))
    if text and fits(text):
        return text
    ends = [found.end() for found in _GRAPHEME.finditer(sentence[: 4 * most])]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        is_short = fits(f"{sentence[: ends[middle - 1]]}…")
        low, high = (middle, high) if is_short else (low, middle - 1)
    return f"{sentence[: ends[low - 1]].rstrip()}…" if low else ""


def _with_tags(brief: Brief, text: str, words: str, subjects: Counter[str]) -> str:
    """The text with hashtags, as many as the platform's readers expect and as fit."""
    tags: list[str] = []
    for tag in _tags(words, subjects):
        if len(tags) >= TAGS.get(brief.adapter.slug, TAGS_USUALLY):
            break
        longer = f"{text}\n\n{' '.join([*tags, tag])}"
        if not brief.over(longer) and not brief.problems(longer):
            tags.append(tag)
    return f"{text}\n\n{' '.join(tags)}" if tags else text


def _tags(words: str, subjects: Counter[str]) -> Iterable[str]:
    """Words that stand more than once, as they mostly are written; the weightiest first."""
    written: dict[str, Counter[str]] = {}
    for found in _LETTERS.finditer(words):
        written.setdefault(found[0].casefold(), Counter())[found[0]] += 1
    for word, _ in sorted(subjects.items(), key=lambda pair: (-pair[1], pair[0])):
        forms = written.get(word, Counter())
        if forms.total() >= REPEATED and len(word) in TAG_LETTERS:
            [(form, _)] = forms.most_common(1)
            yield f"#{form[0].upper()}{form[1:]}"
