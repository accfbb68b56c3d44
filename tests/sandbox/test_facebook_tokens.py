"""Tokens of Pages and of the people who manage them, and the proof that goes with them."""

import hashlib
import hmac

from tests.sandbox.conftest import PAGE, TOKEN, Sandbox


def test_me_is_the_page_whose_token_it_is(sandbox: Sandbox) -> None:
    said = sandbox.graph("GET", "me", fields="id,name").json()
    assert said == {"id": PAGE, "name": f"Account {PAGE}"}
    assert sandbox.graph("POST", "me/feed", message="x").json()["id"].startswith(f"{PAGE}_")


def test_a_persons_token_lists_the_pages_with_their_tokens(sandbox: Sandbox) -> None:
    for name in ("71", "72"):
        sandbox.register("facebook", name, f"t{name}", limits={"user_token": "person"})
    said = sandbox.graph(
        "GET", "me/accounts", access_token="person", fields="id,name,access_token,tasks"
    ).json()
    assert [page["access_token"] for page in said["data"]] == ["t71", "t72"]
    assert "CREATE_CONTENT" in said["data"][0]["tasks"]
    assert sandbox.graph("GET", "me", access_token="person").json()["name"]
    own = sandbox.graph("GET", "71", access_token="person", fields="access_token").json()
    assert own["access_token"] == "t71"


def test_a_persons_token_may_not_post(sandbox: Sandbox) -> None:
    sandbox.register("facebook", "71", "t71", limits={"user_token": "person"})
    assert not sandbox.graph("POST", "71/feed", message="x", access_token="person").ok


def test_a_wrong_token_is_code_190(sandbox: Sandbox) -> None:
    answer = sandbox.graph("GET", PAGE, access_token="nobody")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == 190


def test_with_an_app_secret_every_call_needs_its_proof(sandbox: Sandbox) -> None:
    sandbox.register("facebook", "71", "t71", limits={"app_secret": "shh"})
    right = hmac.new(b"shh", b"t71", hashlib.sha256).hexdigest()
    for proof, works in (("", False), ("0" * 64, False), (right, True)):
        said = {"message": "x", "access_token": "t71", "appsecret_proof": proof}
        assert sandbox.graph("POST", "71/feed", **said).ok is works


def test_debug_token_tells_what_a_token_is_good_for(sandbox: Sandbox) -> None:
    limits = {"app_id": "9", "app_secret": "shh"}
    sandbox.register("facebook", "71", "t71", expires_in=1000, limits=limits)
    said = sandbox.graph("GET", "debug_token", input_token="t71", access_token="9|shh").json()
    assert said["data"]["is_valid"] is True
    assert said["data"]["expires_at"] > 0
    assert "pages_manage_posts" in said["data"]["scopes"]
    said = sandbox.graph("GET", "debug_token", input_token="other").json()
    assert said["data"]["is_valid"] is False
    wrong = sandbox.graph("GET", "debug_token", input_token=TOKEN, access_token="9|guess")
    assert wrong.json()["error"]["code"] == 190
