"""Fetches media that a platform is given by address, as the real ones do."""

from __future__ import annotations

import urllib.request

TIMEOUT = 10  # seconds
AGENT = "facebookexternalhit/1.1"  # what Meta's crawler calls itself

# Loopback addresses are what a sandbox is for, so a proxy of the environment is not asked.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url: str, most: int) -> bytes | None:
    """The bytes at an http(s) `url`; None when they cannot be had or are more than `most`."""
    if not url.startswith(("http://", "https://")):
        return None
    try:
        request = urllib.request.Request(url, headers={"User-Agent": AGENT})  # noqa: S310
        with OPENER.open(request, timeout=TIMEOUT) as answer:
            data: bytes = answer.read(most + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= most else None
