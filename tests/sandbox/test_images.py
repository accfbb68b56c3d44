"""Pictures are measured from their own bytes."""

import io

import pytest
from PIL import Image

from sandbox.images import Measured, Shelf, measure


def drawn(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (17, 9), "teal").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "options", "mime"),
    [
        ("PNG", {}, "image/png"),
        ("JPEG", {}, "image/jpeg"),
        ("JPEG", {"progressive": True}, "image/jpeg"),
        ("GIF", {}, "image/gif"),
        ("WEBP", {}, "image/webp"),
        ("WEBP", {"lossless": True}, "image/webp"),
        ("WEBP", {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0"}, "image/webp"),
        ("BMP", {}, "image/bmp"),
    ],
)
def test_every_format_tells_its_size(kind: str, options: dict[str, object], mime: str) -> None:
    assert measure(drawn(kind, **options)) == Measured(mime, 17, 9)


def test_videos_and_unmeasured_formats_have_no_size() -> None:
    assert measure(drawn("TIFF")) == Measured("image/tiff")
    assert measure(b"\0\0\0\x18ftypmp42") == Measured("video/mp4")
    assert measure(b"\x1a\x45\xdf\xa3webm") == Measured("video/webm")


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg/>", b"\x89PNG\r\n\x1a\n"])
def test_anything_else_is_nothing(data: bytes) -> None:
    assert measure(data) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_a_picture_cut_short_anywhere_breaks_nothing(kind: str) -> None:
    data = drawn(kind)
    for end in range(64):
        measure(data[:end])


def test_the_shelf_drops_the_oldest_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.images.SHELF_IMAGES", 2)
    shelf = Shelf()
    names = [shelf.keep(bytes([number])) for number in range(3)]
    assert shelf.get(names[0]) is None
    assert shelf.get(names[2]) == b"\x02"
