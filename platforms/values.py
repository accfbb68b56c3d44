"""Frozen values that cross the border between the product and an adapter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    # What matters most, as shares of width and height from the left and the top.
    focus_x: float = 0.5
    focus_y: float = 0.5
    # Of a picture cut and converted for its channel; `sha256` and `size` are the original's.
    made_from: str = ""  # where the original's bytes are kept
    fitting: str = ""  # how it is cut; see platforms.fitting

    @property
    def noun(self) -> str:
        """What people call it, for sentences: "Picture 2", "Video 1"."""
        return f"{'Video' if self.type == 'video' else 'Picture'} {self.position}"

    @property
    def identity(self) -> str:
        """What the picture is, for hashes: the same original cut otherwise is another one."""
        return f"{self.sha256}/{self.fitting}" if self.fitting else self.sha256


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
            "media": [[item.identity, item.alt] for item in self.media],
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
class PictureShape:
    """What a channel needs pictures to be; ours are cut and converted to it before they leave."""

    ratio_min: float  # width divided by height
    ratio_max: float
    width_min: int  # pixels
    width_max: int  # pixels
    bytes_max: int
    alike: bool = False  # several pictures of one post all take the proportions of the first
    keeps_fitting: bool = False  # a picture that fits already is sent as it is kept
    gif_bytes_max: int = 0  # of a GIF that fits, so that it goes on moving; 0: as of any picture
    pixels_max: int = 0  # width times height; 0: no limit


@dataclass(frozen=True)
class PollLimits:
    """What polls an account's server takes."""

    answers_max: int
    answer_max: int  # characters as people see them
    seconds_min: int
    seconds_max: int


@dataclass(frozen=True)
class Limits:
    """What one channel of one account takes."""

    text_max: int  # 0: the channel shows no text, which is then not sent
    count: Callable[[str], int] = characters
    unit: str = "characters"
    part_max: int = 0  # of each post where the channel makes a thread of the text; 0: it does not
    # The platform has no field for a link: the renderer puts it at the end of the text.
    link_in_text: bool = False
    # The platform shows a link as a card, and beside pictures or a video only within the text.
    link_beside_media: bool = False
    images_max: int = 0
    image_types: frozenset[str] = frozenset()
    image_bytes_max: int = 0
    gif_bytes_max: int = 0  # where a GIF may have more; 0: as any picture
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
    video_pixels_max: int = 0  # width times height; 0 means no limit
    poll: PollLimits | None = None  # None: no polls, or the same for every account
    picture_shape: PictureShape | None = None  # None: pictures go out as they are kept
    # The platform fetches these from a public address of ours, and takes no bytes.
    fetches_images: bool = False
    fetches_videos: bool = False
    unreachable: str = ""  # the sentence that says why it cannot fetch from here
    # Options of the channel that this account cannot use, each with the sentence that says why.
    barred: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Channel:
    """One kind of post a platform offers."""

    slug: str
    name: str
    takes_comment: bool = True  # what is posted there can have a first comment
    takes_edit: bool = True  # its text can be changed once it is out, where the platform edits
    lasts: timedelta | None = None  # how long readers see it; None: until somebody deletes it


@dataclass(frozen=True)
class Option:
    """Something a person may choose for a post on one channel, beside its words and media."""

    name: str  # under which a rendition's `options` hold it
    label: str
    kind: Literal["flag", "text", "names", "seconds", "tags", "choice"] = "flag"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # of a choice: each value, and what it is called
    discloses: str = ""  # the label that readers see of it, such as "Paid partnership"


@dataclass(frozen=True)
class Price:
    """What a platform takes money for."""

    name: str  # under which staff may set their own
    label: str  # such as "a post"
    dollars: str  # for one, when the adapter was written


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


# The name of an allowance that counts posts in any 24 hours, by which plans are checked as well.
POSTS_IN_A_DAY = "posts in 24 hours"


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
    text: str | None = None  # what it says there; None: the platform does not tell
    part_id: str = ""  # of the part of a thread that was in doubt; `remote_id` is its first post's
    unfinished: bool = False  # that part was not the last, so that the rest is still to be sent


@dataclass(frozen=True)
class Absent:
    """The place was readable and the post was not there. Not a proof: platforms lag."""

    evidence: str


@dataclass(frozen=True)
class CannotTell:
    """The platform could not be read, or what was read does not decide it."""

    evidence: str


@dataclass(frozen=True)
class Unpublished:
    """The platform's own record of this very post says that it is not out.

    Said once it may lag; said twice with a pause between, it is proof.
    """

    evidence: str


Sighting = Found | Absent | Unpublished | CannotTell


@dataclass(frozen=True)
class AccountFacts:
    """What a platform says about the account a token belongs to."""

    remote_id: str
    name: str
    url: str = ""
    avatar_url: str = ""
    server_facts: Mapping[str, Any] = field(default_factory=dict)
