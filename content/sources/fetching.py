"""Getting what stands at an address that a person gave: guarded, bounded, each hop looked at.

Redirects are followed here, one by one, and every host of them passes the same guard: a public
page that leads to an address inside the network leads nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from content.sources.reading import Unreadable
from platforms.clock import boottime
from platforms.errors import NotSent, Unclear
from platforms.http import BODY_MAX, Answer, Client, TooLong
from platforms.redaction import Redactor

PATIENCE = 20.0  # seconds for all hops until the last answer begins
ANSWER = 10.0  # seconds for each answer, and for each part of it
HOPS_MAX = 5
ADDRESS_MAX = 2000  # characters
REDIRECTS = (301, 302, 303, 307, 308)
KEPT = "Nothing was kept."


class Unreachable(Unreadable):
    """It may be there another time. `wait` is what the server asked for, in seconds; 0: nothing."""

    def __init__(self, sentence: str, wait: int = 0, *, gone: bool = False) -> None:
        super().__init__(sentence)
        self.wait, self.gone = wait, gone


@dataclass(frozen=True)
class Fetched:
    """What stands at an address. `unchanged`: it is what was read last, and has no body."""

    address: str  # after all redirects
    body: bytes
    kind: str  # such as text/html; empty where the server does not say
    charset: str
    headers: Mapping[str, str]
    moved_to: str = ""  # where permanent redirects, and only such, led
    unchanged: bool = False


def clean_address(address: str) -> str:
    """Return the address, with its scheme. Raises Unreadable unless it is one of the web."""
    address = address.strip()
    if address and "://" not in address[:12] and not address.lower().startswith("feed:"):
        address = f"https://{address}"
    address = _without_feed_scheme(address)
    try:
        if len(address) > ADDRESS_MAX:
            raise ValidationError("It is too long.")
        URLValidator(schemes=["http", "https"])(address)
        parts = urlsplit(address)
    except (ValidationError, ValueError) as error:
        raise Unreadable(
            f"{address[:80] or 'That'} is not a web address. {KEPT} It begins with https://"
        ) from error
    if parts.username or parts.password:
        raise Unreadable(
            f"The address holds a name or a password for {parts.hostname}. {KEPT} Give it without: "
            "whoever works for the brand could read them."
        )
    return parts._replace(fragment="").geturl()


def _without_feed_scheme(address: str) -> str:
    if not address.lower().startswith("feed:"):
        return address
    rest = address[5:].removeprefix("//")
    return rest if rest.lower().startswith(("http://", "https://")) else f"https://{rest}"


def fetch(address: str, *, accept: str, etag: str = "", last_modified: str = "") -> Fetched:
    """Return what stands at an address, 5 MB at most.

    `etag` and `last_modified`: what the server said of what was read last. Raises Unreadable for
    an address that is none, and Unreachable.
    """
    client = _client()
    headers = {"Accept": accept}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    here, moved = clean_address(address), True
    moved_to = ""
    for _ in range(HOPS_MAX + 1):
        answer = _asked(client, here, headers)
        if answer.status not in REDIRECTS:
            return _looked_at(here, answer, moved_to)
        target = answer.headers.get("Location", "")
        if not target:
            break
        here = clean_address(urljoin(here, target))
        moved = moved and answer.status in (301, 308)
        moved_to = here if moved else moved_to
    raise Unreachable(
        f"{_host(here)} leads on and on, and to no page. {KEPT} Look at the address in a browser."
    )


def _client() -> Client:
    return Client(
        redactor=Redactor(),
        deadline=boottime() + PATIENCE,
        connect_timeout=min(settings.CONNECT_TIMEOUT, ANSWER),
        read_timeout=min(settings.READ_TIMEOUT, ANSWER),
        guarded=True,
        fetch_allow=settings.FETCH_ALLOW,
    )


def _asked(client: Client, address: str, headers: Mapping[str, str]) -> Answer:
    try:
        return client.request("GET", address, headers=headers)
    except NotSent as error:
        raise Unreachable(f"{error.sentence} {KEPT} Look at the address in a browser.") from None
    except Unclear as error:
        if isinstance(error.__context__, TooLong):
            raise Unreadable(
                f"What {_host(address)} sends is over {BODY_MAX // 1024 // 1024} MB, which is the "
                f"most that is read. {KEPT}"
            ) from None
        raise Unreachable(
            f"{_host(address)} did not send its page to the end. {KEPT} Try again later."
        ) from None


def _looked_at(address: str, answer: Answer, moved_to: str) -> Fetched:
    host = _host(address)
    if answer.status == 304:
        return Fetched(address, b"", "", "", answer.headers, moved_to, unchanged=True)
    if answer.status in (401, 403):
        raise Unreachable(
            f"{host} shows this page only to those who sign in, or not to programs "
            f"({answer.status}). {KEPT} Open it in a browser and paste its text."
        )
    if answer.status in (404, 410):
        raise Unreachable(
            f"There is no such page at {host} ({answer.status}). {KEPT} Check the address.",
            gone=answer.status == 410,
        )
    if answer.status != 200:
        wait = _seconds(answer.headers.get("Retry-After", ""))
        raise Unreachable(
            f"{host} answered with an error ({answer.status}). {KEPT} Try again later.", wait
        )
    message = Message()
    message["Content-Type"] = answer.headers.get("Content-Type", "") or "application/x-unsaid"
    kind = message.get_content_type()
    return Fetched(
        address=address,
        body=answer.body,
        kind="" if kind == "application/x-unsaid" else kind,
        charset=str(message.get_content_charset("") or "").lower(),
        headers=answer.headers,
        moved_to=moved_to,
    )


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _host(address: str) -> str:
    return urlsplit(address).hostname or address[:80]
