"""Files for tests: pictures good and bad, made as they are needed."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825
TURNED_RIGHT = 6  # as cameras write it: turn the picture a quarter to the right to see it upright


def picture(
    form: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, options.pop("colour", None) or 128).save(out, form, **options)
    return out.getvalue()


def from_a_phone() -> bytes:
    """A JPEG that is to be turned and knows where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    exif.get_ifd(GPS).update({1: "N", 2: (57.0, 30.0, 0.0), 3: "W", 4: (6.0, 15.0, 0.0)})
    return picture(exif=exif)


def moving(form: str = "GIF", frames: int = 3) -> bytes:
    out = io.BytesIO()
    first, *others = [Image.new("RGB", (20, 10), (60 * n, 0, 0)) for n in range(frames)]
    first.save(out, form, save_all=True, append_images=others, duration=100)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
