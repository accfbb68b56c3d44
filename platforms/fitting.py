"""Cutting pictures to what a channel takes: the arithmetic, which needs no picture.

A rendition names the fitted picture before it is made. So the preview, the checks, the approval and
the send agree on it, and its file is made once, whoever needs it first.
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from platforms.values import MediaItem, PictureShape

JPEG, GIF = "image/jpeg", "image/gif"
BYTES_A_PIXEL = 0.5  # that a JPEG of the lowest quality needs at most, even of noise
RECIPE = re.compile(r"(?:(\d+)\.(\d+)\.(\d+)\.(\d+)|whole)-of-(\d+)x(\d+)-(\d+)x(\d+)-(\d+)")


@dataclass(frozen=True)
class Fitting:
    """How a picture becomes a JPEG of a given size: cut to `box`, or whole between margins."""

    box: tuple[int, int, int, int] | None  # left, top, width, height in pixels; None: the whole
    full: tuple[int, int]  # width and height of the original, in pixels
    width: int  # pixels
    height: int  # pixels
    bytes_max: int

    def __str__(self) -> str:
        part = ".".join(map(str, self.box)) if self.box else "whole"
        across, down = self.full
        return f"{part}-of-{across}x{down}-{self.width}x{self.height}-{self.bytes_max}"

    @classmethod
    def parse(cls, recipe: str) -> "Fitting":
        """Read what `str` wrote. Raises ValueError."""
        match = RECIPE.fullmatch(recipe)
        if match is None:
            raise ValueError(f"{recipe[:80]!r} does not say how to fit a picture.")
        left, top, across, down, *sizes = match.groups()
        full_width, full_height, width, height, most = map(int, sizes)
        box = None if left is None else (int(left), int(top), int(across), int(down))
        return cls(box, (full_width, full_height), width, height, most)

    @property
    def lost(self) -> float:
        """The share of the picture that is cut off, from 0 to 1."""
        if self.box is None:
            return 0.0
        return 1 - self.box[2] * self.box[3] / (self.full[0] * self.full[1])

    @property
    def enlarged(self) -> bool:
        """Whether the picture has fewer pixels than will be shown."""
        return self.width > (self.box[2] if self.box else self.full[0])


def fitted(
    media: Sequence[MediaItem],
    shape: PictureShape,
    *,
    whole: bool = False,
    types: Collection[str] = (),
) -> tuple[MediaItem, ...]:
    """Return the pictures as the channel takes them; what is no picture stays as it is.

    `whole`: nothing is cut off; margins fill what is missing. Where the shape says so, all
    pictures take the proportions of the first, and one that fits already and is of one of the
    `types` stays as it is.
    """
    items: list[MediaItem] = []
    for item in media:
        if item.type != "image" or (shape.keeps_fitting and fits(item, shape, types)):
            items.append(item)
            continue
        items.append(_fitted(item, shape, whole))
        if shape.alike and len(items) == 1:
            ratio = items[0].width / items[0].height
            shape = replace(shape, ratio_min=ratio, ratio_max=ratio)
    return tuple(items)


def fits(item: MediaItem, shape: PictureShape, types: Collection[str]) -> bool:
    """Say whether a picture can be sent as it is kept."""
    most = (item.mime == GIF and shape.gif_bytes_max) or shape.bytes_max
    return (
        item.mime in types
        and item.size <= most
        and shape.ratio_min <= item.width / item.height <= shape.ratio_max
        and shape.width_min <= item.width
        and max(item.width, item.height) <= shape.width_max
        and (not shape.pixels_max or item.width * item.height <= shape.pixels_max)
    )


def _fitted(item: MediaItem, shape: PictureShape, whole: bool) -> MediaItem:
    fitting = fitting_for(item, shape, whole)
    return replace(
        item,
        name=fitted_name(item.sha256, fitting),
        mime=JPEG,
        width=fitting.width,
        height=fitting.height,
        made_from=item.name,
        fitting=str(fitting),
    )


def fitted_name(sha256: str, fitting: Fitting) -> str:
    """Return where the fitted picture's bytes are kept."""
    return f"fitted/{sha256[:2]}/{sha256}/{fitting}.jpeg"


def fitting_for(item: MediaItem, shape: PictureShape, whole: bool = False) -> Fitting:
    """Return how one picture is fitted: as much of it as may stay, around what matters most."""
    ratio, full = item.width / item.height, (item.width, item.height)
    wanted = min(max(ratio, shape.ratio_min), shape.ratio_max)
    if whole and not math.isclose(ratio, wanted, rel_tol=0.005):
        width = shape.width_max
        return Fitting(None, full, width, max(round(width / wanted), 1), shape.bytes_max)
    box = _box(item, wanted)
    width = min(max(box[2], shape.width_min), shape.width_max, _width_for(box, shape))
    return Fitting(box, full, width, _height(width, box, shape), shape.bytes_max)


def _width_for(box: tuple[int, int, int, int], shape: PictureShape) -> int:
    """The greatest width at which there are few enough pixels, also for the bytes they need."""
    if not shape.pixels_max:
        return shape.width_max
    most = min(shape.pixels_max, shape.bytes_max / BYTES_A_PIXEL)
    # One line less than fits: the height is rounded.
    across, down = box[2], box[3]
    return max(math.floor(math.sqrt(most * across / down) - across / down / 2), 1)


def _box(item: MediaItem, wanted: float) -> tuple[int, int, int, int]:
    ratio = item.width / item.height
    if ratio > wanted:
        across = max(math.floor(item.height * wanted), 1)
        return _from(item.focus_x, item.width, across), 0, across, item.height
    if ratio < wanted:
        down = max(math.floor(item.width / wanted), 1)
        return 0, _from(item.focus_y, item.height, down), item.width, down
    return 0, 0, item.width, item.height


def _from(focus: float, length: int, kept: int) -> int:
    """Where the kept part begins, so that the focus stands as near to its middle as may be."""
    return min(max(round(focus * length - kept / 2), 0), length - kept)


def _height(width: int, box: tuple[int, int, int, int], shape: PictureShape) -> int:
    """Rounding must not leave what the platform takes."""
    height = max(round(width * box[3] / box[2]), 1)
    least, most = math.ceil(width / shape.ratio_max), math.floor(width / shape.ratio_min)
    return min(max(height, least), most) if least <= most else height
