"""Polls at Mastodon: its rules, and that an edit without one takes it away."""

from typing import Any

import pytest

from tests.sandbox.conftest import BEARER, PERSON, Sandbox, png

POLL: dict[str, Any] = {"options": ["Tea", "Coffee"], "expires_in": 3600}


def test_a_poll_is_shown_with_its_end(sandbox: Sandbox) -> None:
    shown = sandbox.toot("Which?", poll=POLL).json()["poll"]
    assert [one["title"] for one in shown["options"]] == ["Tea", "Coffee"]
    assert (shown["multiple"], shown["expired"]) == (False, False)
    hidden = sandbox.toot("Which?", poll=POLL | {"hide_totals": True}).json()["poll"]
    assert [one["votes_count"] for one in hidden["options"]] == [None, None]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"options": ["Tea"]}, "more than one item"),
        ({"options": ["Tea", " "]}, "more than one item"),
        ({"options": list("abcde")}, "can't contain more than 4 items"),
        ({"options": ["Tea", "x" * 51]}, "longer than 50 characters"),
        ({"options": ["Tea", "Tea"]}, "duplicate items"),
        ({"expires_in": 299}, "too soon"),
        ({"expires_in": None}, "too soon"),
        ({"expires_in": 10**9}, "too far into the future"),
    ],
)
def test_what_a_server_does_not_take_is_refused(
    sandbox: Sandbox, wrong: dict[str, Any], words: str
) -> None:
    answer = sandbox.toot("Which?", poll=POLL | wrong)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert sandbox.posts() == []


def test_a_server_may_have_rules_of_its_own(sandbox: Sandbox) -> None:
    limits = {"configuration": {"polls": {"max_options": 5}}}
    sandbox.register("mastodon", PERSON, BEARER, limits=limits)
    assert sandbox.toot("Which?", poll=POLL | {"options": list("abcde")}).ok


def test_a_poll_stands_beside_no_picture(sandbox: Sandbox) -> None:
    media = sandbox.api("POST", "/api/v2/media", files={"file": ("a.png", png())}).json()
    answer = sandbox.toot("Which?", poll=POLL, media_ids=[media["id"]])
    assert answer.status_code == 422


def test_what_an_edit_leaves_out_is_taken_away(sandbox: Sandbox) -> None:
    path = f"/api/v1/statuses/{sandbox.toot('Which?', poll=POLL).json()['id']}"
    kept = sandbox.api("PUT", path, json={"status": "Which one?", "poll": POLL}).json()
    assert [one["title"] for one in kept["poll"]["options"]] == ["Tea", "Coffee"]
    assert sandbox.api("PUT", path, json={"status": "None"}).json()["poll"] is None


def test_the_wall_shows_what_is_asked(sandbox: Sandbox) -> None:
    sandbox.toot("Which?", poll=POLL | {"options": ["<b>Tea</b>", "Coffee"]})
    page = sandbox.ask("GET", f"{sandbox.address}/").text
    assert "<li>&lt;b&gt;Tea&lt;/b&gt;</li><li>Coffee</li>" in page
