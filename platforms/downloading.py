"""Getting a file from an address that a person has given, wherever it leads.

Each hop is dialled by the guarded client, so that no redirect reaches what the address itself
could not. What it is, its bytes say later; what the server calls it means nothing here.
"""

from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings

from platforms.clock import boottime
from platforms.errors import NotSent, PlatformError
from platforms.http import Client, TooLong
from platforms.redaction import Redactor

REDIRECTS = 5
LASTS = 60.0  # seconds, for all of it: somebody waits
ADDRESS_MAX = 4000  # characters; those that are signed are long
REDIRECTING = (301, 302, 303, 307, 308)
PASSED_THROUGH = {401: "asks who you are", 403: "does not give it to strangers",
                  404: "says that there is nothing", 410: "says that it is gone"}  # fmt: skip


class NotThere(Exception):
    """Nothing could be had from the address. The text says why and what to do."""


@dataclass(frozen=True)
class Downloaded:
    """Where it was in the end, and what a file from there would be called."""

    address: str
    name: str


def download(address: str, into: IO[bytes], bytes_max: int) -> Downloaded:
    """Write what is at a web address into an open file. Raises NotThere; the file is then useless.

    It may take LASTS seconds in all, over at most REDIRECTS redirects.
    """
    client = Client(
        Redactor(),
        boottime() + max(LASTS - settings.READ_TIMEOUT, 1),  # and then one answer more
        connect_timeout=settings.CONNECT_TIMEOUT,
        read_timeout=settings.READ_TIMEOUT,
        guarded=True,
        fetch_allow=settings.FETCH_ALLOW,
    )
    for _ in range(REDIRECTS + 1):
        if not _is_web(address):
            raise NotThere(f"{_short(address)} is no web address. It begins with https://")
        leads_to = _hop(client, address, into, bytes_max)
        if leads_to is None:
            return Downloaded(address, _name(address))
        try:
            address = urljoin(address, leads_to)
        except ValueError:
            address = leads_to  # which is refused in words
    raise NotThere(f"The address leads on and on; {REDIRECTS} redirects are the most.")


def _hop(client: Client, address: str, into: IO[bytes], bytes_max: int) -> str | None:
    """Get one address; return where it leads, or None when the file is written."""
    host = urlsplit(address).hostname
    try:
        answer = client.download(address, into, bytes_max)
    except TooLong:
        raise NotThere(
            f"What is there is larger than {bytes_max // 1_000_000:,} MB, which is the most."
        ) from None
    except NotSent as error:
        raise NotThere(error.sentence.removesuffix(" Nothing was sent.")) from error
    except PlatformError as error:
        raise NotThere(
            f"{host} did not send all of it in time. Try again, or download it yourself and "
            "upload the file."
        ) from error
    if answer.status in REDIRECTING:
        return answer.headers.get("Location", "")
    if answer.status != 200:
        said = PASSED_THROUGH.get(answer.status, f"answered with an error ({answer.status})")
        raise NotThere(f"{host} {said}. Open the address in a browser to see.")
    return None


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    fits = len(address) <= ADDRESS_MAX and address.isprintable()
    return fits and parts.scheme in ("http", "https") and bool(parts.hostname)


def _name(address: str) -> str:
    last = unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    return last[:200] or urlsplit(address).hostname or "Imported"


def _short(address: str) -> str:
    return f"“{address[:80]}…”" if len(address) > 80 else f"“{address}”"
