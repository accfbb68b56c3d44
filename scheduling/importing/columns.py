"""What a column of a table may hold, and by what other programs call it.

Sources, all of November 2026. Buffer's bulk upload has the headings Text, Image URL, Tags and
Posting Time, the latter as 2026-11-24 09:30 (its help centre). Hootsuite's bulk composer takes
three columns without headings: date and time, message, link; the order of day and month is chosen
beside the upload. Postiz has no export of its own (gitroomhq/postiz-app issues 236 and 1780): what
people have is a table of what its API answers, or the headings proposed in the first of these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from content.piece_table import SHARED, VARIED

LEFT_OUT = ""
ADDRESSES = "picture addresses"  # known, and said not to come along


@dataclass(frozen=True)
class Field:
    """What a column can be read as."""

    name: str
    words: str
    also: tuple[str, ...] = ()  # names by which it is recognised, without capitals


@dataclass(frozen=True)
class Preset:
    """A program whose tables are recognised by headings that stand in no other's."""

    words: str
    needs: frozenset[str]  # all of them have to be there
    columns: dict[str, str]  # by heading without capitals
    reading: dict[str, str] = field(default_factory=dict)
    note: str = ""


FIELDS = (
    Field("piece", "Piece it belongs to", ("reference", "id")),
    Field("title", "Title", ("name", "headline")),
    Field("text", "Text", ("message", "content", "caption", "post", "body", "copy", "post text")),
    Field("link", "Link", ("url", "web address", "website")),
    Field("status", "Status of the piece"),
    Field("labels", "Labels", ("tags", "label", "campaign")),
    Field("pictures", "Pictures of the library"),
    Field("account", "Account", ("profile", "social profile", "page")),
    Field("platform", "Platform", ("network", "social network")),
    Field("channel", "Channel", ("post type",)),
    Field("time", "Date and time", ("date", "posting time", "scheduled at", "schedule time",
                                    "scheduled time", "datetime", "date and time", "due")),
    Field("zone", "Time zone", ("timezone", "time zone")),
    Field("which", "Which of two equal times"),
    Field(ADDRESSES, "Pictures by address (do not come along)",
          ("image url", "image urls", "media", "media url", "media urls", "picture", "image")),
)  # fmt: skip
BY_NAME = {one.name: one for one in FIELDS}
ABOUT_POSTS = ("account", "platform", "channel", "time", "zone", "which")
PRESETS = {
    "buffer": Preset(
        "Buffer",
        frozenset({"text", "posting time"}),
        {"text": "text", "image url": ADDRESSES, "tags": "labels", "posting time": "time"},
        note="Buffer's table is for one channel. Choose below where its posts go.",
    ),
    "postiz": Preset(
        "Postiz",
        frozenset({"content", "publishdate"}),
        {
            "content": "text", "publishdate": "time", "integration.name": "account",
            "integration": "account", "integration.provideridentifier": "platform",
            "provideridentifier": "platform", "image": ADDRESSES, "tags": "labels",
        },
        note="Postiz tells times in UTC; they are kept as each account's own clock shows them.",
    ),
    "postiz-file": Preset(
        "Postiz",
        frozenset({"textcontent", "scheduledpostdate"}),
        {
            "textcontent": "text", "scheduledpostdate": "time", "platformaccount": "account",
            "platformname": "platform", "featuredimagefilename": ADDRESSES,
        },
    ),
    "hootsuite": Preset(
        "Hootsuite",
        frozenset({"date", "message"}),
        {"date": "time", "message": "text", "link": "link", "url": "link",
         "image url": ADDRESSES, "social network": "platform", "social profile": "account"},
        note="Hootsuite's table is for one profile. Choose below where its posts go, and whether "
             "the day or the month comes first.",
    ),
}  # fmt: skip
HOOTSUITE_PLACES = ("time", "text", "link", ADDRESSES)
OWN = "syndication"
OWN_WORDS = "Syndication"


@dataclass(frozen=True)
class Guess:
    """How a table's columns are most likely meant, each at its place."""

    columns: list[str]
    preset: str = ""  # of PRESETS, or OWN; empty where no program is recognised

    @property
    def words(self) -> str:
        if self.preset == OWN:
            return OWN_WORDS
        return PRESETS[self.preset].words if self.preset else ""

    @property
    def note(self) -> str:
        return PRESETS[self.preset].note if self.preset in PRESETS else ""


def guess(head: Sequence[str]) -> Guess:
    """Return what the columns of these names most likely hold. Of equal names the first counts."""
    names = [name.casefold() for name in head]
    if "piece" in names and "text" in names and "labels" in names:
        return Guess(_once([name if is_known(name) else LEFT_OUT for name in names]), OWN)
    for slug, preset in PRESETS.items():
        if preset.needs <= set(names):
            found = [preset.columns.get(name, LEFT_OUT) for name in names]
            return Guess(_once(found), slug)
    by_other = {other: one.name for one in FIELDS for other in (one.name, *one.also)}
    found = [name if is_known(name) else by_other.get(name, LEFT_OUT) for name in names]
    return Guess(_once(found))


def is_known(name: str) -> bool:
    """Whether a column can be read as that: one of FIELDS, or one of a channel's own."""
    part, colon, channel = name.partition(": ")
    return name in BY_NAME or name in SHARED or bool(colon and part in VARIED and "/" in channel)


def _once(columns: list[str]) -> list[str]:
    return [name if name not in columns[:place] else LEFT_OUT
            for place, name in enumerate(columns)]  # fmt: skip
