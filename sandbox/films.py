"""Films: how wide, high and long, from the boxes of an MP4 or QuickTime file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MOST_BOXES = 2_000


@dataclass(frozen=True, slots=True)
class Film:
    """Pixels as shown, and seconds."""

    width: int
    height: int
    seconds: float


def measure(file: IO[bytes]) -> Film | None:
    """What the file holds; None when it is no film that can be played."""
    try:
        return _measure(file)
    except (struct.error, ValueError):
        return None


def _measure(file: IO[bytes]) -> Film | None:
    size = file.seek(0, 2)
    first, seconds, shown = b"", 0.0, (0, 0)
    track: tuple[int, int] = (0, 0)
    for kind, start, end in _boxes(file, 0, size):
        first = first or kind
        if kind == b"mvhd":
            seconds = _seconds(_bytes(file, start, min(end - start, 32)))
        elif kind == b"tkhd":
            track = _pixels(_bytes(file, start, end - start))
        elif kind == b"hdlr" and _bytes(file, start + 8, 4) == b"vide":
            shown = track
    playable = first == b"ftyp" and all(shown) and seconds > 0
    return Film(*shown, seconds) if playable else None


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, beginning and end of the content of each box, those inside `moov` in their order."""
    ends = [end]
    for _ in range(MOST_BOXES):
        while ends and start >= ends[-1]:
            ends.pop()
        if not ends:
            return
        length, kind = struct.unpack(">I4s", _bytes(file, start, 8))
        body = start + 8
        if length == 1:
            length, body = struct.unpack(">Q", _bytes(file, body, 8))[0], body + 8
        after = start + length if length else ends[-1]
        if after < body or after > ends[-1]:
            raise ValueError("a box that is longer than what holds it")
        yield kind, body, after
        if kind in (b"moov", b"trak", b"mdia"):
            ends.append(after)
            start = body
        else:
            start = after


def _bytes(file: IO[bytes], at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)


def _seconds(header: bytes) -> float:
    form, at = (">IQ", 20) if header[0] == 1 else (">II", 12)
    scale, units = struct.unpack_from(form, header, at)
    return float(units / scale) if scale else 0.0


def _pixels(header: bytes) -> tuple[int, int]:
    at = 52 if header[0] == 1 else 40
    a, _, _, _, d, _, _, _, _, width, height = struct.unpack_from(">9i2I", header, at)
    pixels = width >> 16, height >> 16
    return pixels[::-1] if a == d == 0 else pixels
