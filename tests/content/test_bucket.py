"""Media in a bucket: everything that works from a folder works from there, and is streamed."""

import io

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.urls import reverse

from content.library import delete
from content.public_media import public_address
from content.rendering import item_of
from content.uploads import keep_upload
from monitoring.doctor.findings import Level
from monitoring.doctor.machine import check_media
from platforms.adapters.instagram.rules import FEED_SHAPE
from platforms.errors import NotSent, Rejected
from platforms.fitting import fitted
from posting.connecting import open_media
from syndication_project.environment import Environment
from tests.content.films import film
from tests.content.pictures import picture
from tests.factories import MembershipFactory, UserFactory


@pytest.fixture
def bucket(bucket_url, monkeypatch, settings):
    monkeypatch.setenv("MEDIA_STORAGE", bucket_url)
    settings.STORAGES = {**settings.STORAGES, "default": Environment().storage()}
    storage = storages["default"]
    yield storage
    storage.bucket.objects.all().delete()
    storage.connection.meta.client.close()


@pytest.fixture
def member(db, bucket):
    return MembershipFactory()


def keep(member, data, name="loom.png"):
    return keep_upload(io.BytesIO(data), name, brand=member.brand, by=member.user)


def test_a_name_that_exists_is_replaced_and_one_that_does_not_is_told(bucket):
    default_storage.save("a/b", ContentFile(b"one"))
    assert default_storage.save("a/b", ContentFile(b"other")) == "a/b"
    with default_storage.open("a/b", "rb") as file:
        assert file.read() == b"other"
    assert default_storage.size("a/b") == 5
    default_storage.delete("a/b")
    assert not default_storage.exists("a/b")
    with pytest.raises(FileNotFoundError):
        default_storage.open("a/b", "rb")


def test_a_file_is_read_from_any_place_and_no_further_than_asked(bucket):
    data = bytes(range(256)) * 20_000
    default_storage.save("long", ContentFile(data))
    with default_storage.open("long", "rb") as file:
        file.seek(4_000_000)
        assert file.read(10) == data[4_000_000:4_000_010]
        assert file.seek(-3, 2) == len(data) - 3
        assert file.read() == data[-3:]
        assert file.read() == b""
        file.seek(0)
        assert file.size == len(data)
        assert b"".join(file.chunks()) == data


def test_pictures_and_videos_are_kept_found_fitted_and_deleted_there(member):
    asset = keep(member, picture("PNG", size=(400, 100)))
    video = keep(member, film(), "loom.mp4")
    assert keep(member, picture("PNG", size=(400, 100))).known_before
    (item,) = fitted([item_of(asset, 1, "")], FEED_SHAPE)
    with open_media(item) as file:
        assert file.read(3) == b"\xff\xd8\xff"
    with open_media(item_of(video, 1, "")) as file:
        assert len(file.read()) == video.size
    delete(asset, by=UserFactory())
    with pytest.raises(Rejected, match="no longer kept here"):
        open_media(item_of(asset, 1, ""))


def test_pages_and_platforms_are_served_from_there_in_parts(client, member):
    video = keep(member, film(pictures=bytes(500_000)), "loom.mp4")
    client.force_login(member.user)
    public = public_address("", str(video.file), video.mime, video.created_at)
    for address in (reverse("desk:picture", args=[video.sha256]), public):
        part = client.get(address, headers={"Range": "bytes=8-11"})
        assert (part.status_code, b"".join(part.streaming_content)) == (206, b"isom")
        whole = client.get(address)
        assert len(b"".join(whole.streaming_content)) == video.size


def test_a_bucket_that_is_away_says_so_and_nothing_is_sent(member, settings):
    asset = keep(member, picture("PNG"))
    options = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:9"}
    entry = {**settings.STORAGES["default"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": entry}
    with pytest.raises(OSError, match="bucket media could not be reached"):
        default_storage.exists("x")
    with pytest.raises(NotSent, match="Nothing was sent"):
        open_media(item_of(asset, 1, ""))
    with pytest.raises(ValidationError, match=r"loom\.png was not kept: The bucket"):
        keep(member, picture("PNG", colour=9))
    settings.MEDIA_STORAGE = True
    (found,) = check_media()
    assert (found.level, "Look at MEDIA_STORAGE" in found.sentence) == (Level.FAIL, True)


def test_doctor_tries_the_bucket(bucket, settings):
    settings.MEDIA_STORAGE = True
    (found,) = check_media()
    assert found.sentence == "The bucket of MEDIA_STORAGE can be written to."


def test_a_bucket_that_refuses_says_why_without_the_secret(bucket, settings):
    options = settings.STORAGES["default"]["OPTIONS"] | {"bucket_name": "nobody-made-this"}
    entry = {**settings.STORAGES["default"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": entry}
    with pytest.raises(OSError, match="nobody-made-this refused: NoSuchBucket") as refused:
        default_storage.save("x", ContentFile(b"x"))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "endpoint", "region", "key"),
    [
        ("s3:///media", None, None, None),
        ("s3:///media?region=eu-west-1", None, "eu-west-1", None),
        ("s3://a%2Fb:c@s3.example.org:900/media/", "https://s3.example.org:900", None, "a/b"),
        ("s3+http://a:b@127.0.0.1:9000/media", "http://127.0.0.1:9000", None, "a"),
    ],
)  # fmt: skip
def test_the_address_of_a_bucket_is_read(monkeypatch, bucket_url, url, endpoint, region, key):
    monkeypatch.setenv("MEDIA_STORAGE", url)
    found = Environment().storage()["OPTIONS"]
    assert (found["bucket_name"], found["endpoint_url"]) == ("media", endpoint)
    assert (found["region_name"], found["access_key"]) == (region, key)


@pytest.mark.parametrize(
    "url", ["media", "s3://", "s3://host", "s3:///a/b", "https://host/media", "s3://k:hunter2@host"]
)
def test_what_is_no_bucket_is_refused_without_repeating_it(monkeypatch, url):
    monkeypatch.setenv("MEDIA_STORAGE", url)
    with pytest.raises(ImproperlyConfigured, match="MEDIA_STORAGE cannot be read") as refused:
        Environment().storage()
    assert "hunter2" not in str(refused.value)


def test_without_its_libraries_the_start_says_what_to_install(monkeypatch):
    monkeypatch.setenv("MEDIA_STORAGE", "s3:///media")
    monkeypatch.setattr("syndication_project.environment.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements-s3\.txt"):
        Environment().storage()


def test_empty_means_a_folder_here(monkeypatch):
    monkeypatch.setenv("MEDIA_STORAGE", "")
    assert Environment().storage() == {"BACKEND": "content.storage.WholeFileStorage"}
