"""Taking in videos: what they are, what is emptied, what is refused, and how they are kept."""

import io
import struct

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from content import videos
from content.models import MediaAsset
from content.rendering import item_of
from content.uploads import keep_upload
from tests.content.films import PLACE, TURNED, box, film, track
from tests.content.pictures import picture
from tests.factories import BrandFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _storage(data_dir):
    """Files of these tests go to a folder of their own."""


def keep(data: bytes, name: str = "boats.mp4", **more) -> MediaAsset:
    return keep_upload(io.BytesIO(data), name, brand=BrandFactory(), by=None, **more)


def stored(asset: MediaAsset) -> bytes:
    with default_storage.open(str(asset.file)) as file:
        return file.read()


def test_a_film_is_known_by_its_bytes_and_measured():
    asset = keep(film(12.5, (1080, 1920)), "boats.jpg", alt="Boats")
    assert (asset.mime, asset.width, asset.height) == ("video/mp4", 1080, 1920)
    assert (asset.duration, asset.alt, asset.size) == (12.5, "Boats", len(stored(asset)))
    item = item_of(asset, 2, "Boats")
    assert (item.type, item.duration, item.noun) == ("video", 12.5, "Video 2")


def test_a_film_turned_by_a_phone_is_measured_as_it_is_shown():
    asset = keep(film(3, (1920, 1080), matrix=TURNED))
    assert (asset.width, asset.height) == (1080, 1920)


def test_a_film_of_an_iphone_is_quicktime():
    asset = keep(film(brand=b"qt  "))
    assert asset.mime == "video/quicktime"
    assert asset.file.name.endswith(".mov")


def test_where_it_was_taken_is_emptied_and_nothing_else_moves():
    told = film(notes=True)
    asset = keep(told)
    kept = stored(asset)
    assert PLACE in told
    assert PLACE not in kept
    assert len(kept) == len(told)
    assert kept.count(b"free") == 3
    assert kept[kept.index(b"mdat") :] == told[told.index(b"mdat") :]


def test_the_same_film_is_kept_once_for_a_brand():
    brand = BrandFactory()
    first, second = (keep_upload(io.BytesIO(film()), "a.mp4", brand=brand, by=None) for _ in "ab")
    assert first.pk == second.pk


def test_a_picture_that_begins_like_a_film_is_none():
    with pytest.raises(ValidationError, match="not a picture that can be read"):
        keep(box(b"ftyp", b"heic", bytes(4)) + bytes(100), "photo.heic")


def test_a_picture_is_still_a_picture():
    assert keep(picture(), "a.mp4").mime == "image/jpeg"


WRONG = {
    "no index": (box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(50)), "not recorded to"),
    "cut short": (film()[:-50], "is cut short or damaged"),
    "only sound": (
        box(b"ftyp", b"M4A ", bytes(4))
        + box(b"moov", box(b"mvhd", bytes(100)), track(b"soun", 0, 0)),
        "shows no moving picture",
    ),
    "endless": (film(0), "does not say how long"),
    "a box of no length": (
        film() + struct.pack(">I4s", 7, b"free"),
        "is cut short or damaged",
    ),
    "many boxes": (film() + box(b"free") * 10_001, "more parts than any film"),
    "many tracks": (
        box(b"ftyp", b"isom", bytes(4)) + box(b"moov", *[box(b"trak")] * 101),
        "more parts than any film",
    ),
    "a header that ends early": (
        box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"mvhd", b"")),
        "damaged|no moving picture",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_refused_in_words_and_not_kept(case):
    data, words = WRONG[case]
    with pytest.raises(ValidationError, match=words) as refusal:
        keep(data)
    assert "It was not kept. Export it anew as MP4" in refusal.value.messages[0]
    assert not MediaAsset.objects.exists()


def test_a_film_that_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setattr(videos, "BYTES_MAX", 500)
    with pytest.raises(ValidationError, match="larger than 1 GB"):
        keep(film())
    assert not MediaAsset.objects.exists()
