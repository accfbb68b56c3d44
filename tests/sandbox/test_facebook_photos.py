"""Photos of a Page: as bytes, by address, and several in one post."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.sandbox.conftest import PAGE, Sandbox, png


@pytest.fixture
def picture_address() -> Iterator[str]:
    """An address that serves a picture."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/a.png" else 404)
            self.end_headers()
            self.wfile.write(png(9, 9))

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    yield f"http://127.0.0.1:{server.server_port}/a.png"
    server.shutdown()
    server.server_close()


def unpublished(sandbox: Sandbox, colour: int) -> str:
    said = {"published": "false", "alt_text_custom": f"Grey {colour}"}
    files = {"source": ("a.png", png(colour=colour))}
    return sandbox.graph("POST", f"{PAGE}/photos", files=files, **said).json()["id"]


def test_one_photo_is_a_post_of_its_own_with_two_ids(sandbox: Sandbox) -> None:
    files = {"source": ("a.png", png())}
    said = sandbox.graph("POST", f"{PAGE}/photos", files=files, caption="Look").json()
    (post,) = sandbox.posts()
    assert (post["id"], post["text"]) == (said["post_id"], "Look")
    assert sandbox.graph("GET", said["id"], fields="page_story_id,alt_text").ok
    assert sandbox.graph("DELETE", said["id"]).ok
    assert sandbox.texts() == []


def test_a_photo_is_fetched_from_its_address(sandbox: Sandbox, picture_address: str) -> None:
    assert sandbox.graph("POST", f"{PAGE}/photos", url=picture_address).ok
    (media,) = sandbox.posts()[0]["media"]
    assert media["sha256"] == hashlib.sha256(png(9, 9)).hexdigest()


def test_an_address_without_a_picture_is_refused(sandbox: Sandbox, picture_address: str) -> None:
    for url in (picture_address + "x", "ftp://example.org/a.png", "file:///etc/hostname"):
        assert sandbox.graph("POST", f"{PAGE}/photos", url=url).json()["error"]["code"] == 324
    assert sandbox.graph("POST", f"{PAGE}/photos").json()["error"]["code"] == 324


def test_what_is_no_photo_is_refused(sandbox: Sandbox) -> None:
    files = {"source": ("a.png", b"not a picture")}
    error = sandbox.graph("POST", f"{PAGE}/photos", files=files).json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 1366046)


def test_unpublished_photos_are_not_live_until_a_post_attaches_them(sandbox: Sandbox) -> None:
    photos = [unpublished(sandbox, colour) for colour in (10, 20)]
    assert sandbox.posts() == []
    media = json.dumps([{"media_fbid": name} for name in photos])
    assert sandbox.graph("POST", f"{PAGE}/feed", message="Two", attached_media=media).ok
    (post,) = sandbox.posts()
    assert [item["alt"] for item in post["media"]] == ["Grey 10", "Grey 20"]


def test_photos_may_be_attached_one_parameter_each(sandbox: Sandbox) -> None:
    said = {"attached_media[0]": json.dumps({"media_fbid": unpublished(sandbox, 10)})}
    assert sandbox.graph("POST", f"{PAGE}/feed", **said).ok
    assert len(sandbox.posts()[0]["media"]) == 1


def test_a_photo_is_attached_once_only(sandbox: Sandbox) -> None:
    media = json.dumps([{"media_fbid": unpublished(sandbox, 10)}])
    assert sandbox.graph("POST", f"{PAGE}/feed", attached_media=media).ok
    again = sandbox.graph("POST", f"{PAGE}/feed", attached_media=media)
    assert again.json()["error"]["code"] == 100


def test_an_unpublished_photo_is_an_upload_to_faults(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "refuse", call="upload")
    files = {"source": ("a.png", png())}
    assert not sandbox.graph("POST", f"{PAGE}/photos", files=files, published="false").ok
    assert sandbox.graph("POST", f"{PAGE}/photos", files=files).ok


def test_a_comment_may_carry_a_picture(sandbox: Sandbox, picture_address: str) -> None:
    name = sandbox.publish("facebook", "Hello").json()["id"]
    assert sandbox.graph("POST", f"{name}/comments", attachment_url=picture_address).ok
    photo = unpublished(sandbox, 10)
    assert sandbox.graph("POST", f"{name}/comments", attachment_id=photo).ok
    assert [len(post["media"]) for post in sandbox.posts()] == [0, 1, 1]
    assert not sandbox.graph("POST", f"{name}/comments").ok
