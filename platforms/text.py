"""How platforms count text."""

import re

import regex  # type: ignore[import-untyped]

# A link as Mastodon's own rule takes it: with its scheme, a dotted host, and no trailing marks.
LINK = re.compile(
    r"https?://(?:[\w-]+\.)+[^\W\d_][\w-]+(?::\d+)?"
    r"(?:[/?#](?:[^\s<>\"'()]|\([^\s<>\"'()]*\)|'(?=\w))*)?",
    re.IGNORECASE,
)
TRAILING = ".,;:!?"
MENTION = re.compile(
    r"(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\w.-]*\w", re.IGNORECASE | re.ASCII
)


def graphemes(text: str) -> int:
    """Count what a reader takes for one character, such as a flag or a letter with its accent."""
    return sum(1 for _ in regex.finditer(r"\X", text))


def mastodon_length(text: str, link_length: int = 23) -> int:
    """Count as Mastodon does: graphemes, each link as `link_length`, a mention without its server.

    Source: Mastodon's StatusLengthValidator; servers name their own `characters_reserved_per_url`.
    """
    shortened = LINK.sub(lambda match: _shortened(match[0], link_length), text)
    return graphemes(MENTION.sub(r"@\1", shortened))


def _shortened(link: str, length: int) -> str:
    kept = link.rstrip(TRAILING)
    return "x" * length + link[len(kept) :]
