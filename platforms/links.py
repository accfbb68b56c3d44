"""Addresses that a platform gives and people will click."""

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
