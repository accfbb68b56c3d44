"""A site of the test's own, and feeds made of entries."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests.content.sources.server import Site, running


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    """A web server that the guard lets through."""
    settings.FETCH_ALLOW = ("127.0.0.1",)
    with running() as found:
        yield found


def rss(entries: Iterable[str], title: str = "Loom news") -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"{''.join(entries)}</channel></rss>"
    )


def item(number: int | str, text: str = "", **more: str) -> str:
    """One entry; its guid, link, title and date follow from its number unless they are given."""
    fields = {
        "guid": f"urn:entry:{number}",
        "title": f"Entry {number}",
        "link": f"https://example.org/{number}",
        "description": text or f"What happened on day {number}.",
    } | more
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in fields.items() if v) + "</item>"
