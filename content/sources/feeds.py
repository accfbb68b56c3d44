"""Reading RSS and Atom out of bytes that we fetched ourselves. Nothing is fetched from here."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

import feedparser

from content.sources.fetching import ADDRESS_MAX, KEPT, Fetched
from content.sources.markup import text_of_html
from content.sources.reading import TEXT_MAX, Unreadable, uniform
from content.sources.splitting import print_of

ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"
ENTRIES_MAX = 500  # of one feed, the newest
ENTRY_ID_MAX = 300  # characters; longer ones are kept as their hash
AHEAD = timedelta(days=1)  # a date later than this is no date
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_NUMBERED = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));?")
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")


@dataclass(frozen=True)
class Entry:
    """One entry: `entry_id` names it in its feed, `text` is plain."""

    entry_id: str
    title: str
    address: str
    text: str
    published_at: datetime | None
    note: str = ""


@dataclass(frozen=True)
class Parsed:
    """What a feed says, the newest entry first. `left_out`: entries that say nothing at all."""

    title: str
    entries: tuple[Entry, ...]
    left_out: int = 0


def parse(page: Fetched, now: datetime) -> Parsed:
    """Read a feed. Raises Unreadable when it is none, or one that means harm."""
    # UTF-16 has a NUL beside each of these letters.
    if _ENTITY.search(page.body.replace(b"\x00", b"")):
        raise Unreadable(
            "The feed declares entities of its own, by which a small file can be made to fill a "
            f"machine, so it was not read. {KEPT} Tell whoever makes the feed."
        )
    charset = f"; charset={page.charset}" if page.charset else ""
    headers = {
        "content-type": f"{page.kind or 'application/xml'}{charset}",
        "content-location": page.address,
    }
    try:
        found: Any = feedparser.parse(io.BytesIO(_sound(page.body)), response_headers=headers)
    except Exception:  # noqa: BLE001  what a stranger's file does to a library says nothing of us
        found = None
    if found is None or not (found.get("version") or found.entries):
        raise Unreadable(_no_feed(page))
    raw = found.entries[:ENTRIES_MAX]
    read = [entry for entry in (_entry(one, now) for one in raw) if entry]
    title = uniform(text_of_html(str(found.feed.get("title", ""))))
    return Parsed(
        title=" ".join(title.split())[:200],
        entries=tuple(_newest_first(_told_apart(read))),
        left_out=len(found.entries) - len(read),
    )


def _sound(body: bytes) -> bytes:
    """Return the bytes without numbers of characters that do not exist: parsers stumble over them.

    In XML they are an error (section 4.1), and feeds have them all the same.
    """
    return _NUMBERED.sub(lambda found: found[0] if _exists(found) else b"", body)


def _exists(found: re.Match[bytes]) -> bool:
    number = int(found[1], 16) if found[1] else int(found[2])
    return 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF


def _no_feed(page: Fetched) -> str:
    host = urlsplit(page.address).hostname
    if page.kind == "text/html":
        return (
            f"At this address of {host} stands a page and no feed. {KEPT} Look on the page for a "
            "link named RSS, Atom or feed, or read the page itself under Link."
        )
    return f"What {host} sends is no RSS or Atom feed. {KEPT} Check the address."


def _entry(one: Mapping[str, Any], now: datetime) -> Entry | None:
    """Return the entry; None where it says nothing."""
    title = " ".join(uniform(_plain(str(one.get("title", "")))).split())
    address = str(one.get("link", ""))
    if len(address) > ADDRESS_MAX or urlsplit_fails(address):
        address = ""
    text = max((uniform(_plain(body))[:TEXT_MAX] for body in _bodies(one)), key=len, default="")
    text = text or title
    if not text:
        return None
    said = str(one.get("id", "")) or address or print_of(f"{title}\n{text}")
    published_at, note = _date(one, now)
    return Entry(short_id(uniform(said)), title, address, text, published_at, note)


def urlsplit_fails(address: str) -> bool:
    """Whether this is not an address of the web that a post could link."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return parts.scheme not in ("http", "https") or not parts.hostname


def short_id(said: str) -> str:
    """Return the id as it is kept: itself, or its hash where it is very long."""
    return said if 0 < len(said) <= ENTRY_ID_MAX else f"sha256:{print_of(said)}"


def _bodies(one: Mapping[str, Any]) -> list[str]:
    contents = [str(content.get("value", "")) for content in one.get("content", [])]
    return [*contents, str(one.get("summary", ""))]


def _plain(body: str) -> str:
    """Feeds hold HTML, and plain text with a < in it, and do not say which."""
    return text_of_html(body) if _TAG.search(body) or "&" in body else body


def _date(one: Mapping[str, Any], now: datetime) -> tuple[datetime | None, str]:
    names = [name for name in ("published_parsed", "updated_parsed") if name in one]
    parsed = one.get(names[0]) if names else None
    if not parsed:
        return None, ""
    try:
        year, month, day, hour, minute, second = parsed[:6]
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None, ""
    if at > now + AHEAD:
        return None, f"It says that it appears on {at:%-d %B %Y}, which is still to come."
    return at, ""


def _told_apart(entries: list[Entry]) -> list[Entry]:
    """Give entries that share an id but not their words ids of their own. Copies are left out."""
    seen: dict[str, set[str]] = {}
    apart = []
    for entry in entries:
        words = print_of(f"{entry.title}\n{entry.address}\n{entry.text}")
        known = seen.setdefault(entry.entry_id, set())
        if words in known:
            continue
        own = short_id(f"{entry.entry_id[:200]}#{words}") if known else entry.entry_id
        known.add(words)
        apart.append(replace(entry, entry_id=own))
    return apart


def _newest_first(entries: list[Entry]) -> list[Entry]:
    """By their dates where all have one; else as the feed has them, which is newest first."""
    dated = [(entry.published_at, entry) for entry in entries if entry.published_at]
    if len(dated) < len(entries):
        return entries
    return [entry for _, entry in sorted(dated, key=itemgetter(0), reverse=True)]
