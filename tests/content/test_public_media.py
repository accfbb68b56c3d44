"""Signed addresses: exactly one file, for some hours, to whoever holds them."""

import base64
from contextlib import closing
from datetime import timedelta

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from content.public_media import LIFE, public_address

pytestmark = pytest.mark.django_db
NAME, BYTES = "media/ab/abc.jpeg", bytes(range(256)) * 4000


@pytest.fixture(autouse=True)
def _stored(data_dir):
    default_storage.save(NAME, ContentFile(BYTES))


def address(name: str = NAME, age: timedelta = timedelta(), mime: str = "image/jpeg") -> str:
    return public_address("", name, mime, timezone.now() - age)


def body(response) -> bytes:
    with closing(response):
        return b"".join(response.streaming_content)


@pytest.fixture
def fetch(client):
    """Ask, and hang up without reading, as a server does that only wants the head."""

    def ask(path: str, **options):
        with closing(client.get(path, **options)) as answer:
            return answer

    return ask


def test_the_file_is_there_without_a_session(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(address())
        assert body(answer) == BYTES
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(BYTES))
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_it_may_be_kept_by_others_no_longer_than_it_is_valid(fetch):
    answer = fetch(address(age=LIFE - timedelta(minutes=1)))
    age = int(answer["Cache-Control"].partition("max-age=")[2].partition(",")[0])
    assert 50 <= age <= 60


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=100-", 206, 100, len(BYTES) - 1),
        ("bytes=-50", 206, len(BYTES) - 50, len(BYTES) - 1),
        (f"bytes=5-{len(BYTES) * 9}", 206, 5, len(BYTES) - 1),
        (f"bytes=-{len(BYTES) * 9}", 206, 0, len(BYTES) - 1),
        ("bytes=-", 200, 0, len(BYTES) - 1),
        ("bytes=0-1,5-6", 200, 0, len(BYTES) - 1),
        ("lines=0-1", 200, 0, len(BYTES) - 1),
        ("bytes=٣-٤", 200, 0, len(BYTES) - 1),
    ],
)
def test_a_part_may_be_asked_for(client, asked, status, first, last):
    answer = client.get(address(), headers={"Range": asked})
    assert (answer.status_code, body(answer)) == (status, BYTES[first : last + 1])
    assert answer["Content-Length"] == str(last - first + 1)
    if status == 206:
        assert answer["Content-Range"] == f"bytes {first}-{last}/{len(BYTES)}"


@pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(fetch, asked):
    answer = fetch(address(), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(BYTES)}")


def test_a_part_of_another_file_than_this_is_answered_with_the_whole(fetch):
    headers = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert fetch(address(), headers=headers).status_code == 200
    same = fetch(address())["ETag"]
    assert fetch(address(), headers={**headers, "If-Range": same}).status_code == 206


def test_after_its_hours_it_is_gone(fetch):
    answer = fetch(address(age=LIFE + timedelta(seconds=1)))
    assert answer.status_code == 410
    assert answer["Content-Type"].startswith("text/plain")


def _forged() -> list[str]:
    token = address().rpartition("/")[2]
    payload, _, signature = token.rpartition(".")
    other = base64.urlsafe_b64encode(b'["instance","text/html",9999999999]').rstrip(b"=").decode()
    return ["x", "x.y", f"{payload}.", f"{payload}.{'A' * 43}", f"{other}.{signature}", token[:-1]]


@pytest.mark.parametrize("place", range(6))
def test_what_was_not_signed_here_is_not_there(fetch, place):
    answer = fetch(f"/media/{_forged()[place]}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize("path", ["/media", "/media/", "/media/media/ab/abc.jpeg", "/media/ab"])
def test_there_is_no_folder_to_look_through(fetch, path):
    assert fetch(path).status_code == 404


@pytest.mark.parametrize("name", ["media/ab/gone.jpeg", "../db.sqlite3", "/etc/passwd", "media"])
def test_a_file_that_is_gone_or_lies_elsewhere_is_not_there_although_signed(fetch, name):
    assert fetch(address(name)).status_code == 404


def test_it_is_only_read(client):
    assert client.post(address()).status_code == 405
    assert client.delete(address()).status_code == 405


def test_an_address_signed_with_another_secret_is_not_ours(fetch, settings):
    signed = address()
    settings.SECRET_KEY = "another-secret-" + "z" * 50
    assert fetch(signed).status_code == 404


@pytest.mark.sqlite
def test_a_real_server_answers_head_and_parts_over_a_kept_connection(live_server):
    with requests.Session() as session:
        url = live_server.url + address()
        head = session.head(url)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(BYTES))
        assert session.get(url, headers={"Range": "bytes=3-5"}).content == BYTES[3:6]
        assert session.get(url).content == BYTES
