"""What a post looks like at its platform, as far as a preview needs it.

An adapter may name its look; without one the preview is a plain card.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from platforms.values import Rendition


@dataclass(frozen=True)
class Look:
    """The frame around a rendition, as data: previews are drawn by one template."""

    fold: int = 0  # characters after which the platform folds the text; 0: never
    acts: tuple[tuple[str, str], ...] = ()  # glyph and word of what readers can press
    flush: bool = False  # pictures reach the edges of the card
    picture_ratio: tuple[int, int] = (0, 0)  # to which the feed crops; (0, 0): shown whole
    handle: bool = False  # a second line under the name shows the account's handle


@dataclass(frozen=True)
class Aside:
    """What readers see around a text, of the choices that were made for its channel."""

    warning: str = ""  # stands in front, and hides the rest until somebody opens it
    answers: tuple[str, ...] = ()  # of a poll
    several: bool = False  # more than one of the answers may be chosen
    notes: tuple[str, ...] = ()  # such as who sees it


@runtime_checkable
class ShowsAside(Protocol):
    """An adapter whose previews show more than words, pictures and a link."""

    @classmethod
    def aside(cls, rendition: Rendition) -> Aside:
        """Return it. Pure, and for options of any kind: nobody has checked them yet."""


def aside_of(adapter: object, rendition: Rendition) -> Aside:
    """Return what a preview shows around the text; nothing where the adapter names nothing."""
    return adapter.aside(rendition) if isinstance(adapter, ShowsAside) else Aside()


def look_of(adapter: object) -> Look:
    """Return the adapter's look, or the plain one."""
    look = getattr(adapter, "look", None)
    return look if isinstance(look, Look) else Look()
