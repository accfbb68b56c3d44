"""What somebody gives us, as a title and plain text with headings: pasted, or out of a file."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from content.sources.markup import decode, text_of_html, title_of_html
from content.writing import without_unusable

TEXT_MAX = 1_000_000  # characters; a long novel
FILE_MAX = 5 * 1024 * 1024  # bytes
TITLE_MAX = 200  # characters
MARKDOWN = (".md", ".markdown", ".txt", ".text")
HTML = (".html", ".htm", ".xhtml")
TAKEN = "Markdown, plain text or HTML, up to 5 MB"

# What no text holds that a person wrote, besides what can be neither kept nor sent.
_CONTROL = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f]")
_UNKEPT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE_FIELD = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)
_UNDERLINED = re.compile(r"^(?![#>\-*+\s])(\S[^\n]{0,200})\n(=+|-+)[ \t]*$", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{1,500})\]\((?:https?:|mailto:|/|#)[^)\n]{0,2000}\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,1000}?)(?<=\S)\1")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


class Unreadable(Exception):
    """It cannot be read. The message says why, that nothing was kept, and what to do."""


@dataclass(frozen=True)
class Reading:
    """What was read. `text` is plain; its lines that begin with # are headings."""

    title: str
    text: str
    address: str = ""
    file_name: str = ""
    note: str = ""  # what reading it has to say
    published_at: datetime | None = None
    fetched_at: datetime | None = None


def read_text(text: str, title: str = "") -> Reading:
    """Read what was pasted, plain or as Markdown. Raises Unreadable."""
    plain, named = _without_front_matter(lines_of(text))
    return finished(title or named, plain_of_markdown(plain))


def read_file(name: str, body: bytes) -> Reading:
    """Read an uploaded Markdown, text or HTML file. Raises Unreadable."""
    if len(body) > FILE_MAX:
        raise Unreadable(
            f"{name} has {len(body):,} bytes, and {FILE_MAX:,} is the most that is read. Nothing "
            "was kept. Upload a part of it."
        )
    kind = PurePath(name).suffix.lower()
    if kind not in MARKDOWN + HTML:
        raise Unreadable(f"{name} is not read. Nothing was kept. Upload {TAKEN}.")
    decoded = decode(body)
    if "\x00" in decoded.text:
        raise Unreadable(
            f"{name} holds no text, whatever its name says. Nothing was kept. Upload {TAKEN}."
        )
    if kind in HTML:
        return finished(
            title_of_html(decoded.text),
            text_of_html(decoded.text),
            file_name=name[-200:],
            note=decoded.note,
        )
    plain, named = _without_front_matter(lines_of(decoded.text))
    plain = plain_of_markdown(plain)
    title = named or first_heading(plain) or PurePath(name).stem
    return finished(title, plain, file_name=name[-200:], note=decoded.note)


def finished(
    title: str,
    text: str,
    *,
    address: str = "",
    file_name: str = "",
    note: str = "",
    published_at: datetime | None = None,
    fetched_at: datetime | None = None,
) -> Reading:
    """Return the reading with a title and storable text. Raises Unreadable when it has none."""
    broken = len(_UNKEPT.findall(text))
    if broken:
        some = "1 character was" if broken == 1 else f"{broken:,} characters were"
        note = f"{note} {some} left out, which no platform can take.".strip()
    text = uniform(text)
    if not text:
        raise Unreadable("There is no text in it. Nothing was kept. Give it some words.")
    if len(text) > TEXT_MAX:
        raise Unreadable(
            f"The text has {len(text):,} characters, and {TEXT_MAX:,} is the most that is kept. "
            "Nothing was kept. Take a part of it."
        )
    title = _one_line(title) or first_heading(text) or _one_line(text[:TITLE_MAX])[:80]
    text = _without_title(text, title)
    return Reading(
        title=title[:TITLE_MAX],
        text=text,
        address=address,
        file_name=_one_line(file_name),
        note=note,
        published_at=published_at,
        fetched_at=fetched_at,
    )


def _without_title(text: str, title: str) -> str:
    """The title stands above the text, and is no section of it."""
    top, _, rest = text.partition("\n")
    found = _HEADING.match(top)
    said_twice = found and _one_line(found[1]).casefold() == title.casefold()
    return rest.strip() if said_twice and rest.strip() else text


def lines_of(text: str) -> str:
    """Return the text with uniform line ends, and without the mark some programs put first."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").strip("\n")


def uniform(text: str) -> str:
    """Return the text with uniform line ends, and without what can be neither kept nor sent."""
    text = lines_of(text)
    text = _CONTROL.sub("", without_unusable(text)).replace("\x0c", "\n\n")
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain_of_markdown(text: str) -> str:
    """Return Markdown with its headings as #, and without marks that posts would show as such."""
    text = _UNDERLINED.sub(
        lambda found: f"{'#' if found[2].startswith('=') else '##'} {found[1]}", text
    )
    text = _PICTURE.sub("", text)
    text = _LINK.sub(r"\1", text)
    return _STRONG.sub(r"\2", text)


def first_heading(text: str) -> str:
    found = _HEADING.search(text[:5000])
    return _one_line(found[1]) if found else ""


def _without_front_matter(text: str) -> tuple[str, str]:
    """Return the text without the fields many programs put on top of it, and their title."""
    found = _FRONT_MATTER.match(text)
    if found is None:
        return text, ""
    title = _TITLE_FIELD.search(found[1])
    return text[found.end() :], title[1].strip("\"' ") if title else ""


def _one_line(text: str) -> str:
    return " ".join(without_unusable(_CONTROL.sub("", text)).split())
