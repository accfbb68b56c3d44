"""Frozen values that cross the border between the product and an adapter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True)
class MediaItem:
    """One picture or video as it will be sent."""

    position: int  # from 1, in the order shown
    type: Literal["image", "video"]
    mime: str
    name: str  # where the bytes are kept
    sha256: str
    size: int  # bytes
    width: int  # pixels
    height: int  # pixels
    alt: str = ""
    decorative: bool = False  # says nothing of its own, so that no description is missed
    duration: float = 0.0  # seconds; a video's

    @property
    def noun(self) -> str:
        """What people call it, for sentences: "Picture 2", "Video 1"."""
        return f"{'Video' if self.type == 'video' else 'Picture'} {self.position}"


@dataclass(frozen=True)
class Rendition:
    """A piece as one channel will show it: what is previewed, checked, kept and sent."""

    channel: str  # the channel type's slug
    text: str
    link: str = ""
    media: tuple[MediaItem, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def images(self) -> tuple[MediaItem, ...]:
        return tuple(item for item in self.media if item.type == "image")

    @property
    def videos(self) -> tuple[MediaItem, ...]:
        return tuple(item for item in self.media if item.type == "video")

    @property
    def request(self) -> Json:
        """The canonical content, for hashes: never remote ids, times or tokens."""
        return {
            "channel": self.channel,
            "text": self.text,
            "link": self.link,
            "media": [[item.sha256, item.alt] for item in self.media],
            "options": dict(self.options),
        }

    def as_snapshot(self) -> Json:
        """Return JSON from which `from_snapshot` makes the same rendition."""
        return {
            "channel": self.channel,
            "text": self.text,
            "link": self.link,
            "media": [vars(item) for item in self.media],
            "options": dict(self.options),
        }

    @classmethod
    def from_snapshot(cls, data: Json) -> "Rendition":
        media = tuple(MediaItem(**item) for item in data["media"])
        return cls(data["channel"], data["text"], data["link"], media, data["options"])


def characters(text: str) -> int:
    """Count as most platforms do: one for each Unicode code point."""
    return len(text)


@dataclass(frozen=True)
class Limits:
    """What one channel of one account takes."""

    text_max: int  # 0: the channel shows no text, which is then not sent
    count: Callable[[str], int] = characters
    unit: str = "characters"
    # The platform has no field for a link: the renderer puts it at the end of the text.
    link_in_text: bool = False
    images_max: int = 0
    image_types: frozenset[str] = frozenset()
    image_bytes_max: int = 0
    image_pixels_max: int = 0  # width times height; 0 means no limit
    alt_max: int = 0  # characters; 0 means no limit
    media_min: int = 0  # pictures and videos together that a post needs
    media_max: int = 0  # pictures and videos together; 0: no limit beside each kind's own
    mixes_media: bool = False  # one post may hold pictures and videos
    videos_max: int = 0
    video_types: frozenset[str] = frozenset()
    video_bytes_max: int = 0  # 0 means no limit
    video_seconds_min: float = 0
    video_seconds_max: float = 0  # 0 means no limit


@dataclass(frozen=True)
class Channel:
    """One kind of post a platform offers."""

    slug: str
    name: str
    takes_comment: bool = True  # what is posted there can have a first comment
    takes_edit: bool = True  # its text can be changed once it is out, where the platform edits


@dataclass(frozen=True)
class Problem:
    """Something about a rendition a person should know before it goes out.

    A `stop` keeps it from being scheduled or sent; a `warn` does not.
    """

    code: str
    sentence: str
    level: Literal["stop", "warn"] = "stop"
    picture: int = 0  # the position of the picture it is about; 0: none


@dataclass(frozen=True)
class Receipt:
    """What a platform gave back for a post that is out."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True)
class Allowance:
    """What a platform says is left of one of its rate limits."""

    name: str  # the platform's own
    limit: int
    remaining: int
    resets_at: datetime | None = None  # None: it does not say
    whole_app: bool = False  # counted for every account of the app together


@dataclass(frozen=True)
class Metric:
    """One figure that a platform tells."""

    name: str  # the platform's own
    value: int
    # What it counts, where it has a counterpart elsewhere.
    means: Literal["", "views", "reach", "reactions", "comments", "shares", "clicks", "followers"]


@dataclass(frozen=True)
class StepRecord:
    """What the journal knows of one step; handed to `find`."""

    key: str
    kind: str
    state: str
    started_at: datetime
    idempotency_key: str = ""
    result: Json | None = None


@dataclass(frozen=True)
class Found:
    """The post was seen at the platform."""

    remote_id: str
    created_at: datetime
    url: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Absent:
    """The place was readable and the post was not there. Not a proof: platforms lag."""

    evidence: str


@dataclass(frozen=True)
class CannotTell:
    """The platform could not be read, or what was read does not decide it."""

    evidence: str


Sighting = Found | Absent | CannotTell


@dataclass(frozen=True)
class AccountFacts:
    """What a platform says about the account a token belongs to."""

    remote_id: str
    name: str
    url: str = ""
    avatar_url: str = ""
    server_facts: Mapping[str, Any] = field(default_factory=dict)
