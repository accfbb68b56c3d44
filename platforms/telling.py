"""The sentences in which a platform's answer reaches a person, the same for every platform.

They say what happened. What that means for the post, and what to do, only the engine knows: the
same refusal means one thing on a first try and another when an earlier request may have arrived.
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
    VideoRefused,
)

WORDS_MAX = 300  # characters of a platform's own words that are repeated


@dataclass(frozen=True)
class Act:
    """What was asked of the platform."""

    what: str


POST = Act("the post")
COMMENT = Act("the comment")
DELETION = Act("the deletion")
EDIT = Act("the new text")
READING = Act("the question about the account")


def picture(position: int) -> Act:
    """The upload of one picture of a post."""
    return Act(f"picture {position}")


def video(position: int) -> Act:
    """The upload of one video of a post."""
    return Act(f"video {position}")


SENTENCES: dict[type[PlatformError], str] = {
    Rejected: "{name} refused {act.what}: {words}.",
    VideoRefused: "{name} refused {act.what}: {words}.",
    DuplicateContent: "{name} says this is there already, and did not take it again: {words}.",
    RateLimited: "{name} allows the next request at {until:%H:%M:%S} UTC.",
    NotReady: "{name} is still preparing {act.what}.",
    CredentialsExpired: "{name} no longer accepts the token: {words}.",
    PermissionMissing: "{name} did not allow {act.what}: {words}.",
    AccountBlocked: "{name} has blocked the account: {words}.",
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
