"""How Mastodon counts a status, and how it turns text into HTML."""

from __future__ import annotations

import re
from html import escape

from sandbox import characters

URL_LENGTH = 23  # what every link counts for, however long it is
URL = re.compile(r"https?://(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w/=])@(\w+(?:[\w.-]*\w)?)@[\w.-]+\w")
TRAILING = ".,;:!?'\")"


def countable(text: str) -> str:
    """The text with links replaced by 23 characters and mentions cut to their local part."""
    return MENTION.sub(r"@\1", URL.sub(shortened, text))


def shortened(match: re.Match[str]) -> str:
    link = match[0]
    kept = link.rstrip(TRAILING)
    return "x" * URL_LENGTH + link[len(kept) :]


def length(text: str, warning: str = "") -> int:
    """Characters of a status; its content warning counts too."""
    return characters.count(warning) + characters.count(countable(text))


def as_html(text: str) -> str:
    """Paragraphs and links, as the `content` of a status has them."""
    linked = re.sub(r"https?://[^\s<]+", linked_address, escape(text, quote=False))
    paragraphs = re.split(r"\n{2,}", linked.strip())
    return "".join(f"<p>{part}</p>".replace("\n", "<br />") for part in paragraphs if part)


def linked_address(match: re.Match[str]) -> str:
    return f'<a href="{match[0]}" target="_blank" rel="nofollow noopener">{match[0]}</a>'
