"""Signing in at the simulated Mastodon, which is as strict as the real one."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.conftest import Sandbox

BACK = "http://127.0.0.1:8000/syndication/connect/return"
BOOKS = "109300200300401"
SCOPES = "read:accounts write:statuses"
VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def at(sandbox: Sandbox, path: str) -> str:
    return f"{sandbox.mastodon}/{path}"


def register(sandbox: Sandbox, **more: str) -> requests.Response:
    said = {"client_name": "Syndication", "redirect_uris": BACK, "scopes": SCOPES}
    return sandbox.ask("POST", at(sandbox, "api/v1/apps"), data=said | more)


@pytest.fixture
def app(sandbox: Sandbox) -> dict[str, Any]:
    answer = register(sandbox)
    assert answer.status_code == 200
    return answer.json()


def asked(app: dict[str, Any], **more: str) -> dict[str, str]:
    return {
        "client_id": app["client_id"],
        "redirect_uri": BACK,
        "state": "s1",
        "response_type": "code",
        "scope": SCOPES,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | more


def code(sandbox: Sandbox, app: dict[str, Any], **more: str) -> str:
    form = {**asked(app), "person": BOOKS, "answer": "yes", **more}
    answer = sandbox.ask("POST", at(sandbox, "oauth/authorize"), data=form, allow_redirects=False)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["s1"]
    return query["code"][0]


def token(sandbox: Sandbox, app: dict[str, Any], **more: str) -> requests.Response:
    said = {
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return sandbox.ask("POST", at(sandbox, "oauth/token"), data=said | more)


def test_a_code_becomes_a_token_that_may_do_what_was_asked_for(
    sandbox: Sandbox, app: dict[str, Any]
) -> None:
    said = token(sandbox, app, code=code(sandbox, app)).json()
    assert (said["token_type"], said["scope"]) == ("Bearer", SCOPES)
    headers = {"Authorization": f"Bearer {said['access_token']}"}
    me = sandbox.ask("GET", at(sandbox, "api/v1/accounts/verify_credentials"), headers=headers)
    assert me.json()["id"] == BOOKS
    sent = sandbox.ask(
        "POST", at(sandbox, "api/v1/statuses"), headers=headers, json={"status": "Peat"}
    )
    assert sent.status_code == 200
    upload = sandbox.ask("POST", at(sandbox, "api/v2/media"), headers=headers)
    assert (upload.status_code, upload.json()["error"]) == (
        403,
        "This action is outside the authorized scopes",
    )


def test_a_token_that_was_revoked_is_dead(sandbox: Sandbox, app: dict[str, Any]) -> None:
    value = token(sandbox, app, code=code(sandbox, app)).json()["access_token"]
    said = {"client_id": app["client_id"], "client_secret": app["client_secret"], "token": value}
    other = register(sandbox).json()
    theirs = said | {name: other[name] for name in ("client_id", "client_secret")}
    assert sandbox.ask("POST", at(sandbox, "oauth/revoke"), data=theirs).status_code == 403
    assert sandbox.ask("POST", at(sandbox, "oauth/revoke"), data=said).status_code == 200
    me = sandbox.ask(
        "GET",
        at(sandbox, "api/v1/accounts/verify_credentials"),
        headers={"Authorization": f"Bearer {value}"},
    )
    assert me.json()["error"] == "The access token was revoked"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"client_name": ""}, "Application name can't be blank"),
        ({"redirect_uris": ""}, "Redirect URI can't be blank"),
        ({"redirect_uris": "/back"}, "must be an absolute URI"),
        ({"scopes": "read everything"}, "Scopes doesn't match"),
    ],
)
def test_a_registration_is_checked(sandbox: Sandbox, more: dict[str, str], words: str) -> None:
    answer = register(sandbox, **more)
    assert answer.status_code == 422
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"client_id": "1"}, "unknown client"),
        ({"redirect_uri": f"{BACK}/"}, "redirect uri included is not valid"),
        ({"response_type": "token"}, "response type"),
        ({"scope": "read write"}, "scope is invalid"),
        ({"code_challenge_method": "plain"}, "must be S256"),
    ],
)
def test_a_question_that_is_wrong_stays_at_the_server(
    sandbox: Sandbox, app: dict[str, Any], more: dict[str, str], words: str
) -> None:
    answer = sandbox.ask("GET", at(sandbox, "oauth/authorize"), params=asked(app, **more))
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client"),
        ({"redirect_uri": f"{BACK}/"}, "invalid_grant"),
        ({"code_verifier": "x" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"code": "made up"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_an_exchange_is_checked(
    sandbox: Sandbox, app: dict[str, Any], more: dict[str, str], error: str
) -> None:
    answer = token(sandbox, app, **({"code": code(sandbox, app)} | more))
    assert answer.json()["error"] == error
    assert answer.status_code == (401 if error == "invalid_client" else 400)


def test_a_code_counts_once(sandbox: Sandbox, app: dict[str, Any]) -> None:
    once = code(sandbox, app)
    assert token(sandbox, app, code=once).status_code == 200
    assert token(sandbox, app, code=once).json()["error"] == "invalid_grant"


def test_the_program_itself_learns_how_it_is_registered(
    sandbox: Sandbox, app: dict[str, Any]
) -> None:
    value = token(sandbox, app, grant_type="client_credentials", scope=SCOPES).json()
    headers = {"Authorization": f"Bearer {value['access_token']}"}
    path = at(sandbox, "api/v1/apps/verify_credentials")
    assert sandbox.ask("GET", path, headers=headers).json()["redirect_uris"] == [BACK]
    me = sandbox.ask("GET", at(sandbox, "api/v1/accounts/verify_credentials"), headers=headers)
    assert me.status_code == 422
    sandbox.control("DELETE", "apps", params={"platform": "mastodon"})
    assert sandbox.ask("GET", path, headers=headers).status_code == 401


@pytest.mark.parametrize(("iss", "named"), [("its own", None), ("https://other.example", True)])
def test_a_server_may_name_itself_with_its_answers(
    sandbox: Sandbox, app: dict[str, Any], iss: str, named: bool | None
) -> None:
    document = at(sandbox, ".well-known/oauth-authorization-server")
    announced = "authorization_response_iss_parameter_supported"
    assert announced not in sandbox.ask("GET", document).json()
    sandbox.register("mastodon", "2002", "person-token", limits={"iss": iss})
    said = sandbox.ask("GET", document).json()
    assert said[announced] is True
    for answer in ("yes", "no"):
        agreed = asked(app) | {"person": BOOKS, "answer": answer}
        address = at(sandbox, "oauth/authorize")
        back = sandbox.ask("POST", address, data=agreed, allow_redirects=False)
        told = parse_qs(urlsplit(back.headers["Location"]).query)
        assert told["iss"] == [iss if named else said["issuer"]]
