"""Only text comes out of an answer: no markup, no link but the source's own, nobody else's name.

What is taken out is told, so that a person can put back what was meant.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

from content.writing import TEXT_MAX, without_unusable
from platforms.adapters.twitter.weighted import addresses

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"\A```[\w-]*\n(.*?)\n?```\Z", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--.*?-->", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_MARKED_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\(([^()\s]{0,2000})(?:\s[^()\n]{0,200})?\)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1")
_HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
# Marks that turn the direction of what follows, or that nobody sees: they hide what is said.
# Joiners stay, for emoji and many scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\u202a-\u202e\ufeff\U000e0000-\U000e007f]"
)
_SCHEMED = re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,20}://|mailto:|www\.)[^\s<>\"]+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@./])@([\w.-]+(?:@[\w.-]+\w)?)")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'"}
_LOOSE = regex.compile(r"[ \t]{2,}|[ \t]+(?=\n|$)|[ \t]+(?=[.,;:!?](?:\s|$))")
_RUN_TOGETHER = regex.compile(r"[\p{L}\p{M}]+\.\p{Lu}\p{L}*")
TRAILING = ".,;:!?)]}»”’\"'"
TOLD = 5  # of what was taken out, by name


@dataclass(frozen=True)
class Cleaned:
    """The text that is left, and what was done to it."""

    text: str
    remark: str = ""


def clean(answer: str, *, link: str, material: str) -> Cleaned:
    """Return the text of an answer. `link` is the only address it may hold.

    `material` is what it was written from: only who is mentioned there may be mentioned.
    """
    taken = [address for _, address in _MARKED_LINK.findall(answer) if address not in ("", link)]
    text = without_markup(answer)
    text = _without(text, link, taken)
    named: list[str] = []
    text = _unmentioned(text, material, named)
    text = re.sub(r"\n{3,}", "\n\n", _LOOSE.sub(_tight, text)).strip()
    remarks = []
    if taken:
        remarks.append(f"Left out, since the source's own link is the only one: {_few(taken)}.")
    if named:
        remarks.append(f"Mentioned by name only, since the section does not: {_few(named)}.")
    return Cleaned(text[:TEXT_MAX], " ".join(remarks))


def without_markup(text: str) -> str:
    """Return the words without what models and articles dress them with."""
    text = without_unusable(text).replace("\r\n", "\n").replace("\r", "\n")
    text = _THOUGHT.sub("", text).strip()
    if fenced := _FENCE.match(text):
        text = fenced[1].strip()
    text = _TAG.sub("", _SCRIPT.sub("", text))
    text = _HEADING.sub("", _EMPHASIS.sub(r"\2", _MARKED_LINK.sub(r"\1", text)))
    text = _HIDDEN.sub("", text).strip()
    if len(text) > 2 and _QUOTES.get(text[0]) == text[-1] and text[-1] not in text[1:-1]:
        text = text[1:-1].strip()
    return text


def is_data(text: str) -> bool:
    """Whether this is a JSON object or list where a text was asked for."""
    if text[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _without(text: str, link: str, taken: list[str]) -> str:
    """Take every address out but the one, by X's rule: it makes links of bare domains too."""
    text = _SCHEMED.sub(_dropper(link, taken), text)
    for found in reversed(list(addresses(text))):
        address = text[found.start : found.end]
        if _RUN_TOGETHER.fullmatch(address):  # two sentences, of which X would make a link
            text = text[: found.start] + address.replace(".", ". ") + text[found.end :]
            continue
        kept = _dropper(link, taken, whole=text[_word_start(text, found.start) :])(address)
        text = text[: found.start] + kept + text[found.end :]
    return text


def _word_start(text: str, place: int) -> int:
    return max(text.rfind(" ", 0, place), text.rfind("\n", 0, place)) + 1


def _dropper(
    link: str, taken: list[str], whole: str = ""
) -> Callable[["re.Match[str] | str"], str]:
    def drop(found: "re.Match[str] | str") -> str:
        said = found if isinstance(found, str) else found[0]
        address = said.rstrip(TRAILING)
        if link and (address == link or whole.startswith(link)):
            return said
        taken.append(address)
        return said[len(address) :]

    return drop


def _unmentioned(text: str, material: str, named: list[str]) -> str:
    known = {name.casefold() for name in _MENTION.findall(material)}

    def plain(found: re.Match[str]) -> str:
        name = found[1].rstrip(".-")
        if name.casefold() in known:
            return found[0]
        named.append(f"@{name}")
        return found[1]

    return _MENTION.sub(plain, text)


def _tight(found: "regex.Match[str]") -> str:
    return " " if found.string[found.end() : found.end() + 1] not in ("", "\n", *".,;:!?") else ""


def _few(names: list[str]) -> str:
    known = list(dict.fromkeys(name[:80] for name in names))
    more = f" and {len(known) - TOLD} more" if len(known) > TOLD else ""
    return ", ".join(known[:TOLD]) + more
