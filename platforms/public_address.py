"""Whether platforms can fetch media from this installation, and at which address it stands."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home", ".home.arpa", ".test")


def media_base() -> str:
    """Return the address that media addresses begin with, without a slash at the end."""
    return str(settings.MEDIA_BASE_URL or settings.SITE_URL)


def why_unreachable(name: str) -> str:
    """Return a sentence when the platform called `name` cannot fetch from here; else nothing.

    Looks at the address alone: that a public name leads here, only the platform can find out.
    """
    if is_public(media_base()):
        return ""
    fault = (
        f"MEDIA_BASE_URL is {settings.MEDIA_BASE_URL}, which only this network can reach"
        if settings.MEDIA_BASE_URL
        else "this server has no public address"
    )
    return (
        f"{name} fetches pictures and videos from an address, and {fault}, so the post cannot go "
        "out. An administrator sets MEDIA_BASE_URL to the public https address of this server."
    )


def is_public(address: str) -> bool:
    """Whether anybody on the internet could reach the host, as far as its name tells."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(LOCAL_ENDINGS)
