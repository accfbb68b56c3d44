"""The ledger says what is live, in the order it was accepted, and outlasts a restart."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.sandbox.conftest import BEARER, PAGE, PERSON, TOKEN, Sandbox, png, running

FIELDS = [
    "platform",
    "account",
    "id",
    "url",
    "text",
    "media",
    "parent",
    "created_at",
    "deleted_at",
]


def test_an_entry_has_exactly_these_fields(sandbox: Sandbox) -> None:
    sandbox.publish("facebook", "Hello")
    (post,) = sandbox.posts()
    assert list(post) == FIELDS
    assert (post["platform"], post["account"], post["text"]) == ("facebook", PAGE, "Hello")
    assert (post["media"], post["parent"], post["deleted_at"]) == ([], None, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", post["created_at"])


def test_a_picture_is_measured_from_the_bytes_received(sandbox: Sandbox) -> None:
    picture = png(7, 5)
    said = {"caption": "Look", "alt_text_custom": "A grey box"}
    sandbox.graph("POST", f"{PAGE}/photos", files={"source": ("a.jpg", picture)}, **said)
    (post,) = sandbox.posts()
    assert post["media"] == [
        {
            "type": "image",
            "alt": "A grey box",
            "sha256": hashlib.sha256(picture).hexdigest(),
            "width": 7,
            "height": 5,
        }
    ]


def test_entries_are_listed_oldest_first_and_filtered(sandbox: Sandbox) -> None:
    sandbox.register("facebook", "77", "t77")
    sandbox.publish("facebook", "one")
    sandbox.publish("mastodon", "two")
    sandbox.graph("POST", "77/feed", message="three", access_token="t77")
    assert sandbox.texts() == ["one", "two", "three"]
    assert sandbox.texts(platform="facebook") == ["one", "three"]
    assert sandbox.texts(account="77") == ["three"]
    assert sandbox.texts(platform="mastodon", account="77") == []


def test_instants_and_ids_are_unique_and_in_order_under_concurrency(sandbox: Sandbox) -> None:
    def post(number: int) -> None:
        sandbox.publish("facebook" if number % 2 else "mastodon", str(number))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(post, range(200)))
    posts = sandbox.posts()
    instants = [entry["created_at"] for entry in posts]
    assert len(posts) == 200
    assert instants == sorted(set(instants))
    assert len({entry["id"] for entry in posts}) == 200


def test_a_deleted_post_stays_with_the_time_it_was_deleted(sandbox: Sandbox) -> None:
    name = sandbox.publish("facebook", "short-lived").json()["id"]
    sandbox.graph("DELETE", name)
    (post,) = sandbox.posts()
    assert post["deleted_at"] > post["created_at"]


def test_clearing_the_ledger_forgets_posts_and_keeps_accounts(sandbox: Sandbox) -> None:
    sandbox.publish("facebook", "one")
    assert sandbox.control("DELETE", "ledger").json() == {"cleared": 1}
    assert sandbox.posts() == []
    assert sandbox.publish("facebook", "two").status_code == 200


def test_what_is_live_outlasts_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with running(path) as client:
        client.register("facebook", PAGE, TOKEN)
        client.register("mastodon", PERSON, BEARER, limits={"max_characters": 50})
        kept = client.publish("facebook", "kept").json()["id"]
        gone = client.publish("facebook", "gone").json()["id"]
        client.graph("POST", kept, message="edited")
        client.graph("DELETE", gone)
        first = client.toot("keyed", key="k").json()["id"]
        before = client.posts()
    with running(path) as client:
        assert [post | {"url": ""} for post in client.posts()] == [
            post | {"url": ""} for post in before
        ]
        assert client.texts(platform="facebook") == ["edited"]
        assert client.toot("keyed", key="k").json()["id"] == first
        assert client.toot("x" * 51).status_code == 422
        assert client.publish("facebook", "later").json()["id"] > kept


def test_clearing_outlasts_a_restart_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with running(path) as client:
        client.register("facebook", PAGE, TOKEN)
        client.publish("facebook", "gone")
        client.control("DELETE", "ledger")
        client.publish("facebook", "kept")
    with running(path) as client:
        assert client.texts() == ["kept"]


def test_pictures_outlast_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    picture = png()
    with running(path) as client:
        client.register("facebook", PAGE, TOKEN)
        client.graph("POST", f"{PAGE}/photos", files={"source": ("a.png", picture)})
    with running(path) as client:
        (post,) = client.posts()
        shown = client.ask("GET", f"{client.address}/_images/{post['media'][0]['sha256']}")
        assert shown.content == picture


def test_a_line_cut_short_by_a_crash_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.jsonl"
    with running(path) as client:
        client.register("facebook", PAGE, TOKEN)
        client.publish("facebook", "whole")
    with path.open("a") as out:
        out.write('{"entry": {"platform": "face')
    with running(path) as client:
        assert client.texts() == ["whole"]
    assert "line 3 is unreadable" in capsys.readouterr().err
