"""The closed vocabulary of what can go wrong at a platform.

Adapters and the HTTP client raise these and nothing else; anything else is a bug. The docstring
of each class says what it means for the post. `sentence` is what a person reads.
"""

from datetime import datetime
from typing import ClassVar


class PlatformError(Exception):
    """Something a platform said or did. Only its subclasses are raised."""

    label: ClassVar[str] = ""

    def __init__(self, sentence: str = "", *, until: datetime | None = None) -> None:
        """`sentence`: what happened, for people. `until`: when it makes sense to try again."""
        self.sentence = sentence or (self.__doc__ or "").strip().splitlines()[0]
        self.until = until
        super().__init__(self.sentence)


class NotSent(PlatformError):
    """Nothing reached the platform. The post is not out and is tried again."""

    label = "Not sent"


class NotReady(PlatformError):
    """The platform is still preparing the media. The post goes on by itself."""

    label = "Not ready"


class RateLimited(PlatformError):
    """The platform asks for a pause. The post goes out after it."""

    label = "Rate limited"


class CredentialsExpired(PlatformError):
    """The platform no longer accepts the token. Posts wait until the account is reconnected."""

    label = "Needs reconnect"


class PermissionMissing(PlatformError):
    """The token lacks a permission. Posts wait until the account is reconnected with it."""

    label = "Permission missing"


class Rejected(PlatformError):
    """The platform refused the content. The post is not out; change it and retry."""

    label = "Refused"


class VideoRefused(Rejected):
    """The platform does not take the video as it is. The post is not out; use another video."""

    label = "Video refused"


class DuplicateContent(PlatformError):
    """The platform says this content is already there."""

    label = "Duplicate"


class AccountBlocked(PlatformError):
    """The platform has blocked the account. Its posts wait until a person resumes it."""

    label = "Account blocked"


class OutcomeUnknown(PlatformError):
    """The request left and no clear answer came. The post may be out; it is not sent again."""

    label = "Unknown outcome"


class Unclear(PlatformError):
    """A timeout, a reset, a 5xx or an unreadable answer after the request left.

    Never reaches the engine: the journal turns it into NotSent inside a repeatable step and into
    OutcomeUnknown inside a step that creates. So the journal decides this, not the adapter.
    """

    label = "No clear answer"
