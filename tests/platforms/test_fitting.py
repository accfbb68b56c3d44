"""Cutting pictures to what a channel takes: the numbers, and the JPEG that comes of them."""

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from platforms.fitting import Fitting, fitted, fitting_for
from platforms.jpeg import make_jpeg
from platforms.values import MediaItem, PictureShape, Rendition

FEED = PictureShape(0.8, 1.91, 320, 1440, 8_000_000, alike=True)
STORY = PictureShape(9 / 16, 9 / 16, 320, 1080, 8_000_000)
MOST = 8_000_000


def item(width: int, height: int, x: float = 0.5, y: float = 0.5, position: int = 1) -> MediaItem:
    sha = f"{position}" * 64
    return MediaItem(
        position, "image", "image/png", f"{sha}.png", sha, 999, width, height, "A loom",
        focus_x=x, focus_y=y,
    )  # fmt: skip


def test_a_picture_that_fits_is_sent_as_it_is_where_the_shape_says_so():
    shape = PictureShape(1 / 20, 20, 1, 4_000, 2_000_000, keeps_fitting=True)
    types = {"image/png"}
    small, wide, heavy = item(3000, 2000), item(5000, 2000), item(3000, 2000)
    heavy = replace(heavy, size=2_000_001)
    assert fitted([small], shape, types=types) == (small,)
    assert fitted([small], replace(shape, keeps_fitting=False), types=types)[0].fitting
    assert fitted([small], shape, types={"image/jpeg"})[0].mime == "image/jpeg"
    (narrower,) = fitted([wide], shape, types=types)
    assert (narrower.width, narrower.height) == (4000, 1600)
    assert fitted([heavy], shape, types=types)[0].fitting


def png(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


def drawn(data: bytes, fitting: Fitting) -> Any:
    picture = Image.open(io.BytesIO(make_jpeg(data, fitting)))
    assert (picture.format, picture.mode, picture.size) == (
        "JPEG",
        "RGB",
        (fitting.width, fitting.height),
    )
    return picture


def whole(picture: Image.Image) -> Fitting:
    return Fitting((0, 0, *picture.size), picture.size, *picture.size, MOST)


@pytest.mark.parametrize(
    ("size", "box", "out"),
    [
        ((1200, 1000), (0, 0, 1200, 1000), (1200, 1000)),
        ((4000, 1000), (1045, 0, 1910, 1000), (1440, 754)),
        ((1000, 4000), (0, 1375, 1000, 1250), (1000, 1250)),
        ((4000, 5000), (0, 0, 4000, 5000), (1440, 1800)),
        ((100, 100), (0, 0, 100, 100), (320, 320)),
    ],
    ids=["fits", "too wide", "too tall", "too many pixels", "too few pixels"],
)
def test_as_much_stays_as_the_channel_takes(size, box, out):
    fitting = fitting_for(item(*size), FEED)
    assert (fitting.box, (fitting.width, fitting.height)) == (box, out)


@pytest.mark.parametrize(
    ("focus", "left"), [(0.0, 0), (0.3, 245), (0.5, 1045), (1.0, 2090)], ids=str
)
def test_what_matters_most_stays_in_the_picture(focus, left):
    assert fitting_for(item(4000, 1000, x=focus), FEED).box == (left, 0, 1910, 1000)


def test_the_pictures_of_a_carousel_take_the_proportions_of_the_first():
    first, second, third = fitted(
        [item(1000, 1000), item(4000, 1000, position=2), item(900, 1600, position=3)], FEED
    )
    assert first.width / first.height == second.width / second.height == third.width / third.height


def test_whole_pictures_keep_everything_between_margins():
    fitting = fitting_for(item(4000, 1000), STORY, whole=True)
    assert (fitting.box, fitting.width, fitting.height, fitting.lost) == (None, 1080, 1920, 0)


def test_a_fitted_picture_is_another_one_than_its_original_and_than_another_cut():
    original = item(4000, 1000)
    one, other = (fitted([item(4000, 1000, x=x)], FEED)[0] for x in (0.1, 0.9))
    assert len({original.identity, one.identity, other.identity}) == 3
    assert one.sha256 == original.sha256
    assert one.made_from == original.name
    assert one.name != other.name


def test_a_snapshot_gives_the_fitted_picture_back():
    rendition = Rendition("feed-post", "A loom", media=fitted([item(4000, 1000)], FEED))
    assert Rendition.from_snapshot(rendition.as_snapshot()) == rendition


def test_what_is_not_fitted_hashes_as_before():
    assert Rendition("status", "", media=(item(40, 40),)).request["media"] == [["1" * 64, "A loom"]]


SIDES = st.integers(min_value=1, max_value=9000)
SHARES = st.floats(min_value=0, max_value=1)


@given(width=SIDES, height=SIDES, x=SHARES, y=SHARES)
def test_whatever_the_picture_the_cut_lies_inside_it_and_fits(width, height, x, y):
    fitting = fitting_for(item(width, height, x, y), FEED)
    assert fitting.box is not None
    left, top, across, down = fitting.box
    assert 0 <= left <= left + across <= width
    assert 0 <= top <= top + down <= height
    assert across > 0
    assert down > 0
    assert 320 <= fitting.width <= 1440
    assert 0.8 <= fitting.width / fitting.height <= 1.91
    assert Fitting.parse(str(fitting)) == fitting


@pytest.mark.parametrize("recipe", ["", "whole", "1.2.3-4x4-5", "whole-of-1x1-9x9-9;rm", "../../x"])
def test_a_recipe_that_is_none_is_refused(recipe):
    with pytest.raises(ValueError, match="does not say how"):
        Fitting.parse(recipe)


def test_only_what_the_box_holds_is_drawn():
    picture = Image.new("RGB", (200, 100), (255, 0, 0))
    picture.paste((0, 0, 255), (100, 0, 200, 100))
    right = drawn(png(picture), Fitting((100, 0, 100, 100), (200, 100), 50, 50, MOST))
    red, _, blue = right.getpixel((2, 25))
    assert red < 30
    assert blue > 220


def test_a_large_jpeg_is_decoded_smaller_and_still_cut_at_the_right_place():
    picture = Image.new("RGB", (4000, 4000), (255, 0, 0))
    picture.paste((0, 0, 255), (2000, 0, 4000, 4000))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    half = drawn(out.getvalue(), Fitting((1000, 0, 2000, 4000), (4000, 4000), 100, 200, MOST))
    assert half.getpixel((40, 100))[0] > 220
    assert half.getpixel((60, 100))[2] > 220


def test_what_is_see_through_becomes_white():
    picture = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    assert drawn(png(picture), whole(picture)).getpixel((5, 5)) == (255, 255, 255)


def test_a_palette_with_a_see_through_colour_becomes_white_there():
    picture = Image.new("P", (10, 10), 3)
    picture.putpalette([0, 0, 0] * 256)
    data = png(picture, transparency=3)
    assert drawn(data, whole(picture)).getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_become_eight_and_not_white():
    picture = Image.new("I;16", (10, 10), 0x8000)
    (grey, *_) = drawn(png(picture), whole(picture)).getpixel((5, 5))
    assert abs(grey - 128) <= 2


def test_the_inks_of_a_press_become_the_colours_of_a_screen():
    picture = Image.new("CMYK", (10, 10), (0, 255, 255, 0))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    red, green, blue = drawn(out.getvalue(), whole(picture)).getpixel((5, 5))
    assert red > 200
    assert green < 80
    assert blue < 80


def test_colours_of_another_space_are_converted_and_the_profile_is_gone():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture = Image.new("RGB", (10, 10), (10, 200, 30))
    broken = png(picture, icc_profile=b"no profile at all")
    foreign = png(picture, icc_profile=lab)
    for data in (broken, foreign):
        made = drawn(data, whole(picture))
        assert "icc_profile" not in made.info
        assert made.getpixel((5, 5))[1] > 180


def test_a_linear_profile_makes_the_same_numbers_another_colour():
    picture = Image.new("RGB", (10, 10), (128, 128, 128))
    grey = drawn(png(picture, icc_profile=_linear()), whole(picture)).getpixel((5, 5))
    assert grey[0] > 170  # half the light is far more than half of sRGB's numbers


def _linear() -> bytes:
    """A small matrix profile with sRGB's primaries and no curve, as ICC.1 lays it out."""
    import struct

    def xyz(x: float, y: float, z: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(v * 65536) for v in (x, y, z)))

    tags = {
        b"rXYZ": xyz(0.4360, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv\0\0\0\0\0\0\0\0"),
    }
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", 0, b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += b"\0" * 12 + b"acsp" + b"\0" * 28
    head += struct.pack(">iii", 63190, 65536, 54061)
    head = head.ljust(128, b"\0")
    whole_profile = head + table + body
    return struct.pack(">I", len(whole_profile)) + whole_profile[4:]


def test_a_picture_that_is_too_heavy_loses_quality_before_it_is_refused():
    noise = Image.effect_noise((300, 300), 100).convert("RGB")
    small = Fitting((0, 0, 300, 300), (300, 300), 300, 300, 60_000)
    assert len(make_jpeg(png(noise), small)) <= 60_000
    with pytest.raises(ValueError, match="does not become smaller than 900 bytes"):
        make_jpeg(png(noise), Fitting((0, 0, 300, 300), (300, 300), 300, 300, 900))


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff\xd8\xff" + b"\0" * 90], ids=str)
def test_what_cannot_be_read_is_said_so(data):
    with pytest.raises(ValueError, match="cannot be read"):
        make_jpeg(data, Fitting((0, 0, 1, 1), (1, 1), 1, 1, MOST))


def test_nothing_of_the_cameras_notes_is_left():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (57.0, 30.0, 0.0)})
    picture = Image.new("RGB", (20, 40), (9, 9, 9))
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    made = drawn(out.getvalue(), Fitting((0, 0, 40, 20), (40, 20), 40, 20, MOST))
    assert dict(made.getexif()) == {}
