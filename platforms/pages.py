"""What a web page says of itself for a card: its title, its description and its picture.

The address is given by people, so that it is dialled by the guarded client only, wherever it leads.
Sources: the Open Graph protocol, and HTML's own `title` and `meta name=description`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from platforms.errors import PlatformError
from platforms.http import Answer, Client
from platforms.links import web_address

REDIRECTS = 5
ANSWER = 8.0  # seconds, for each page: a post waits
TITLE_MAX, DESCRIPTION_MAX = 300, 500  # characters that are kept
READ_MAX = 512 * 1024  # bytes of a page in which its head is looked for
CHARSET = re.compile(rb"""<meta[^>]+charset=["']?([\w-]{1,40})""", re.IGNORECASE)
TITLES = ("og:title", "twitter:title")
DESCRIPTIONS = ("og:description", "twitter:description", "description")
PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image")


@dataclass(frozen=True)
class Page:
    """A page as a card shows it."""

    title: str
    description: str = ""
    picture: str = ""  # the address of one; empty: there is none


def look_at(client: Client, address: str) -> Page:
    """Read a page. One that cannot be read is called by its host, and nothing is raised."""
    plain = Page(urlsplit(address).hostname or address)
    fetched = fetch(client, address)
    if fetched is None or "html" not in fetched[1].headers.get("Content-Type", "html"):
        return plain
    where, answer = fetched
    return _read(where, answer.body[:READ_MAX], answer.headers) or plain


def fetch(client: Client, address: str) -> tuple[str, Answer] | None:
    """Get what is at a public address, and say where it was in the end; None when it is not there.

    Each redirect is guarded like the first address.
    """
    guarded = replace(
        client, guarded=True, read_timeout=min(client.read_timeout, ANSWER), called=""
    )
    for _ in range(REDIRECTS + 1):
        if not web_address(address):
            return None
        try:
            answer = guarded.request("GET", address, headers={"Accept": "text/html,image/*"})
        except PlatformError:
            return None
        if answer.status not in (301, 302, 303, 307, 308):
            return (address, answer) if answer.status == 200 else None
        address = urljoin(address, answer.headers.get("Location", ""))
    return None


def _read(address: str, body: bytes, headers: Mapping[str, str]) -> Page | None:
    head = _Head()
    head.feed(_decoded(body, headers.get("Content-Type", "")))
    said = head.said
    title = _first(said, TITLES) or " ".join("".join(head.title).split())
    if not title:
        return None
    picture = _first(said, PICTURES)
    return Page(
        title[:TITLE_MAX],
        _first(said, DESCRIPTIONS)[:DESCRIPTION_MAX],
        web_address(urljoin(address, picture)) if picture else "",
    )


def _first(said: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _decoded(body: bytes, kind: str) -> str:
    named = re.search(r"charset=[\"']?([\w-]{1,40})", kind, re.IGNORECASE)
    inside = CHARSET.search(body[:4096])
    name = named[1] if named else inside[1].decode() if inside else "utf-8"
    try:
        return body.decode(name, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


class _Head(HTMLParser):
    """The first of each thing that is said."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self.title: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self.title
        if tag == "meta":
            words = dict(attrs)
            name = (words.get("property") or words.get("name") or "").lower()
            self.said.setdefault(name, " ".join((words.get("content") or "").split()))

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
