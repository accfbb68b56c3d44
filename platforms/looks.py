"""What a post looks like at its platform, as far as a preview needs it.

An adapter may name its look; without one the preview is a plain card.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """The frame around a rendition, as data: previews are drawn by one template."""

    fold: int = 0  # characters after which the platform folds the text; 0: never
    acts: tuple[tuple[str, str], ...] = ()  # glyph and word of what readers can press
    flush: bool = False  # pictures reach the edges of the card
    picture_ratio: tuple[int, int] = (0, 0)  # to which the feed crops; (0, 0): shown whole
    handle: bool = False  # a second line under the name shows the account's handle


def look_of(adapter: object) -> Look:
    """Return the adapter's look, or the plain one."""
    look = getattr(adapter, "look", None)
    return look if isinstance(look, Look) else Look()
