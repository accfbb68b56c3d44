"""Addresses of posts: what a platform gives and people click, and what people give."""

from collections.abc import Iterable
from urllib.parse import urlsplit

LONGEST = 500  # characters that are kept


def web_address(value: object) -> str:
    """Return `value` if it is a web address that may become a link; otherwise an empty string."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and parts.hostname else ""


def host_of(address: str) -> str:
    """Return the host of a web address as it is compared; empty for what is none."""
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


def stands_at(address: str, sites: Iterable[str]) -> bool:
    """Say whether the address belongs to one of the hosts, or to a subdomain of one."""
    host = host_of(address)
    return any(host == site or host.endswith(f".{site}") for site in sites if site)
