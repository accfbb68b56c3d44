"""Images: what kind and size they are, from their own bytes, and a bounded shelf to keep them."""

from __future__ import annotations

import hashlib
import struct
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

SHELF_BYTES = 64 * 1024 * 1024  # how much of what was uploaded is kept to be looked at
SHELF_IMAGES = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """MIME type of the bytes, and their size in pixels (None where it is not known)."""

    mime: str
    width: int | None = None
    height: int | None = None


def measure(data: bytes) -> Measured | None:
    """What `data` is, or None when it is no picture or video known here."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return Measured("image/png", *struct.unpack(">II", data[16:24]))
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return Measured("image/gif", *struct.unpack("<HH", data[6:10]))
    if data.startswith(b"\xff\xd8\xff"):
        return measure_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return measure_webp(data)
    if data[:2] == b"BM" and len(data) >= 26:
        width, height = struct.unpack("<ii", data[18:26])
        return Measured("image/bmp", width, abs(height))
    if data[:4] in (b"II*\0", b"MM\0*"):
        return Measured("image/tiff")
    if data[4:8] == b"ftyp":
        return Measured("video/mp4")
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return Measured("video/webm")
    return None


def measure_jpeg(data: bytes) -> Measured:
    """Walks the segments up to the frame header (SOF), which holds the size."""
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Measured("image/jpeg", width, height)
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return Measured("image/jpeg")


def measure_webp(data: bytes) -> Measured:
    """The three kinds of WebP file each keep their size elsewhere."""
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        width = 1 + int.from_bytes(data[24:27], "little")
        return Measured("image/webp", width, 1 + int.from_bytes(data[27:30], "little"))
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return Measured("image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return Measured("image/webp", width & 0x3FFF, height & 0x3FFF)
    return Measured("image/webp")


class Shelf:
    """Keeps the newest images by their SHA-256, in memory and, given a folder, on disk."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._guard = threading.Lock()
        self._images: OrderedDict[str, bytes] = OrderedDict()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(folder.iterdir(), key=lambda found: found.stat().st_mtime):
                self._images[path.name] = path.read_bytes()

    def keep(self, data: bytes) -> str:
        """Keeps `data`; answers its SHA-256 in hexadecimal."""
        name = hashlib.sha256(data).hexdigest()
        with self._guard:
            if name not in self._images:
                self._images[name] = data
                if self.folder is not None:
                    (self.folder / name).write_bytes(data)
                self._make_room()
        return name

    def get(self, name: str) -> bytes | None:
        with self._guard:
            return self._images.get(name)

    def _make_room(self) -> None:
        total = sum(map(len, self._images.values()))
        while len(self._images) > SHELF_IMAGES or (total > SHELF_BYTES and len(self._images) > 1):
            oldest, data = self._images.popitem(last=False)
            total -= len(data)
            if self.folder is not None:
                (self.folder / oldest).unlink(missing_ok=True)
