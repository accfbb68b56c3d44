"""Two versions of a piece beside each other: words, link, pictures, and each channel's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from content.models import PieceVersion, VersionMedia
from desk.pieces.differences import Stretch, differences
from desk.pieces.saying import called, varied_in


@dataclass(frozen=True)
class Change:
    """One thing that the two say differently."""

    name: str  # "Text", or "Mastodon, post: text"
    stretches: list[Stretch]


@dataclass(frozen=True)
class PictureChange:
    """One picture that only one of them has, or that both have differently."""

    use: VersionMedia
    sentences: list[str]
    description: list[Stretch] = field(default_factory=list)  # where both have it


@dataclass(frozen=True)
class Comparison:
    """What is different in the newer one. `same` when it says and shows the same."""

    older: PieceVersion
    newer: PieceVersion
    words: list[Change]
    pictures: list[PictureChange]

    @property
    def same(self) -> bool:
        return not (self.words or self.pictures)


def compare(older: PieceVersion, newer: PieceVersion) -> Comparison:
    """Return the differences. Both come with `media__asset`, or it is read for each."""
    return Comparison(older, newer, list(_words(older, newer)), list(_pictures(older, newer)))


def _words(older: PieceVersion, newer: PieceVersion) -> Iterator[Change]:
    before, after = _named(older), _named(newer)
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield Change(name, differences(old, new))


def _named(version: PieceVersion) -> dict[str, str]:
    """Everything in words that the version says, by name."""
    own = {
        f"{varied.channel}: {row.name.lower()}": row.words
        for varied in varied_in(version)
        for row in varied.rows
    }
    return {"Text": version.text, "Link": version.link, **own}


def _pictures(older: PieceVersion, newer: PieceVersion) -> Iterator[PictureChange]:
    before, after = _placed(older), _placed(newer)
    for key, use in before.items():
        if key not in after:
            yield PictureChange(use, [f"Taken out{_where(use)}."])
    for key, use in after.items():
        if key not in before:
            yield PictureChange(use, [f"Put in as picture {use.position}{_where(use)}."])
        elif change := _changed(before[key], use):
            yield change


def _placed(version: PieceVersion) -> dict[tuple[str, int, int], VersionMedia]:
    """The pictures by channel and file, and by which time the file is shown there."""
    found: dict[tuple[str, int, int], VersionMedia] = {}
    for use in version.media.all():
        times = sum((use.channel, use.asset_id) == key[:2] for key in found)
        found[use.channel, use.asset_id, times] = use
    return found


def _changed(old: VersionMedia, new: VersionMedia) -> PictureChange | None:
    sentences = []
    if old.position != new.position:
        sentences.append(f"Picture {new.position}{_where(new)}, was picture {old.position}.")
    if (old.focus_x, old.focus_y) != (new.focus_x, new.focus_y):
        sentences.append(f"What matters most in it was set to {_focus(new)}, was {_focus(old)}.")
    if old.alt == new.alt:
        return PictureChange(new, sentences) if sentences else None
    return PictureChange(new, sentences, differences(old.alt, new.alt))


def _focus(use: VersionMedia) -> str:
    return f"{use.focus_x:.0%} from the left and {use.focus_y:.0%} from the top"


def _where(use: VersionMedia) -> str:
    return f" for {called(use.channel)}" if use.channel else ""
