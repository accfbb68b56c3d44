"""Addresses at which a platform may fetch one stored file, and nothing else, for some hours.

Some platforms do not take bytes: they are told an address and fetch it. The address names the file
in its own words, signed with SECRET_KEY, so that it works on every web process, without a session,
and cannot be turned into the address of another file.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse

# Instagram fetches while it prepares a container; the longest is a reel, within minutes to an hour.
LIFE = timedelta(hours=6)


@dataclass(frozen=True)
class PublicFile:
    """A stored file that somebody may fetch until `expires_at`."""

    name: str  # where the bytes are kept
    mime: str
    expires_at: datetime


def public_address(base: str, name: str, mime: str, now: datetime) -> str:
    """Return where the file can be fetched until `LIFE` after `now`.

    `base` is the address this server has for platforms, without a slash at its end.
    """
    token = _signer().sign_object([name, mime, int((now + LIFE).timestamp())])
    return base + reverse("content:public_media", args=[token])


def public_file(token: str) -> PublicFile:
    """Return the file that an address of ours names, also when it is over. Raises BadSignature."""
    try:
        name, mime, expires = _signer().unsign_object(token)
        return PublicFile(str(name), str(mime), datetime.fromtimestamp(expires, UTC))
    except (ValueError, TypeError, UnicodeError) as error:
        raise BadSignature("This is no address of ours.") from error


def _signer() -> Signer:
    return Signer(salt="content.public_media", sep=".")
