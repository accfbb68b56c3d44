"""The sentences in which a platform's answer reaches a person, the same for every platform.

Their order: what happened; what it means for the post; what to do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    NotReady,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)

WORDS_MAX = 300  # characters of a platform's own words that are repeated


@dataclass(frozen=True)
class Act:
    """What was asked of the platform, and what it means when it is refused or has to wait."""

    what: str
    undone: str = ""
    remedy: str = ""
    waits: str = ""


POST = Act(
    "the post", "It is not out.", "Change it and retry.", "This one goes out then by itself."
)
COMMENT = Act(
    "the comment",
    "The post is out; its comment is not.",
    "Change the comment and retry.",
    "The comment goes out then by itself.",
)
DELETION = Act(
    "the deletion", "The post is still out.", "Delete it there.", "It is deleted then by itself."
)
READING = Act("the question about the account")


def picture(position: int) -> Act:
    """The upload of one picture of a post."""
    return Act(f"picture {position}", "The post is not out.", "Change the picture.", POST.waits)


SENTENCES: dict[type[PlatformError], str] = {
    Rejected: "{name} refused {act.what}: {words}. {act.undone} {act.remedy}",
    DuplicateContent: "{name} says this is there already, and did not take it again: {words}.",
    RateLimited: "{name} allows the next request at {until:%H:%M:%S} UTC. {act.waits}",
    NotReady: "{name} is still preparing {act.what}. The post goes on by itself.",
    CredentialsExpired: "{name} no longer accepts the token: {words}. Posts wait. "
    "Reconnect the account.",
    PermissionMissing: "{name} did not allow {act.what}: {words}. Posts wait. "
    "Reconnect the account with the permission it needs.",
    AccountBlocked: "{name} has blocked the account: {words}. Posts wait. "
    "Look at the account there, then resume it here.",
    Unclear: "{name} gave no clear answer to {act.what}: {words}.",
}


@dataclass(frozen=True)
class Teller:
    """Makes errors whose sentence names the platform and repeats none of its secrets."""

    name: str
    hide: Callable[[str], str]

    def error(
        self,
        kind: type[PlatformError],
        act: Act,
        words: object = "it gave no reason",
        *,
        until: datetime | None = None,
    ) -> PlatformError:
        """`words`: the platform's own. `until`: aware; needed where the sentence names it."""
        template = SENTENCES[kind]
        moment = until.astimezone(UTC) if until else ""
        sentence = template.format(name=self.name, act=act, words=self._short(words), until=moment)
        return kind(" ".join(sentence.split()), until=until)

    def _short(self, words: object) -> str:
        text = " ".join(self.hide(str(words)).split()).rstrip(".!")
        return text if len(text) <= WORDS_MAX else f"{text[:WORDS_MAX]}…"
