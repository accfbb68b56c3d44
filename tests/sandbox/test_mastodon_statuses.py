"""Statuses: publishing, reading back, editing, replying, deleting."""

import pytest

from tests.sandbox.conftest import BEARER, PERSON, Sandbox

STATUSES = f"/api/v1/accounts/{PERSON}/statuses"


def test_a_status_has_an_id_like_a_snowflake_and_an_address(sandbox: Sandbox) -> None:
    status = sandbox.toot("Hello <b>").json()
    assert status["id"].isdigit()
    assert len(status["id"]) == 18
    assert status["content"] == "<p>Hello &lt;b&gt;</p>"
    assert status["url"] == sandbox.posts()[0]["url"]
    assert status["account"]["id"] == PERSON


def test_forms_are_taken_as_well_as_json(sandbox: Sandbox) -> None:
    said = {"status": "form", "visibility": "unlisted"}
    answer = sandbox.api("POST", "/api/v1/statuses", data=said)
    assert answer.json()["visibility"] == "unlisted"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"status": ""}, "Validation failed: Text can't be blank"),
        ({"status": "x" * 501}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "x", "visibility": "loud"}, "Validation failed: Visibility"),
        ({"status": "x", "media_ids": ["5"]}, "Media 5 not found or already attached"),
        ({"status": "x", "scheduled_at": "2030-01-01"}, "This sandbox does not simulate"),
    ],
)
def test_what_is_wrong_is_said_in_mastodons_words(
    sandbox: Sandbox, said: dict[str, object], sentence: str
) -> None:
    answer = sandbox.api("POST", "/api/v1/statuses", json=said)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(sentence)
    assert sandbox.posts() == []


def test_unknown_parameters_are_ignored_as_on_a_real_server(sandbox: Sandbox) -> None:
    assert sandbox.toot("x", colour="red").ok


def test_an_accounts_statuses_are_listed_newest_first(sandbox: Sandbox) -> None:
    ids = [sandbox.toot(text).json()["id"] for text in ("one", "two", "three")]
    listed = sandbox.api("GET", STATUSES, params={"limit": 2}).json()
    assert [status["id"] for status in listed] == [ids[2], ids[1]]
    older = sandbox.api("GET", STATUSES, params={"max_id": ids[1]}).json()
    assert [status["id"] for status in older] == [ids[0]]


def test_a_reply_is_an_entry_with_a_parent(sandbox: Sandbox) -> None:
    root = sandbox.toot("root").json()["id"]
    reply = sandbox.toot("reply", in_reply_to_id=root).json()
    assert reply["in_reply_to_id"] == root
    assert sandbox.posts()[1]["parent"] == root
    alone = sandbox.api("GET", STATUSES, params={"exclude_replies": "true"}).json()
    assert [status["id"] for status in alone] == [root]
    assert sandbox.toot("x", in_reply_to_id="424242").status_code == 404


def test_an_edit_keeps_the_id_and_says_when(sandbox: Sandbox) -> None:
    name = sandbox.toot("Helo").json()["id"]
    edited = sandbox.api("PUT", f"/api/v1/statuses/{name}", json={"status": "Hello"}).json()
    assert (edited["id"], edited["content"]) == (name, "<p>Hello</p>")
    assert edited["edited_at"]
    assert sandbox.texts() == ["Hello"]


def test_a_deletion_answers_the_source_text(sandbox: Sandbox) -> None:
    name = sandbox.toot("Goodbye").json()["id"]
    assert sandbox.api("DELETE", f"/api/v1/statuses/{name}").json()["text"] == "Goodbye"
    assert sandbox.api("GET", f"/api/v1/statuses/{name}").status_code == 404
    assert sandbox.texts() == []


def test_others_may_read_what_is_public_but_change_nothing(sandbox: Sandbox) -> None:
    sandbox.register("mastodon", "5", "five")
    other = {"Authorization": "Bearer five"}
    public = sandbox.toot("public").json()["id"]
    private = sandbox.toot("private", visibility="private").json()["id"]
    url = f"{sandbox.mastodon}/api/v1/statuses/"
    assert sandbox.ask("GET", url + public).ok
    assert sandbox.ask("GET", url + private, headers=other).status_code == 404
    assert sandbox.ask("DELETE", url + public, headers=other).status_code == 404
    listed = sandbox.ask("GET", sandbox.mastodon + STATUSES, headers=other).json()
    assert [status["id"] for status in listed] == [public]


def test_credentials_name_the_account(sandbox: Sandbox) -> None:
    said = sandbox.api("GET", "/api/v1/accounts/verify_credentials").json()
    assert (said["id"], said["source"]["privacy"]) == (PERSON, "public")
    wrong = {"Authorization": f"Bearer {BEARER}x"}
    url = f"{sandbox.mastodon}/api/v1/accounts/verify_credentials"
    assert sandbox.ask("GET", url, headers=wrong).status_code == 401
