"""What a version says, in plain words under plain names: for all channels, and for one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from content.models import PieceVersion
from desk.compose.options import offered, words_of
from platforms.contract import Adapter
from platforms.registry import UnknownPlatform, adapter_for

NO_LINK = "Not shown apart; it stands in the text where it is wanted."


@dataclass(frozen=True)
class Said:
    """One thing that is said. `kind` is "text" for what readers read as written."""

    name: str
    words: str
    kind: str = ""


@dataclass(frozen=True)
class Varied:
    """What one channel says of its own; what is not there is as in the piece."""

    channel: str  # "Mastodon, post"
    rows: list[Said]


def varied_in(version: PieceVersion) -> list[Varied]:
    """Return the channels for which the version says something else."""
    found = ((called(key), list(_rows(key, own))) for key, own in sorted(version.variants.items()))
    return [Varied(channel, rows) for channel, rows in found if rows]


def called(key: str) -> str:
    """Return the name of a channel by its key, such as "mastodon/status".

    One whose adapter is no longer installed is called by its key.
    """
    adapter, slug = _adapter(key)
    names = {kind.slug: kind.name for kind in adapter.channels} if adapter else {}
    return f"{adapter.name}, {names[slug].lower()}" if adapter and slug in names else key


def _adapter(key: str) -> tuple[type[Adapter] | None, str]:
    platform, _, channel = key.partition("/")
    try:
        return adapter_for(platform), channel
    except UnknownPlatform:
        return None, channel


def _rows(key: str, own: Mapping[str, Any]) -> Iterator[Said]:
    if "text" in own:
        yield Said("Text", str(own["text"]), "text")
    if "link" in own:
        yield Said("Link", str(own["link"]) or NO_LINK)
    if own.get("pictures") is not None:
        yield Said("Pictures", f"Only the first {own['pictures']}" if own["pictures"] else "None")
    yield from _options(key, own.get("options", {}))
    if own.get("first_comment"):
        yield Said("First comment", str(own["first_comment"]), "text")


def _options(key: str, chosen: Mapping[str, Any]) -> Iterator[Said]:
    """Each choice by its label; one that is not offered any more by the name it is kept under."""
    adapter, channel = _adapter(key)
    options = offered(adapter, channel) if adapter else ()
    words = words_of(options, chosen)
    for option in options:
        if option.name in words:
            text = dict(option.choices).get(words[option.name], words[option.name])
            yield Said(option.label, "Yes" if option.kind == "flag" else text)
    known = {option.name for option in options}
    for name, value in chosen.items():
        if name not in known:
            yield Said(name, str(value))
