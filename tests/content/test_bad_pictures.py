"""Every bad or odd picture there is: what the library keeps, and what a JPEG-only channel gets."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from content.fitting import ensure_fitted
from content.frames import frames_of_gif
from content.media import FRAMES_MAX
from content.models import MediaAsset
from content.rendering import item_of
from platforms.adapters.instagram.rules import FEED_SHAPE
from platforms.fitting import fitted
from tests.content.pictures import GPS, ORIENTATION, TURNED_RIGHT, moving, picture, png_header
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
UPLOAD = reverse("desk:media_upload")
RED, BLUE = (220, 20, 20), (20, 20, 220)


@pytest.fixture
def upload(client, data_dir):
    """Upload files as the plain form does; return the page's answer."""
    member = MembershipFactory()
    client.force_login(member.user)

    def upload(*files):
        named = [SimpleUploadedFile(name, data) for name, data in files]
        return client.post(UPLOAD, {"brand": member.brand.pk, "upload": named})

    return upload


def sent_of(asset):
    """What a channel that takes JPEG only is sent."""
    (item,) = fitted([item_of(asset, 1, "")], FEED_SHAPE)
    ensure_fitted(item)
    with default_storage.open(item.name, "rb") as file:
        sent = Image.open(io.BytesIO(file.read()))
    sent.load()
    assert (sent.format, sent.mode, sent.size) == ("JPEG", "RGB", (item.width, item.height))
    assert not sent.getexif()
    return sent


def deep_png(colour_type, *samples):
    """A PNG of 40 × 40 pixels with 16 bits to a sample."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    row = b"\0" + struct.pack(f">{len(samples)}H", *samples) * 40
    header = struct.pack(">IIBBBBB", 40, 40, 16, colour_type, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * 40)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def endless_gif(frames):
    """A GIF of tiny frames that plays for ever."""
    header = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    for_ever = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return header + for_ever + frame * frames + b"\x3b"


BAD = {
    "huge.png": (png_header(30_000, 30_000), "30,000 × 30,000 pixels, more than 50 million"),
    "script.svg": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "not a picture that can be read",
    ),
    "page.jpg": (b"<!doctype html><script>alert(1)</script>", "not a picture that can be read"),
    "cut.jpg": (picture(size=(400, 300))[:-300], "not a picture that can be read"),
    "endless.gif": (endless_gif(300_000), "an animation of more than 2,000 frames"),
    "nothing.gif": (b"GIF89a", "not a picture that can be read"),
    "film.mp4": (b"\0\0\0\x18ftypisom" + bytes(40), "It was not kept"),
}


def test_every_bad_file_is_refused_by_its_name_and_the_good_one_among_them_is_kept(upload):
    files = [(name, data) for name, (data, _) in BAD.items()]
    answer = upload(*files[:3], ("loom.png", picture("PNG")), *files[3:])
    words = answer.content.decode()
    assert answer.status_code == 422
    assert MediaAsset.objects.get().original_name == "loom.png"
    for name, (_, why) in BAD.items():
        line = next(part for part in words.split("<li") if f"{name} " in part and 'alert"' in part)
        assert why in line


def test_an_svg_with_script_is_never_served_from_here(upload):
    upload(("loom.png", BAD["script.svg"][0]))
    assert not MediaAsset.objects.exists()


ODD = {
    "ink.jpg": (picture(mode="CMYK", size=(60, 60), colour=(0, 255, 255, 0)), (254, 0, 0)),
    "grey.jpg": (picture(mode="L", size=(60, 60), colour=128), (128, 128, 128)),
    "deep.png": (deep_png(0, 0x8000), (128, 128, 128)),
    "deep-colours.png": (deep_png(2, 0xFFFF, 0, 0), (255, 0, 0)),
    "deep-and-see-through.png": (deep_png(6, 0, 0, 0, 0), (255, 255, 255)),
    "half-through.png": (
        picture("PNG", mode="RGBA", size=(60, 60), colour=(255, 0, 0, 128)),
        (255, 127, 127),
    ),
    "grey-and-see-through.png": (
        picture("PNG", mode="LA", size=(60, 60), colour=(0, 0)),
        (255, 255, 255),
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_colours_are_kept_and_a_jpeg_only_channel_gets_plain_ones(upload, name):
    data, shade = ODD[name]
    assert upload((name, data)).status_code == 200
    sent = sent_of(MediaAsset.objects.get())
    found = sent.getpixel((sent.width // 2, sent.height // 2))
    assert all(abs(one - wanted) < 60 for one, wanted in zip(found, shade, strict=True)), found


def test_what_moves_is_kept_moving_and_a_jpeg_only_channel_gets_its_first_picture(upload):
    upload(("loop.gif", moving()))
    asset = MediaAsset.objects.get()
    with asset.file.open("rb") as file:
        assert Image.open(file).n_frames == 3
    assert sent_of(asset).getpixel((5, 5))[0] < 40


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright_and_its_place_is_in_nothing_that_is_kept_or_sent(upload, form):
    photo = Image.new("RGB", (400, 200), RED)
    photo.paste(BLUE, (200, 0, 400, 200))
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    exif[0x010E] = "at home"
    exif.get_ifd(GPS).update({1: "N", 2: (57.0, 30.0, 0.0), 3: "W", 4: (6.0, 15.0, 0.0)})
    out = io.BytesIO()
    photo.save(out, form, exif=exif, xmp=b"<x:xmpmeta>at home</x:xmpmeta>")
    upload((f"photo.{form.lower()}", out.getvalue()))
    asset = MediaAsset.objects.get()
    with asset.file.open("rb") as file:
        data = file.read()
    assert (asset.width, asset.height) == (200, 400)
    assert b"at home" not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    sent = sent_of(asset)  # its left half was red: now the top is
    top, bottom = (sent.getpixel((sent.width // 2, y)) for y in (10, sent.height - 10))
    assert top[0] > top[2]
    assert bottom[2] > bottom[0]


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_the_notes_of_an_animation_are_dropped_too(upload, form):
    first, second = (Image.new("RGB", (20, 10), shade) for shade in (RED, BLUE))
    exif = Image.Exif()
    exif[0x010E] = "at home"
    notes = {"comment": b"at home"} if form == "GIF" else {"exif": exif, "xmp": b"at home"}
    out = io.BytesIO()
    first.save(out, form, save_all=True, append_images=[second], duration=100, **notes)
    assert b"at home" in out.getvalue()
    upload((f"loop.{form.lower()}", out.getvalue()))
    with MediaAsset.objects.get().file.open("rb") as file:
        assert b"at home" not in file.read()


@pytest.mark.parametrize(("frames", "counted"), [(1, 1), (3, 3), (FRAMES_MAX + 9, FRAMES_MAX)])
def test_frames_are_counted_without_decoding_and_no_further_than_asked(frames, counted):
    assert frames_of_gif(endless_gif(frames), FRAMES_MAX) == counted


@pytest.mark.parametrize("end", range(0, 200, 7))
def test_a_gif_that_is_cut_anywhere_ends_the_count(end):
    whole = moving()
    assert 1 <= frames_of_gif(whole[:end], 10) <= frames_of_gif(whole, 10) == 3
