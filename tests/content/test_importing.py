"""Taking in what is at a web address: by the guard only, hop by hop, within limits."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from content import importing
from content.importing import import_media
from content.models import MediaAsset
from platforms import downloading
from tests.content.films import film
from tests.content.pictures import picture
from tests.factories import MembershipFactory
from tests.platforms.conftest import server  # noqa: F401 (fixture)
from tests.platforms.replies import Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(data_dir, settings):
    settings.FETCH_ALLOW = ["127.0.0.1"]
    return MembershipFactory()


@pytest.fixture
def take(member):
    return lambda address: import_media(address, brand=member.brand, by=member.user)


def refused(take, address):
    with pytest.raises(ValidationError) as error:
        take(address)
    (sentence,) = error.value.messages
    assert not MediaAsset.objects.exists()
    return sentence


def test_a_picture_is_taken_in_whatever_its_server_calls_it(take, server):  # noqa: F811
    lie = {"Content-Type": "text/html"}
    server.on("GET", "/a%20loom.jpg", Reply(200, picture("PNG"), lie))
    asset = take(f" {server.url}/a%20loom.jpg ")
    assert (asset.mime, asset.original_name) == ("image/png", "a loom.jpg")


def test_a_video_is_taken_in(take, server):  # noqa: F811
    server.on("GET", "/film", Reply(200, film(4.0)))
    assert take(f"{server.url}/film").duration == 4.0


def test_redirects_are_followed_a_few_times(take, server):  # noqa: F811
    server.on("GET", "/loom", Reply(302, "", {"Location": "/other.png"}))
    server.on("GET", "/other.png", Reply(200, picture("PNG")))
    assert take(f"{server.url}/loom").original_name == "other.png"


def test_redirects_without_end_are_refused(take, server):  # noqa: F811
    server.on("GET", "/loom", Reply(302, "", {"Location": "/loom"}))
    assert "on and on" in refused(take, f"{server.url}/loom")
    assert len(server.received) == downloading.REDIRECTS + 1


def test_no_private_address_is_dialled_not_even_by_a_redirect(take, server, settings):  # noqa: F811
    server.on("GET", "/loom", Reply(302, "", {"Location": "http://127.0.0.2:9/secret"}))
    assert "not a public address" in refused(take, f"{server.url}/loom")
    settings.FETCH_ALLOW = []
    assert "FETCH_ALLOW" in refused(take, f"{server.url}/loom")
    assert len(server.received) == 1


@pytest.mark.parametrize("leads_to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//["])
def test_a_redirect_to_no_web_address_is_refused(take, server, leads_to):  # noqa: F811
    server.on("GET", "/loom", Reply(302, "", {"Location": leads_to}))
    assert "no web address" in refused(take, f"{server.url}/loom")


@pytest.mark.parametrize(
    "address",
    ["", "loom.png", "file:///etc/passwd", "http://", "https://x\ny/", "http://h/" + "x" * 5000,
     "http://[::1"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(take, address):
    assert "no web address" in refused(take, address)


def test_what_is_no_picture_is_refused_by_its_bytes(take, server):  # noqa: F811
    server.on("GET", "/loom.png", Reply(200, "<!doctype html>", {"Content-Type": "image/png"}))
    assert "loom.png is not a picture" in refused(take, f"{server.url}/loom.png")


def test_an_answer_that_is_too_large_is_cut_off(take, server, monkeypatch):  # noqa: F811
    monkeypatch.setattr(importing, "BYTES_MAX", 2_000_000)
    server.on("GET", "/loom.png", Reply(200, bytes(2_000_001)))
    assert "larger than 2 MB" in refused(take, f"{server.url}/loom.png")


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "there is nothing"), (403, "does not give it"), (500, "an error (500)"), (206, "206")],
)
def test_an_address_without_a_file_says_so(take, server, status, words):  # noqa: F811
    server.on("GET", "/loom.png", Reply(status, picture("PNG")))
    assert words in refused(take, f"{server.url}/loom.png")


def test_a_server_that_says_nothing_is_given_up(take, server, settings):  # noqa: F811
    settings.READ_TIMEOUT = 0.3
    server.on("GET", "/loom.png", Reply(200, "", {}, "hang"))
    assert "did not send all of it in time" in refused(take, f"{server.url}/loom.png")


def test_a_connection_that_breaks_is_told(take, server):  # noqa: F811
    server.on("GET", "/loom.png", Reply(200, "", {}, "reset"))
    assert "did not send all of it" in refused(take, f"{server.url}/loom.png")


def test_the_page_keeps_what_was_typed_beside_the_reason(client, member, server):  # noqa: F811
    client.force_login(member.user)
    server.on("GET", "/loom.png", Reply(404, ""))
    address = f"{server.url}/loom.png"
    answer = client.post(
        reverse("desk:media_import"), {"brand": member.brand.pk, "address": address}
    )
    words = answer.content.decode()
    assert answer.status_code == 422
    assert address in words
    assert "says that there is nothing" in words
    server.on("GET", "/loom.png", Reply(200, picture("PNG")))
    again = client.post(
        reverse("desk:media_import"), {"brand": member.brand.pk, "address": address}
    )
    assert again.url == reverse("desk:media_asset", args=[MediaAsset.objects.get().pk])


def test_a_file_that_is_uploaded_and_imported_is_kept_once(take, member, server):  # noqa: F811
    from content.uploads import keep_upload

    data = picture("PNG")
    kept = keep_upload(io.BytesIO(data), "loom.png", brand=member.brand, by=None)
    server.on("GET", "/other.png", Reply(200, data))
    assert take(f"{server.url}/other.png").pk == kept.pk
