"""Taking in pictures: harmless, upright, without metadata, and each kept once."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from PIL import Image

from content.media import BYTES_MAX, asset_of, examine, keep_picture, store
from content.models import MediaAsset
from tests.content.pictures import from_a_phone, moving, picture, png_header
from tests.factories import BrandFactory, UserFactory


@pytest.fixture(autouse=True)
def _own_folder(data_dir):
    """No test sees another's pictures."""


def examined(data: bytes, name: str = "loom.jpg"):
    return examine(io.BytesIO(data), name)


def opened(taken) -> Any:
    return Image.open(io.BytesIO(taken.data))


def kept(data: bytes, **options) -> MediaAsset:
    options.setdefault("brand", None)
    options["brand"] = options["brand"] or BrandFactory()
    return keep_picture(io.BytesIO(data), "loom.jpg", by=None, **options)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7 \x00\x01",
        b"GIF89a",
        picture()[:-200],
        picture("PNG")[:40],
        b"\xff\xd8\xff" + b"\x00" * 500,
    ],
    ids=["nothing", "html", "pdf", "gif header", "cut jpeg", "cut png", "jpeg header"],
)
def test_what_is_no_whole_picture_is_refused_whatever_its_name_says(data):
    with pytest.raises(ValidationError, match=r"loom\.jpg is not a picture that can be read"):
        examined(data)


def test_svg_is_refused():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    with pytest.raises(ValidationError, match="Use a JPEG, PNG, GIF or WebP file"):
        examined(svg, "mark.png")


@pytest.mark.parametrize("form", ["TIFF", "BMP", "ICO"])
def test_a_format_no_platform_takes_is_refused(form):
    with pytest.raises(ValidationError, match="not a picture that can be read"):
        examined(picture(form))


def test_a_picture_that_claims_30000_by_30000_is_refused_before_it_is_decoded():
    with pytest.raises(ValidationError, match="30,000 × 30,000 pixels, more than 50 million"):
        examined(png_header(30_000, 30_000))


def test_a_file_of_more_than_30_megabytes_is_refused_unread():
    upload = io.BytesIO(b"\xff" * (BYTES_MAX + 10))
    with pytest.raises(ValidationError, match="larger than 30 MB"):
        examine(upload, "huge.jpg")
    assert upload.tell() == BYTES_MAX + 1


def test_the_type_is_what_the_bytes_say_and_not_the_name():
    assert examined(picture("PNG"), "loom.jpg").mime == "image/png"


def test_a_turned_photo_is_stored_upright_and_without_its_place():
    taken = examined(from_a_phone())
    assert (taken.width, taken.height) == (20, 40)
    assert not opened(taken).getexif()
    assert b"Exif" not in taken.data


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_comments_and_places_are_dropped_in_other_formats_too(form):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    taken = examined(picture(form, exif=exif))
    assert b"taken at home" not in taken.data


def test_a_jpeg_with_a_second_picture_inside_is_taken_as_its_first():
    out = io.BytesIO()
    first, second = (Image.new("RGB", (40, 20), shade) for shade in ("red", "blue"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    taken = examined(out.getvalue())
    assert (taken.mime, opened(taken).format) == ("image/jpeg", "JPEG")
    assert opened(taken).getpixel((5, 5))[0] > 200


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_in_other_colours_becomes_rgb(mode):
    taken = examined(picture(mode=mode, colour=128 if mode == "L" else (0, 0, 0, 0)))
    assert opened(taken).mode == "RGB"


def test_the_transparency_of_a_png_with_a_palette_is_kept():
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    out = io.BytesIO()
    palette.save(out, "PNG", transparency=0)
    assert opened(examined(out.getvalue())).convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_what_moves_goes_on_moving(form):
    assert opened(examined(moving(form))).n_frames == 3


def test_an_animation_that_unfolds_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("content.media.FRAME_PIXELS_MAX", 20 * 10 * 2)
    with pytest.raises(ValidationError, match="3 frames of 20 × 10 pixels"):
        examined(moving())


def test_a_name_that_cannot_be_stored_is_cleaned_and_shortened():
    assert examined(picture(), "a\x00\ud83d.jpg").name == "a.jpg"
    assert len(examined(picture(), "x" * 999).name) == 200


@pytest.mark.django_db
def test_a_kept_picture_can_be_read_back_and_is_what_its_row_says():
    asset = kept(picture(), alt="A loom")
    with asset.file.open() as file:
        data = file.read()
    assert len(data) == asset.size
    assert (asset.width, asset.height, asset.mime, asset.alt) == (40, 20, "image/jpeg", "A loom")


@pytest.mark.django_db
def test_the_same_picture_is_kept_once_for_a_brand():
    brand = BrandFactory()
    assert kept(picture(), brand=brand).pk == kept(picture(), brand=brand).pk
    assert MediaAsset.objects.count() == 1


@pytest.mark.django_db
def test_two_brands_share_the_bytes_and_not_the_row():
    first, second = kept(picture()), kept(picture())
    assert first.pk != second.pk
    assert first.file.name == second.file.name


@pytest.mark.django_db
def test_a_description_given_later_fills_an_empty_one():
    brand = BrandFactory()
    kept(picture(), brand=brand)
    kept(picture(), brand=brand, alt="A loom")
    assert MediaAsset.objects.get().alt == "A loom"


@pytest.mark.django_db
def test_another_description_counts_for_its_use_and_leaves_the_kept_one():
    brand = BrandFactory()
    kept(picture(), brand=brand, alt="A loom")
    assert kept(picture(), brand=brand, alt="Tweed on a loom").alt == "Tweed on a loom"
    assert MediaAsset.objects.get().alt == "A loom"


@pytest.mark.django_db
def test_a_description_that_cannot_be_sent_is_refused_and_no_row_is_made():
    taken = examined(picture())
    with pytest.raises(ValidationError):
        asset_of(taken, brand=BrandFactory(), by=UserFactory(), alt="a\x00")
    assert not MediaAsset.objects.exists()


def test_a_file_that_a_crash_cut_short_is_written_again():
    taken = examined(picture())
    store(taken)
    path = default_storage.path(taken.path)
    with open(path, "wb") as file:  # noqa: PTH123 (any path of the storage)
        file.write(taken.data[:10])
    store(taken)
    with default_storage.open(taken.path, "rb") as file:
        assert file.read() == taken.data


def test_many_at_once_store_the_same_picture_without_a_fault():
    taken = examined(picture())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store(taken), range(256)))
    with default_storage.open(taken.path, "rb") as file:
        assert file.read() == taken.data


def test_a_picture_in_the_inks_of_a_press_is_kept_in_the_colours_of_a_screen():
    taken = opened(examined(picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0))))
    red, green, blue = taken.getpixel((5, 5))
    assert (taken.mode, red > 200, green < 80, blue < 80) == ("RGB", True, True, True)
