"""Pieces as rows of a table: what each column holds, written and read back to the same.

A row holds what a piece says, and for each channel that says something else columns of its own,
such as “text: mastodon/status”. An empty cell there means "as in the piece".
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from content.models import MediaAsset, Piece, PieceVersion
from content.tables import cells
from content.writing import clean_link, clean_text

SHARED = ("piece", "title", "text", "link", "status", "labels", "pictures")
# By channel; the words of the head, and under which name a version keeps it.
VARIED = {
    "text": "text",
    "link": "link",
    "first comment": "first_comment",
    "options": "options",
    "pictures shown": "pictures",
}
LABEL_MAX = 40  # characters
PICTURES_MAX = 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OPTION = re.compile(r"[a-z_]{1,40}")
_STATUSES = {str(value): value for value in Piece.Status.values}


@dataclass(frozen=True)
class Picture:
    """One picture or video of a piece, named by the hash of its bytes."""

    sha256: str
    alt: str = ""
    focus: tuple[float, float] = (0.5, 0.5)
    channel: str = ""  # empty: for all that have none of their own


@dataclass
class Said:
    """What a row says of a piece, clean and whole."""

    title: str = ""
    text: str = ""
    link: str = ""
    status: str = Piece.Status.READY
    labels: list[str] = field(default_factory=list)
    variants: dict[str, Any] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing on any channel."""
        own = (
            str(one.get(name, "")) for one in self.variants.values() for name in ("text", "link")
        )
        return not (self.text or self.link or self.pictures or any(own))


def head_for(channels: Iterable[str]) -> list[str]:
    """Return the names of the columns, for versions that vary on these channels."""
    return [*SHARED, *(f"{part}: {channel}" for channel in channels for part in VARIED)]


def cells_of(
    piece: Piece, version: PieceVersion | None, channels: Sequence[str], reference: str = ""
) -> list[str]:
    """Return the row of a piece that says what this version says. Labels and media come prefetched.

    Rows with the same `reference` are one piece when they are read.
    """
    said = [
        reference or str(piece.pk),
        piece.title,
        version.text if version else "",
        version.link if version else "",
        piece.status,
        cells.join(sorted(label.name for label in piece.labels.all())),
        _pictures_cell(version),
    ]
    variants = version.variants if version else {}
    for channel in channels:
        said += [_varied_cell(variants.get(channel, {}), name) for name in VARIED.values()]
    return said


def channels_in(versions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the channels on which some of these variants differ, in order."""
    return sorted({channel for variants in versions for channel in variants})


def _varied_cell(own: Mapping[str, Any], name: str) -> str:
    if name not in own:
        return ""
    if name == "options":
        return json.dumps(own[name], ensure_ascii=False, sort_keys=True)
    return str(own[name]) if name == "pictures" else cells.said(str(own[name]))


def _pictures_cell(version: PieceVersion | None) -> str:
    """One line for each: its hash, its focus and channel where they are not the usual, its alt."""
    lines = []
    for use in version.media.all() if version else ():
        words = [use.asset.sha256]
        if (use.focus_x, use.focus_y) != (0.5, 0.5):
            words.append(f"{use.focus_x!r},{use.focus_y!r}")
        if use.channel:
            words.append(use.channel)
        alt = use.alt.replace("\\", "\\\\").replace("\n", "\\n")
        lines.append(" ".join(words) + (f" | {alt}" if alt else ""))
    return "\n".join(lines)


def read(row: Mapping[str, str]) -> tuple[Said, list[tuple[str, str]]]:
    """Return what a row says, by the names of the columns, and what is wrong: column, sentence."""
    said, wrong = Said(), list[tuple[str, str]]()

    def take(name: str, reader: Any) -> Any:
        try:
            return reader(row.get(name, ""))
        except ValidationError as error:
            wrong.append((name, " ".join(error.messages)))
        except ValueError as error:
            wrong.append((name, str(error)))
        return None

    said.title = (take("title", lambda cell: _text(cell, "title")) or "")[:200]
    said.text = take("text", _text) or ""
    said.link = take("link", _link) or ""
    said.status = take("status", _status) or Piece.Status.READY
    said.labels = take("labels", _labels) or []
    said.pictures = take("pictures", _pictures) or []
    for column in row:
        part, colon, channel = column.partition(": ")
        if colon and row[column] and part in VARIED:
            value = take(column, _READERS[part])
            if value is not None:
                said.variants.setdefault(channel, {})[VARIED[part]] = value
    return said, wrong


def _text(cell: str, name: str = "text") -> str:
    return clean_text(cell, name)


def _link(cell: str) -> str:
    if len(cell) > 2000:
        raise ValueError("The link has more than 2,000 characters. Shorten it.")
    return clean_link(clean_text(cell, "link"))


def _status(cell: str) -> str:
    known = _STATUSES.get(cell.strip().casefold() or Piece.Status.READY)
    if known is None:
        raise ValueError(f"“{cell[:40]}” is none of ready, draft and archived.")
    return known


def _labels(cell: str) -> list[str]:
    names = cells.split(clean_text(cell, "labels").replace("\n", ","))
    if long := [name for name in names if len(name) > LABEL_MAX]:
        raise ValueError(f"The label “{long[0][:60]}” has more than {LABEL_MAX} characters.")
    once = {name.casefold(): name for name in reversed(names)}
    return list(reversed(once.values()))


def _pictures(cell: str) -> list[Picture]:
    found = [_picture(line) for line in clean_text(cell, "pictures").split("\n") if line]
    if len(found) > PICTURES_MAX:
        raise ValueError(f"{len(found)} pictures are named, and {PICTURES_MAX} are the most.")
    return found


def _picture(line: str) -> Picture:
    words, _, alt = line.partition(" | ")
    name, *more = words.split()
    if not _SHA256.fullmatch(name):
        raise ValueError(
            f"“{line[:60]}” names no picture of the library. Pictures stand here by the hash of "
            "their bytes, as an export writes them; upload others first, or leave the column out."
        )
    focus, channel = (0.5, 0.5), ""
    for word in more:
        if "/" in word:
            channel = word[:80]
        else:
            focus = _focus(word)
    return Picture(name, _unescaped(alt), focus, channel)


def _focus(word: str) -> tuple[float, float]:
    try:
        x, y = (float(share) for share in word.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValueError(f"“{word[:40]}” is no focus: two shares from 0 to 1, such as 0.5,0.25.")
    return x, y


def _unescaped(alt: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], alt)


def _options(cell: str) -> dict[str, Any]:
    try:
        options = json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise ValueError('Options are JSON, such as {"whole_pictures": true}.') from error
    if not isinstance(options, dict):
        raise ValueError('Options are JSON with names, such as {"whole_pictures": true}.')
    for name, value in options.items():
        if not _OPTION.fullmatch(name) or not isinstance(value, str | int | bool):
            raise ValueError(
                f"The option “{name[:40]}” is no name with a word, a whole number or true or false."
            )
        if isinstance(value, str):
            clean_text(value, "options")
    return options


def _shown(cell: str) -> int:
    if not (cell.strip().isascii() and cell.strip().isdigit() and len(cell.strip()) <= 2):
        raise ValueError(f"“{cell[:40]}” is no number of pictures.")
    return int(cell)


_READERS = {
    "text": lambda cell: _text(cells.heard(cell)),
    "link": lambda cell: _link(cells.heard(cell)),
    "first comment": lambda cell: _text(cells.heard(cell)),
    "options": _options,
    "pictures shown": _shown,
}


def assets_named(brand: Any, said: Iterable[Said]) -> dict[str, MediaAsset]:
    """Return the brand's pictures that these rows name, by their hashes. One query."""
    names = {picture.sha256 for one in said for picture in one.pictures}
    if not names:
        return {}
    found = MediaAsset.objects.filter(brand=brand, sha256__in=names)
    return {asset.sha256: asset for asset in found}
