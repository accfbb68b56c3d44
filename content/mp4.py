"""What stands in the boxes of an MP4 or QuickTime file (ISO/IEC 14496-12): size, length, places.

Read here because a few headers are all that is needed, no library for them comes without a C
decoder that would meet strangers' bytes, and the box that holds where a film was taken has to be
emptied in its place anyway.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

BOXES_MAX = 10_000  # looked at in one file; one in fragments has thousands
TRACKS_MAX = 100
PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"mif1", b"msf1", b"avif", b"avis"})
CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"mvex"})
# Notes of a camera, the place among them; not needed to play.
NOTES = frozenset({b"udta", b"meta"})
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # the uuid of a box with such notes
NOTE_TRACKS = frozenset({b"meta"})  # a track of them, as sports cameras write


class Unreadable(Exception):
    """It is no film that can be read. The text says why, to stand after its name."""


@dataclass(frozen=True)
class Box:
    """One box: its kind, and where it, its content and what follows it begin."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True)
class Film:
    """What the boxes say of a film."""

    mime: str
    width: int  # pixels, as shown: a film turned by a phone is already turned here
    height: int  # pixels
    duration: float  # seconds


def is_film(head: bytes) -> bool:
    """Whether a file that begins with these 12 bytes is one; HEIC and AVIF pictures begin alike."""
    return head[4:8] == b"ftyp" and head[8:12] not in PICTURE_BRANDS


def look_into(file: IO[bytes], size: int) -> Film:
    """Return what the file says of itself. Reads headers only. Raises Unreadable."""
    boxes = list(_walk(file, size))
    brand = _read(file, boxes[0].body, 4) if boxes and boxes[0].kind == b"ftyp" else b""
    movie = next((box for box in boxes if box.kind == b"mvhd"), None)
    if not brand or movie is None:
        raise Unreadable("has no index of its pictures; it was perhaps not recorded to its end")
    tracks = [_track(file, box, boxes) for box in boxes if box.kind == b"trak"]
    shown = [measures for handler, measures in tracks if handler == b"vide" and all(measures)]
    if not shown:
        raise Unreadable("shows no moving picture")
    duration = max([_length(file, movie), *_fragments(file, movie, boxes)])
    if not duration:
        raise Unreadable("does not say how long it lasts")
    mime = "video/quicktime" if brand == b"qt  " else "video/mp4"
    return Film(mime, *shown[0], round(duration, 3))


def empty_notes(file: IO[bytes], size: int) -> None:
    """Empty the boxes that hold where and with what a film was taken; all else stays in place."""
    boxes = list(_walk(file, size))
    for box in boxes:
        xmp = box.kind == b"uuid" and _read(file, box.body, 16) == XMP
        notes = box.kind == b"trak" and _track(file, box, boxes)[0] in NOTE_TRACKS
        if xmp or notes or box.kind in NOTES:
            _blank(file, box)


def _blank(file: IO[bytes], box: Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.body)
    left = box.end - box.body
    while left > 0:
        left -= file.write(bytes(min(left, 65_536)))


def _walk(file: IO[bytes], size: int) -> Iterator[Box]:
    """Every box that matters, each before those inside it. Raises Unreadable."""
    pending, seen, tracks = [(0, size)], 0, 0
    while pending:
        start, end = pending.pop()
        while end - start >= 8:
            box = _box(file, start, end)
            seen += 1
            tracks += box.kind == b"trak"
            if seen > BOXES_MAX or tracks > TRACKS_MAX:
                raise Unreadable("has more parts than any film")
            yield box
            if box.kind in CONTAINERS:
                pending.append((box.body, box.end))
            start = box.end


def _box(file: IO[bytes], start: int, end: int) -> Box:
    length, kind = struct.unpack(">I4s", _read(file, start, 8))
    body = start + 8
    if length == 1:
        (length,) = struct.unpack(">Q", _read(file, body, 8))
        body += 8
    elif length == 0:  # to the end
        length = end - start
    if length < body - start or start + length > end:
        raise Unreadable("is cut short or damaged")
    return Box(kind, start, body, start + length)


def _read(file: IO[bytes], at: int, count: int) -> bytes:
    file.seek(at)
    data = file.read(count)
    if len(data) < count:
        raise Unreadable("is cut short or damaged")
    return data


def _inside(outer: Box, boxes: list[Box], kind: bytes) -> Box | None:
    for box in boxes:
        if box.kind == kind and outer.body <= box.start and box.end <= outer.end:
            return box
    return None


def _track(file: IO[bytes], track: Box, boxes: list[Box]) -> tuple[bytes, tuple[int, int]]:
    """What a track holds, such as b"vide", and how wide and high it is shown."""
    handler, header = _inside(track, boxes, b"hdlr"), _inside(track, boxes, b"tkhd")
    if handler is None or header is None:
        return b"", (0, 0)
    wide = _read(file, header.body, 1) == b"\x01"  # the longer form of the times before it
    at = header.body + (52 if wide else 40)
    a, _, _, _, d, *_, width, height = struct.unpack(">9i2I", _read(file, at, 44))
    measures = (width >> 16, height >> 16)
    turned = a == 0 and d == 0  # by a quarter
    return _read(file, handler.body + 8, 4), (measures[1], measures[0]) if turned else measures


def _length(file: IO[bytes], movie: Box) -> float:
    if _read(file, movie.body, 1) == b"\x01":
        scale, units = struct.unpack(">IQ", _read(file, movie.body + 20, 12))
    else:
        scale, units = struct.unpack(">II", _read(file, movie.body + 12, 8))
    return units / scale if scale and units < 2**32 - 1 else 0.0


def _fragments(file: IO[bytes], movie: Box, boxes: list[Box]) -> Iterator[float]:
    """The length that a film in fragments names elsewhere, in the same units."""
    for box in boxes:
        if box.kind == b"mehd":
            long = _read(file, box.body, 1) == b"\x01"
            units = int.from_bytes(_read(file, box.body + 4, 8 if long else 4), "big")
            at = movie.body + (20 if _read(file, movie.body, 1) == b"\x01" else 12)
            scale = int.from_bytes(_read(file, at, 4), "big")
            yield units / scale if scale else 0.0
