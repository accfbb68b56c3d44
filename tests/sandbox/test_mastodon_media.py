"""Uploads to Mastodon, ready at once or after some looks."""

import pytest

from tests.content.films import film
from tests.content.pictures import moving
from tests.sandbox.conftest import BEARER, PERSON, Sandbox, png


def upload(sandbox: Sandbox, data: bytes = b"", **said: str) -> dict[str, object]:
    files = {"file": ("a.png", data or png())}
    answer = sandbox.api("POST", "/api/v2/media", files=files, data=said)
    return answer.json() | {"status": answer.status_code}


def test_an_upload_is_ready_at_once_and_not_live_until_attached(sandbox: Sandbox) -> None:
    media = upload(sandbox, png(4, 3), description="A grey box", focus="0.5,-0.5")
    assert (media["status"], media["description"]) == (200, "A grey box")
    assert media["meta"]["original"]["size"] == "4x3"  # type: ignore[index]
    assert media["meta"]["focus"] == {"x": 0.5, "y": -0.5}  # type: ignore[index]
    assert sandbox.posts() == []
    assert sandbox.toot("", media_ids=[media["id"]]).ok
    assert sandbox.posts()[0]["media"][0]["alt"] == "A grey box"


def test_media_are_attached_in_the_order_asked_for_by_form_too(sandbox: Sandbox) -> None:
    names = [str(upload(sandbox, description=alt)["id"]) for alt in ("a", "b")]
    said = [("status", "x"), ("media_ids[]", names[1]), ("media_ids[]", names[0])]
    assert sandbox.api("POST", "/api/v1/statuses", data=said).ok
    assert [media["alt"] for media in sandbox.posts()[0]["media"]] == ["b", "a"]


def test_processing_answers_202_then_206_then_200(sandbox: Sandbox) -> None:
    sandbox.register("mastodon", PERSON, BEARER, limits={"media_processing": 2})
    media = upload(sandbox)
    assert (media["status"], media["url"]) == (202, None)
    early = sandbox.toot("x", media_ids=[media["id"]])
    assert early.status_code == 422
    assert "not finished processing" in early.json()["error"]
    path = f"/api/v1/media/{media['id']}"
    assert [sandbox.api("GET", path).status_code for _ in range(3)] == [206, 206, 200]
    assert sandbox.toot("x", media_ids=[media["id"]]).ok


def test_four_is_the_most_and_each_is_attached_once(sandbox: Sandbox) -> None:
    names = [upload(sandbox)["id"] for _ in range(5)]
    assert sandbox.toot("x", media_ids=names).status_code == 422
    assert sandbox.toot("x", media_ids=names[:4]).ok
    assert sandbox.toot("x", media_ids=names[:1]).status_code == 422


@pytest.mark.parametrize("data", [b"not a picture", b"BM" + b"\0" * 40])
def test_what_a_server_does_not_take_is_refused(sandbox: Sandbox, data: bytes) -> None:
    media = upload(sandbox, data)
    assert media["status"] == 422
    assert str(media["error"]).startswith("Validation failed: File content type is invalid")


def test_an_upload_without_a_file_or_with_a_long_description_is_refused(sandbox: Sandbox) -> None:
    assert sandbox.api("POST", "/api/v2/media", data={"description": "x"}).status_code == 422
    assert upload(sandbox, description="x" * 1501)["status"] == 422


def test_an_edit_may_take_media_away_and_keep_others(sandbox: Sandbox) -> None:
    names = [upload(sandbox, description=alt)["id"] for alt in ("a", "b")]
    status = sandbox.toot("x", media_ids=names).json()
    said = {"status": "y", "media_ids": [names[1]]}
    assert sandbox.api("PUT", f"/api/v1/statuses/{status['id']}", json=said).ok
    assert [media["alt"] for media in sandbox.posts()[0]["media"]] == ["b"]
    assert sandbox.api("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "z"}).ok
    assert sandbox.posts()[0]["media"] == [], "what an edit leaves out is taken away"


@pytest.mark.parametrize("data", [film(), moving()])
def test_what_moves_is_prepared_after_the_answer(sandbox: Sandbox, data: bytes) -> None:
    media = upload(sandbox, data)
    assert (media["status"], media["url"]) == (202, None)
    assert media["type"] == ("video" if data == film() else "gifv")
    assert sandbox.api("GET", f"/api/v1/media/{media['id']}").status_code == 200
    assert sandbox.toot("x", media_ids=[media["id"]]).ok


def test_what_is_no_film_fails_while_it_is_prepared(sandbox: Sandbox) -> None:
    media = upload(sandbox, b"\0\0\0\x18ftypisom" + b"noise" * 90)
    assert media["status"] == 202
    look = sandbox.api("GET", f"/api/v1/media/{media['id']}")
    assert (look.status_code, look.json()["error"][:16]) == (422, "Error processing")
    assert sandbox.toot("x", media_ids=[media["id"]]).status_code == 422


@pytest.mark.parametrize(
    ("data", "own", "words"),
    [
        (png(4, 3), {"image_matrix_limit": 11}, "4x3 images are not supported"),
        (png(4, 3), {"image_size_limit": 20}, "file size must be less than"),
        (film(), {"video_matrix_limit": 1000}, "1080x1920 videos are not supported"),
        (moving(), {"video_matrix_limit": 100}, "20x10 videos are not supported"),
        (film(), {"video_size_limit": 100}, "file size must be less than"),
        (png(), {"supported_mime_types": ["image/jpeg"]}, "content type is invalid"),
    ],
)
def test_a_server_s_own_numbers_are_told_and_hold(
    sandbox: Sandbox, data: bytes, own: dict[str, object], words: str
) -> None:
    limits = {"configuration": {"media_attachments": own}}
    sandbox.register("mastodon", PERSON, BEARER, limits=limits)
    told = sandbox.api("GET", "/api/v2/instance").json()["configuration"]["media_attachments"]
    assert own.items() <= told.items()
    media = upload(sandbox, data)
    assert media["status"] == 422
    assert words in str(media["error"])


def test_a_video_stands_alone_and_a_gif_does_not(sandbox: Sandbox) -> None:
    still, gif, video = (upload(sandbox, data)["id"] for data in (png(), moving(), film()))
    assert sandbox.toot("x", media_ids=[still, video]).status_code == 422
    assert sandbox.toot("x", media_ids=[still, gif]).ok
