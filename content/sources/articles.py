"""The article at an address, without the page around it."""

import re
from datetime import datetime

import lxml.html

from content.sources.fetching import KEPT, Fetched, fetch
from content.sources.markup import decode, text_of_html, title_of_html
from content.sources.reading import Reading, Unreadable, finished, plain_of_markdown, uniform

ACCEPT = "text/html, application/xhtml+xml, text/markdown;q=0.8, text/plain;q=0.7"
PAGES = ("", "text/html", "application/xhtml+xml")
PLAIN = ("text/plain", "text/markdown", "text/x-markdown")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
THIN = 60  # words; what has fewer is hardly the article


def read_article(address: str, now: datetime) -> Reading:
    """Read the article at this address. Raises Unreadable; Unreachable if it may help to wait."""
    page = fetch(address, accept=ACCEPT)
    if page.kind not in PAGES + PLAIN:
        raise Unreadable(
            f"At this address stands no page but {page.kind[:60]}. {KEPT} Give the address of the "
            "article, or a feed under Feed."
        )
    if not page.body.strip():
        raise Unreadable(f"The page is empty. {KEPT} Look at the address in a browser.")
    return read_page(page, now)


def read_page(page: Fetched, now: datetime) -> Reading:
    """Read a page that was fetched. Raises Unreadable when it has no text."""
    decoded = decode(page.body, page.charset)
    if page.kind in PLAIN:
        text = plain_of_markdown(uniform(decoded.text))
        return finished("", text, address=page.address, note=decoded.note, fetched_at=now)
    title, text = extracted(decoded.text)
    notes = [decoded.note]
    if len(text.split()) < THIN:
        whole = text_of_html(decoded.text)
        if len(whole) > len(text):
            text = whole
            notes.append("No article was found on the page, so all of its text was taken.")
    if not text.strip():
        raise Unreadable(
            f"The page has no text that can be read; perhaps a script makes it. {KEPT} Open it in "
            "a browser and paste its text."
        )
    return finished(
        title or title_of_html(decoded.text),
        text,
        address=page.address,
        note=" ".join(filter(None, notes)),
        fetched_at=now,
    )


def extracted(html: str) -> tuple[str, str]:
    """Return title and text of the article on a page; empty where there seems to be none."""
    import trafilatura  # takes half a second and 60 MB, which only those pay who read a page

    try:
        tree = lxml.html.document_fromstring(html.replace("\x00", ""))
        found = trafilatura.bare_extraction(
            tree,
            include_comments=False,
            include_formatting=True,
            include_links=False,
            include_images=False,
            with_metadata=True,
        )
    except Exception:  # noqa: BLE001  what a stranger's page does to a library says nothing of us
        return "", ""
    if found is None or isinstance(found, dict):
        return "", ""
    text = plain_of_markdown(uniform(str(found.text or "")))
    return str(found.title or ""), _ESCAPED.sub(r"\1", text)
