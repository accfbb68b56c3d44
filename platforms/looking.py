"""Whether a post is among what a platform shows of an account: one rule for every platform.

A candidate counts only if it was created after the request began, says the same words, and is not
known to be another post of ours.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from platforms.values import Absent, CannotTell, Found, Sighting, StepRecord

CLOCKS_DIFFER = timedelta(seconds=60)  # at most, between this machine and a platform
BLOCKS = frozenset({"p", "br", "div", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3"})
REMOTE_MENTION = re.compile(r"(?<![\w/=])(@\w+(?:[\w.-]*\w)?)@[\w.-]+\w")


@dataclass(frozen=True)
class Candidate:
    """One thing an account shows."""

    remote_id: str
    created_at: datetime
    text: str
    url: str = ""


@dataclass(frozen=True)
class Listing:
    """The newest of what an account shows."""

    place: str  # for example "The Page"
    candidates: Sequence[Candidate]
    more: bool  # there are older ones that were not read


def started_at(steps: Sequence[StepRecord], key: str = "post") -> datetime | None:
    """Return when the request that creates was begun; None when none was."""
    times = [step.started_at for step in steps if step.key == key and step.state != "void"]
    return min(times, default=None)


def look_for(
    text: str, started: datetime, listing: Listing, known_ids: frozenset[str] = frozenset()
) -> Sighting:
    """Say whether `text`, sent at `started`, is in the listing. `known_ids`: other posts' ids."""
    since = started - CLOCKS_DIFFER
    recent = [candidate for candidate in listing.candidates if candidate.created_at >= since]
    twins = [candidate for candidate in recent if same_words(candidate.text, text)]
    ours = [candidate for candidate in twins if candidate.remote_id not in known_ids]
    moment = f"{since.astimezone(UTC):%H:%M:%S} UTC"
    read = f"{_newest(listing)} read"
    if ours:
        return _found(ours, f"{read}: {len(ours)} since {moment} with this text.")
    if listing.more and len(recent) == len(listing.candidates):
        return CannotTell(f"{read}: all are newer than {moment}, and this one may be older.")
    if twins:
        return Absent(f"{read}: those since {moment} with this text are other posts of ours.")
    return Absent(f"{read}: none since {moment} has this text.")


def _newest(listing: Listing) -> str:
    count = len(listing.candidates)
    many = f"{count} newest posts" if count > 1 else f"{count or 'no'} post"
    return f"{listing.place}, {many}"


def _found(ours: list[Candidate], evidence: str) -> Found:
    """Take the oldest: posts with the same words on one account stand for each other."""
    first = min(ours, key=lambda candidate: candidate.created_at)
    return Found(first.remote_id, first.created_at, first.url, evidence)


def same_words(one: str, other: str) -> bool:
    """Compare as a reader would: blank space, and how letters are composed, do not matter."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def without_servers(text: str) -> str:
    """Cut `@user@server` to `@user`, as the fediverse shows it."""
    return REMOTE_MENTION.sub(r"\1", text)


def words_of_html(html: str) -> str:
    """Return the text of HTML, with a line break where a block or line ends."""
    words = _Words()
    words.feed(html)
    words.close()
    return "".join(words.parts).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
