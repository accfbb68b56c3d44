"""The composer's form as it was filled in: plain values, from a browser or from a kept draft."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import Http404, QueryDict

from content.models import MediaAsset
from desk.compose.options import WORDS_MAX
from posting.policy import NOTE_MAX
from scheduling.models.slot import clean_queue

PICTURES_MAX = 20
TARGETS_MAX = 100


@dataclass
class Picked:
    """One picture in its place."""

    id: int
    alt: str = ""
    decorative: bool = False
    # What matters most, in percent from the left and from the top.
    focus_x: int = 50
    focus_y: int = 50

    @classmethod
    def of(cls, asset: MediaAsset) -> "Picked":
        """As it is kept, for its first use in a form."""
        x, y = percent(asset.focus_x), percent(asset.focus_y)
        return cls(asset.pk, asset.alt, asset.decorative, x, y)

    @property
    def focus(self) -> tuple[float, float]:
        """As shares, which is how they are kept."""
        return self.focus_x / 100, self.focus_y / 100


def percent(share: float) -> int:
    return min(max(round(share * 100), 0), 100)


@dataclass
class Own:
    """What one channel has of its own. Empty or None: as in the piece."""

    text: str = ""
    no_link: bool = False  # the link stands in the channel's own text
    pictures: int | None = None  # only so many, from the first on
    chosen: dict[str, str] = field(default_factory=dict)  # the words of its options, by name


@dataclass
class Filled:
    """Everything the form holds. `to` names targets as "account/channel", such as "12/status"."""

    brand: int = 0
    piece: int | None = None
    piece_edits: int = 0
    section: int | None = None  # of a source; what a new piece is made from
    title: str = ""
    text: str = ""
    link: str = ""
    to: list[str] = field(default_factory=list)
    own: dict[str, Own] = field(default_factory=dict)  # by channel key, such as "mastodon/status"
    pictures: list[Picked] = field(default_factory=list)
    when: str = ""
    day: str = ""
    time: str = ""
    zone: str = ""  # a zone's name; "own" for each account's own
    fold: str = ""  # "0" or "1" once the person has said which of two equal times is meant
    hold: int = 0  # seconds in which it can be taken back
    again: bool = False
    queue: str = ""  # whose slots, for the next free one
    note: str = ""  # why nearly the same text may go to several accounts, where that is forbidden
    follow: list[int] = field(default_factory=list)  # posts of the piece that say the same from now
    window: str = ""  # which window of a browser it stands in
    turn: int = 0  # when that window sent it, ms by the browser's clock; rises

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing in it that could be sent anywhere."""
        words = (self.text, self.link, *(own.text for own in self.own.values()))
        return not self.pictures and not any(text.strip() for text in words)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written or added: where to and when alone are not worth keeping."""
        return self.says_nothing and not self.title.strip()

    @property
    def wall(self) -> str:
        return f"{self.day} {self.time}".strip()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Filled":
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        known["own"] = {key: Own(**own) for key, own in known.get("own", {}).items()}
        known["pictures"] = [Picked(**picture) for picture in known.get("pictures", [])]
        return cls(**known)

    @classmethod
    def from_post(cls, data: QueryDict) -> "Filled":
        """Read the form. Raises Http404 for ids that no form of ours contains."""
        return cls(
            brand=_number(data.get("brand")),
            piece=_number(data.get("piece")) or None,
            piece_edits=_number(data.get("piece_edits")),
            section=_number(data.get("section")) or None,
            title=data.get("title", ""),
            text=data.get("text", ""),
            link=data.get("link", ""),
            to=list(dict.fromkeys(data.getlist("to")))[:TARGETS_MAX],
            own=_own(data),
            pictures=_pictures(data),
            when=data.get("when", ""),
            day=data.get("day", "")[:40],
            time=data.get("time", "")[:40],
            zone=data.get("zone", "")[:80],
            fold=data.get("fold", "") if data.get("fold") in ("0", "1") else "",
            hold=_number(data.get("hold")),
            again=bool(data.get("again")),
            queue=clean_queue(data.get("queue", "")),
            note=data.get("note", "")[:NOTE_MAX],
            follow=[_number(name) for name in data.getlist("follow")][:TARGETS_MAX],
            window=data.get("window", "")[:40],
            turn=_number(data.get("turn")),
        )


def key_in(data: QueryDict) -> uuid.UUID:
    """Return the id of the form. Raises Http404 when it has none."""
    try:
        return uuid.UUID(data.get("key", ""))
    except ValueError as error:
        raise Http404("This is none of our forms.") from error


def _number(text: Any) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Http404("This is none of our forms.")
    return int(text)


def _percent(text: str) -> int:
    """What a slider says; its middle for anything that no slider of ours does."""
    fits = text.isascii() and text.isdigit() and len(text) <= 3
    return min(int(text), 100) if fits else 50


def _own(data: QueryDict) -> dict[str, Own]:
    found: dict[str, Own] = {}
    for name in data:
        part, colon, key = name.partition(":")
        if not colon or not part.startswith("own-"):
            continue
        own = found.setdefault(key[:80], Own())
        if part == "own-text":
            own.text = str(data[name])
        elif part == "own-no-link":
            own.no_link = bool(data[name])
        elif part == "own-pictures":
            own.pictures = _number(data[name]) if data[name] else None
        elif part.startswith("own-option-") and (words := str(data[name]).strip()):
            own.chosen[part.removeprefix("own-option-")[:40]] = words[:WORDS_MAX]
    return {key: own for key, own in found.items() if own != Own()}


def _pictures(data: QueryDict) -> list[Picked]:
    ids = list(dict.fromkeys(_number(id_) for id_ in data.getlist("picture")))
    return [
        Picked(
            id_,
            data.get(f"alt:{id_}", ""),
            bool(data.get(f"decorative:{id_}")),
            _percent(data.get(f"focus-x:{id_}", "50")),
            _percent(data.get(f"focus-y:{id_}", "50")),
        )
        for id_ in ids[:PICTURES_MAX]
    ]
