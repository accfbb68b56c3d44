"""Choices of one channel, between the form's plain words and the values that adapters take.

What cannot be read is kept as it was typed: the adapter says what is wrong with it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platforms.contract import Adapter, OffersOptions
from platforms.values import Option

WORDS_MAX = 2_000  # characters of one choice
TAG = re.compile(r"(\d{1,2})\s+@?(\S+)\s+(\d{1,3})\s+(\d{1,3})", re.ASCII)


@dataclass(frozen=True)
class Choice:
    """One option as the form shows it."""

    option: Option
    words: str  # what the field holds; "1" for a ticked box

    @property
    def is_unknown(self) -> bool:
        """Whether a choice was made by other means that this form does not offer."""
        return bool(self.words) and self.words not in dict(self.option.choices)


def offered(adapter: type[Adapter], channel: str) -> tuple[Option, ...]:
    """Return what may be chosen on a channel."""
    return adapter.options(channel) if issubclass(adapter, OffersOptions) else ()


def choices(options: tuple[Option, ...], words: Mapping[str, str]) -> Iterator[Choice]:
    """Yield each option with what the form holds for it."""
    for option in options:
        yield Choice(option, words.get(option.name, ""))


def values_of(options: tuple[Option, ...], words: Mapping[str, str]) -> dict[str, Any]:
    """Return what was chosen, as adapters take it; nothing for what was left empty."""
    known = {option.name: option for option in options}
    read = {
        name: READERS[known[name].kind](text.strip())
        for name, text in words.items()
        if name in known and text.strip()
    }
    return {name: value for name, value in read.items() if value != []}


def words_of(options: tuple[Option, ...], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form shows for values that are kept."""
    known = {option.name: option for option in options}
    return {
        name: _words(known[name].kind, value)
        for name, value in values.items()
        if name in known and (value or value == 0) and value is not False
    }


def _words(kind: str, value: Any) -> str:
    if kind == "flag":
        return "1"
    if kind == "names" and isinstance(value, list):
        return ", ".join(map(str, value))
    if kind == "tags" and isinstance(value, list):
        return "\n".join(map(_line, value))
    return str(value)


def _line(tag: Any) -> str:
    if isinstance(tag, dict) and {"picture", "username", "x", "y"} <= set(tag):
        x, y = round(tag["x"] * 100), round(tag["y"] * 100)
        return f"{tag['picture']} @{tag['username']} {x} {y}"
    return str(tag)


def _names(text: str) -> list[str]:
    return [name for part in re.split(r"[,\s]+", text) if (name := part.lstrip("@"))]


def _seconds(text: str) -> float | str:
    fits = re.fullmatch(r"\d{1,6}([.,]\d{1,3})?", text, re.ASCII)
    return float(text.replace(",", ".")) if fits else text


def _tags(text: str) -> list[Any]:
    return [_tag(line.strip()) for line in text.splitlines() if line.strip()]


def _tag(line: str) -> Any:
    match = TAG.fullmatch(line)
    if match is None:
        return line
    picture, name, x, y = match.groups()
    return {"picture": int(picture), "username": name, "x": int(x) / 100, "y": int(y) / 100}


READERS: dict[str, Callable[[str], Any]] = {
    "flag": bool,
    "text": str,
    "names": _names,
    "seconds": _seconds,
    "tags": _tags,
    "choice": str,
}
