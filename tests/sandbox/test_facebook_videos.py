"""Videos, reels and stories: what Graph is strict about, the sandbox is strict about."""

import io

import pytest
import requests

from sandbox import films
from tests.content.films import TURNED, box, film
from tests.sandbox.conftest import PAGE, TOKEN, Sandbox, png

FILM = film(12.5)


def error_of(answer: requests.Response) -> tuple[int, int | None]:
    assert answer.status_code == 400, answer.text
    said = answer.json()["error"]
    return said["code"], said.get("error_subcode")


@pytest.fixture
def parted(sandbox: Sandbox) -> Sandbox:
    sandbox.register("facebook", PAGE, TOKEN, limits={"video_part": 600})
    return sandbox


def start(sandbox: Sandbox, data: bytes = FILM) -> dict[str, str]:
    said = {"upload_phase": "start", "file_size": len(data)}
    return sandbox.graph("POST", f"{PAGE}/videos", **said).json()


def part(sandbox: Sandbox, begun: dict[str, str], first: int, data: bytes) -> requests.Response:
    return sandbox.graph(
        "POST",
        f"{PAGE}/videos",
        upload_phase="transfer",
        upload_session_id=begun["upload_session_id"],
        start_offset=first,
        files={"video_file_chunk": ("f", data, "application/octet-stream")},
    )


def session(sandbox: Sandbox, edge: str = "video_reels") -> dict[str, str]:
    return sandbox.graph("POST", f"{PAGE}/{edge}", upload_phase="start").json()


def send(begun: dict[str, str], data: bytes = FILM, token: str = TOKEN, **headers: str):
    known = {"Authorization": f"OAuth {token}", "offset": "0", "file_size": str(len(data))}
    return requests.post(begun["upload_url"], data=data, headers=known | headers, timeout=10)


def finish(sandbox: Sandbox, begun: dict[str, str], edge: str = "video_reels", **more: str):
    said = {"upload_phase": "finish", "video_id": begun["video_id"], "video_state": "PUBLISHED"}
    return sandbox.graph("POST", f"{PAGE}/{edge}", **said | more)


def test_each_part_begins_and_ends_where_it_was_asked_for(parted):
    begun = start(parted)
    assert (begun["start_offset"], begun["end_offset"]) == ("0", "600")
    for first, data in ((100, FILM[100:700]), (0, FILM[:599]), (0, FILM[:601])):
        answer = part(parted, begun, first, data)
        assert error_of(answer) == (6001, 1363037)
        wanted = answer.json()["error"]["error_data"]
        assert wanted == {"start_offset": "0", "end_offset": "600"}
    assert part(parted, begun, 0, FILM[:600]).json()["start_offset"] == "600"


def test_a_video_is_published_when_all_of_it_is_there_and_once(parted):
    begun = start(parted)
    done = {"upload_phase": "finish", "upload_session_id": begun["upload_session_id"]}
    assert error_of(parted.graph("POST", f"{PAGE}/videos", **done))[0] == 6001
    for first in range(0, len(FILM), 600):
        part(parted, begun, first, FILM[first : first + 600])
    assert parted.graph("POST", f"{PAGE}/videos", **done).json() == {"success": True}
    assert error_of(parted.graph("POST", f"{PAGE}/videos", **done))[0] == 100
    (live,) = parted.posts()
    assert live["id"] == begun["video_id"]
    assert (live["media"][0]["width"], live["media"][0]["height"]) == (1080, 1920)
    shown = parted.graph("GET", live["id"], fields="published,status,permalink_url").json()
    assert shown["published"] is True
    assert shown["permalink_url"] == live["url"]


def test_a_video_stands_in_the_feed_and_a_reel_and_a_story_do_not(parted):
    begun = start(parted)
    for first in range(0, len(FILM), 600):
        part(parted, begun, first, FILM[first : first + 600])
    done = {"upload_phase": "finish", "upload_session_id": begun["upload_session_id"]}
    parted.graph("POST", f"{PAGE}/videos", description="In the feed", **done)
    for edge in ("video_reels", "video_stories"):
        other = session(parted, edge)
        assert send(other).json() == {"success": True}
        finish(parted, other, edge, description="Elsewhere")
    feed = parted.graph("GET", f"{PAGE}/published_posts").json()["data"]
    assert [post["message"] for post in feed] == ["In the feed"]
    (reel,) = parted.graph("GET", f"{PAGE}/video_reels").json()["data"]
    assert reel["description"] == "Elsewhere"
    (story,) = parted.graph("GET", f"{PAGE}/stories").json()["data"]
    assert (story["media_type"], story["media_id"]) == ("video", other["video_id"])


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"offset": "5"}, "OffsetInvalidError"),
        ({"file_size": "99999"}, "PartialRequestError"),
        ({"offset": "x"}, "ParameterValidationError"),
    ],
)
def test_the_upload_host_takes_the_rest_of_the_file_and_nothing_else(sandbox, headers, kind):
    answer = send(session(sandbox), **headers)
    assert answer.status_code == 400
    assert answer.json()["debug_info"]["type"] == kind


def test_the_upload_host_wants_the_pages_token_and_a_film(sandbox):
    begun = session(sandbox)
    assert send(begun, token="another").status_code == 401
    answer = send(begun, bytes(500))
    assert answer.json()["debug_info"]["type"] == "ProcessingFailedError"


@pytest.mark.parametrize(
    ("edge", "data", "subcode"),
    [
        ("video_reels", film(12, (1920, 1080)), 1363040),
        ("video_reels", film(12, (270, 480)), 1363127),
        ("video_reels", film(91), 1363128),
        ("video_reels", film(2), 1363128),
        ("video_stories", film(61), 1363128),
    ],
)
def test_reels_and_stories_have_rules(sandbox, edge, data, subcode):
    begun = session(sandbox, edge)
    send(begun, data)
    assert error_of(finish(sandbox, begun, edge)) == (100, subcode)
    assert sandbox.posts() == []


def test_nothing_is_published_before_its_file_is_there(sandbox):
    assert error_of(finish(sandbox, session(sandbox))) == (100, 1363130)


def test_preparing_takes_as_many_looks_as_it_is_told(sandbox):
    sandbox.register("facebook", PAGE, TOKEN, limits={"video_processing": 1})
    begun = session(sandbox)

    def status() -> str:
        answer = sandbox.graph("GET", begun["video_id"], fields="status").json()
        return answer["status"]["video_status"]

    assert status() == "uploading"
    send(begun)
    assert [status(), status(), status()] == ["processing", "ready", "ready"]


def test_a_photo_is_used_in_one_story_or_post(sandbox):
    files = {"source": ("p.png", png(), "image/png")}
    photo = sandbox.graph("POST", f"{PAGE}/photos", published="false", files=files).json()["id"]
    story = sandbox.graph("POST", f"{PAGE}/photo_stories", photo_id=photo).json()
    assert story["success"] is True
    again = sandbox.graph("POST", f"{PAGE}/photo_stories", photo_id=photo)
    assert error_of(again)[0] == 100
    assert error_of(sandbox.graph("POST", story["post_id"], message="x"))[0] == 100
    assert error_of(sandbox.graph("POST", f"{story['post_id']}/comments", message="x"))[0] == 100


@pytest.mark.parametrize("edge", ["videos", "video_reels", "video_stories"])
def test_a_phase_that_is_none_and_a_name_nobody_knows_are_refused(sandbox, edge):
    assert error_of(sandbox.graph("POST", f"{PAGE}/{edge}", upload_phase="begin"))[0] == 100
    said = {"upload_phase": "start", "file_size": 9, "colour": "red"}
    assert error_of(sandbox.graph("POST", f"{PAGE}/{edge}", **said))[0] == 100


def test_figures_are_what_the_account_says_and_one_wrong_name_fails_all(sandbox):
    sandbox.register("facebook", PAGE, TOKEN, limits={"insights": {"page_media_view": 7}})
    asked = sandbox.graph("GET", f"{PAGE}/insights", metric="page_media_view,page_follows").json()
    assert [row["values"][0]["value"] for row in asked["data"]] == [7, 0]
    for names in ("page_media_view,page_impressions", ""):
        assert error_of(sandbox.graph("GET", f"{PAGE}/insights", metric=names))[0] == 100


def test_a_refusal_can_be_any_error_of_graph(sandbox):
    sandbox.arm("facebook", "refuse", error={"code": 506, "subcode": 7, "status": 403})
    answer = sandbox.graph("POST", f"{PAGE}/feed", message="Hello")
    assert (answer.status_code, answer.json()["error"]["error_subcode"]) == (403, 7)
    wrong = {"platform": "facebook", "fault": "slow", "error": {"code": 1}}
    assert sandbox.control("POST", "faults", json=wrong).status_code == 400


def test_the_answer_names_the_version_that_was_asked_for(sandbox):
    old = sandbox.facebook.replace("v26.0", "v24.0")
    answer = sandbox.ask("GET", f"{old}/{PAGE}", params={"access_token": TOKEN})
    assert answer.headers["facebook-api-version"] == "v24.0"


def test_the_wall_shows_what_kind_it_is_and_plays_it(sandbox):
    begun = session(sandbox)
    send(begun)
    finish(sandbox, begun, description="Upright")
    wall = sandbox.ask("GET", f"{sandbox.address}/").text
    assert '<p class="kind">Reel</p>' in wall
    (live,) = sandbox.posts()
    digest = live["media"][0]["sha256"]
    assert f'<video src="/_images/{digest}"' in wall
    assert sandbox.ask("GET", f"{sandbox.address}/_images/{digest}").content == FILM


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (film(3, (1920, 1080), matrix=TURNED), (1080, 1920, 3.0)),
        (film(0), None),
        (film()[:-9], None),
        (box(b"moov") + film(), None),
        (b"", None),
        (bytes(64), None),
    ],
)
def test_a_film_is_measured_from_its_bytes(data, expected):
    found = films.measure(io.BytesIO(data))
    assert (found and (found.width, found.height, found.seconds)) == expected
