"""Posts of a Page: publishing, reading back, editing, commenting, deleting."""

import json
import time

import pytest
import requests

from tests.sandbox.conftest import PAGE, TOKEN, Sandbox


def code(answer: requests.Response) -> int:
    """The code in Graph's error envelope."""
    return answer.json()["error"]["code"]


def test_a_post_has_an_id_of_page_and_digits(sandbox: Sandbox) -> None:
    answer = sandbox.graph("POST", f"{PAGE}/feed", message="Hello")
    page, _, digits = answer.json()["id"].partition("_")
    assert (page, len(digits), digits.isdigit()) == (PAGE, 18, True)


def test_json_bodies_and_header_tokens_are_taken_too(sandbox: Sandbox) -> None:
    url = f"{sandbox.facebook}/{PAGE}/feed"
    for scheme in ("Bearer", "OAuth"):
        headers = {"Authorization": f"{scheme} {TOKEN}"}
        assert sandbox.ask("POST", url, json={"message": scheme}, headers=headers).ok
    assert sandbox.texts() == ["Bearer", "OAuth"]


def test_a_link_alone_is_enough_but_nothing_is_not(sandbox: Sandbox) -> None:
    assert sandbox.graph("POST", f"{PAGE}/feed", link="https://example.org/").ok
    assert code(sandbox.graph("POST", f"{PAGE}/feed")) == 100
    assert code(sandbox.graph("POST", f"{PAGE}/feed", message="x", link="example")) == 100


@pytest.mark.parametrize("edge", ["feed", "photos"])
def test_an_unknown_parameter_is_refused(sandbox: Sandbox, edge: str) -> None:
    answer = sandbox.graph("POST", f"{PAGE}/{edge}", message="x", idempotency_key="1")
    assert code(answer) == 100
    assert "idempotency_key" in answer.json()["error"]["message"]
    assert sandbox.posts() == []


def test_a_text_may_have_63206_characters_and_no_more(sandbox: Sandbox) -> None:
    assert sandbox.graph("POST", f"{PAGE}/feed", message="x" * 63_206).ok
    assert code(sandbox.graph("POST", f"{PAGE}/feed", message="x" * 63_207)) == 100


def test_later_publishing_is_refused_aloud(sandbox: Sandbox) -> None:
    assert code(sandbox.graph("POST", f"{PAGE}/feed", message="x", published="false")) == 100
    answer = sandbox.graph("POST", f"{PAGE}/feed", message="x", scheduled_publish_time=9)
    assert code(answer) == 100


def test_published_posts_are_read_newest_first(sandbox: Sandbox) -> None:
    names = [sandbox.publish("facebook", text).json()["id"] for text in ("one", "two", "three")]
    fields = "id,message,created_time,permalink_url,application"
    answer = sandbox.graph("GET", f"{PAGE}/published_posts", fields=fields, limit=2).json()
    assert [post["id"] for post in answer["data"]] == names[:0:-1]
    assert answer["data"][0]["message"] == "three"
    assert answer["data"][0]["created_time"].endswith("+0000")
    after = answer["paging"]["cursors"]["after"]
    rest = sandbox.graph("GET", f"{PAGE}/published_posts", after=after).json()["data"]
    assert [post["message"] for post in rest] == ["one"]


def test_posts_are_read_from_a_window_of_time(sandbox: Sandbox) -> None:
    sandbox.publish("facebook", "now")
    path, now = f"{PAGE}/published_posts", int(time.time())
    for said, found in (
        ({"since": now - 60, "until": now + 60}, 1),
        ({"since": now + 60}, 0),
        ({"until": now - 60}, 0),
    ):
        assert len(sandbox.graph("GET", path, **said).json()["data"]) == found
    assert code(sandbox.graph("GET", path, since="yesterday")) == 100
    assert code(sandbox.graph("GET", path, limit=101)) == 100


def test_an_unknown_field_is_refused(sandbox: Sandbox) -> None:
    sandbox.publish("facebook", "x")
    answer = sandbox.graph("GET", f"{PAGE}/published_posts", fields="id,colour")
    assert "nonexisting field (colour)" in answer.json()["error"]["message"]


def test_one_post_is_read_with_the_fields_asked_for(sandbox: Sandbox) -> None:
    name = sandbox.publish("facebook", "Hello").json()["id"]
    sandbox.graph("POST", f"{name}/comments", message="First")
    fields = "message,permalink_url,shares,comments.summary(true).limit(0)"
    post = sandbox.graph("GET", name, fields=fields).json()
    assert post["message"] == "Hello"
    assert post["comments"]["summary"]["total_count"] == 1
    assert "shares" not in post
    assert sandbox.posts()[0]["url"] == post["permalink_url"]


def test_an_edit_changes_the_text_and_not_the_id(sandbox: Sandbox) -> None:
    name = sandbox.publish("facebook", "Helo").json()["id"]
    assert sandbox.graph("POST", name, message="Hello").json() == {"success": True}
    (post,) = sandbox.posts()
    assert (post["id"], post["text"]) == (name, "Hello")
    assert code(sandbox.graph("POST", name, is_hidden="true")) == 100


def test_a_comment_is_an_entry_with_a_parent(sandbox: Sandbox) -> None:
    name = sandbox.publish("facebook", "Hello").json()["id"]
    comment = sandbox.graph("POST", f"{name}/comments", message="First").json()["id"]
    entry = sandbox.posts()[1]
    assert (entry["id"], entry["parent"], entry["text"]) == (comment, name, "First")
    listed = sandbox.graph("GET", f"{name}/comments").json()["data"]
    assert [found["message"] for found in listed] == ["First"]
    posts = sandbox.graph("GET", f"{PAGE}/published_posts").json()["data"]
    assert [post["id"] for post in posts] == [name]


def test_deleting_a_post_takes_its_comments_along(sandbox: Sandbox) -> None:
    name = sandbox.publish("facebook", "Hello").json()["id"]
    sandbox.graph("POST", f"{name}/comments", message="First")
    assert sandbox.graph("DELETE", name).json() == {"success": True}
    assert sandbox.texts() == []
    assert sandbox.graph("GET", name).json()["error"]["error_subcode"] == 33
    assert code(sandbox.graph("DELETE", name)) == 100


def test_another_pages_token_may_neither_post_nor_delete(sandbox: Sandbox) -> None:
    sandbox.register("facebook", "77", "t77")
    name = sandbox.publish("facebook", "mine").json()["id"]
    assert code(sandbox.graph("POST", f"{PAGE}/feed", message="x", access_token="t77")) == 200
    assert code(sandbox.graph("DELETE", name, access_token="t77")) == 100
    assert sandbox.texts() == ["mine"]


def test_what_does_not_exist_is_code_100_subcode_33(sandbox: Sandbox) -> None:
    for path in ("424242", "424242/published_posts", f"{PAGE}_1", f"{PAGE}/nonsense"):
        error = sandbox.graph("GET", path).json()["error"]
        assert (error["code"], error["error_subcode"]) == (100, 33)


@pytest.mark.parametrize(
    ("version", "expected"), [("v23.0", 2635), ("v2.12", 2635), ("v99.0", 2500), ("", 2500)]
)
def test_only_supported_versions_are_served(sandbox: Sandbox, version: str, expected: int) -> None:
    url = "/".join(part for part in (sandbox.address, "facebook", version, PAGE, "feed") if part)
    answer = sandbox.ask("POST", url, data={"message": "x", "access_token": TOKEN})
    assert code(answer) == expected
    for supported in ("v24.0", "v25.0", "v26.0"):
        url = f"{sandbox.address}/facebook/{supported}/{PAGE}"
        assert sandbox.ask("GET", url, params={"access_token": TOKEN}).ok


def test_usage_headers_are_on_every_answer(sandbox: Sandbox) -> None:
    sandbox.register("facebook", "77", "t77", limits={"usage": 81})
    for path in ("77", "77/nonsense"):
        answer = sandbox.graph("GET", path, access_token="t77")
        assert json.loads(answer.headers["X-App-Usage"])["call_count"] in (81, 0)
    answer = sandbox.graph("GET", "77", access_token="t77")
    business = json.loads(answer.headers["X-Business-Use-Case-Usage"])["77"][0]
    assert (business["type"], business["call_count"]) == ("pages", 81)
