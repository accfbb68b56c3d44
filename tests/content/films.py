"""Films for tests: headers as cameras write them, and noise for pictures."""

import struct

TURNED = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)  # a quarter, as phones hold them
UPRIGHT = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
PLACE = b"+57.5000-006.2500/"


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, width: int, height: int, matrix: tuple[int, ...] = UPRIGHT) -> bytes:
    header = bytes(40) + struct.pack(">9i2I", *matrix, width << 16, height << 16)
    named = bytes(8) + handler + bytes(13)
    return box(b"trak", box(b"tkhd", header), box(b"mdia", box(b"hdlr", named)))


def film(
    seconds: float = 12.5,
    size: tuple[int, int] = (1080, 1920),
    *,
    brand: bytes = b"isom",
    pictures: bytes = b"pictures" * 100,
    matrix: tuple[int, ...] = UPRIGHT,
    notes: bool = False,
) -> bytes:
    """An MP4 file. With `notes`, it knows where it was taken, in each place that may hold it."""
    length = struct.pack(">4s8xII80x", bytes(4), 1000, round(seconds * 1000))
    tracks = [track(b"vide", *size, matrix), track(b"soun", 0, 0)]
    said = []
    if notes:
        said = [box(b"udta", box(b"\xa9xyz", PLACE)), box(b"meta", PLACE)]
        tracks.append(track(b"meta", 0, 0))
    movie = box(b"moov", box(b"mvhd", length), *tracks, *said)
    return box(b"ftyp", brand, bytes(4), brand) + movie + box(b"mdat", pictures)
