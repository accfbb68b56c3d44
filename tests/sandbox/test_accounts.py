"""Accounts are registered through the control interface, and nobody else may post."""

import time

from tests.sandbox.conftest import BEARER, PAGE, PERSON, TOKEN, Sandbox


def test_registering_answers_the_same_and_the_base_url(sandbox: Sandbox) -> None:
    sent = {
        "platform": "facebook",
        "id": "77",
        "name": "Seventy-seven",
        "token": "t77",
        "refresh_token": None,
        "expires_in": 3600,
        "limits": {"usage": 12},
    }
    answer = sandbox.control("POST", "accounts", json=sent)
    assert answer.status_code == 201
    assert answer.json() == sent | {"base_url": f"{sandbox.address}/facebook"}


def test_a_limit_that_means_nothing_is_kept_and_pointed_out(sandbox: Sandbox) -> None:
    said = sandbox.register("mastodon", "5", "five", limits={"idempotancy": False})
    assert said["unknown_limits"] == ["idempotancy"]


def test_registering_again_replaces_the_token(sandbox: Sandbox) -> None:
    sandbox.register("mastodon", PERSON, "another")
    assert sandbox.toot("with the old one").status_code == 401
    headers = {"Authorization": "Bearer another"}
    url = f"{sandbox.mastodon}/api/v1/statuses"
    assert sandbox.ask("POST", url, json={"status": "x"}, headers=headers).status_code == 200


def test_two_mastodon_accounts_cannot_share_a_token(sandbox: Sandbox) -> None:
    sent = {"platform": "mastodon", "id": "5", "token": BEARER}
    answer = sandbox.control("POST", "accounts", json=sent)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("token: ")


def test_two_pages_may_share_a_token_because_the_path_names_the_page(sandbox: Sandbox) -> None:
    sandbox.register("facebook", "77", TOKEN)
    sandbox.graph("POST", f"{PAGE}/feed", message="one")
    sandbox.graph("POST", "77/feed", message="two")
    assert [post["account"] for post in sandbox.posts()] == [PAGE, "77"]


def test_an_expired_token_is_refused(sandbox: Sandbox) -> None:
    sandbox.register("facebook", "77", "short", expires_in=0.05)
    sandbox.register("mastodon", PERSON, BEARER, expires_in=0.05)
    time.sleep(0.1)
    page = sandbox.graph("POST", "77/feed", message="x", access_token="short")
    assert page.json()["error"]["error_subcode"] == 463
    assert sandbox.toot("x").json() == {"error": "The access token expired"}


def test_strangers_are_refused(sandbox: Sandbox) -> None:
    url = f"{sandbox.mastodon}/api/v1/statuses"
    assert sandbox.ask("POST", url, json={"status": "x"}).status_code == 401
    wrong = {"Authorization": "Bearer nobody"}
    answer = sandbox.ask("POST", url, json={"status": "x"}, headers=wrong)
    assert answer.json() == {"error": "The access token is invalid"}
    assert sandbox.ask("POST", f"{sandbox.facebook}/{PAGE}/feed").json()["error"]["code"] == 104


def test_the_list_of_accounts_holds_no_secrets(sandbox: Sandbox) -> None:
    listed = sandbox.control("GET", "accounts").text
    assert PERSON in listed
    assert BEARER not in listed
    assert TOKEN not in listed
