"""Registering and signing in at servers that answer as their documentation says, and otherwise."""

from typing import Any

import pytest

from platforms.adapters.mastodon.login import MastodonLogin, check_issuer
from platforms.errors import PlatformError, RateLimited, Rejected, Unclear
from platforms.oauth import AppKeys, Door, Question
from tests.platforms.replies import Reply
from tests.platforms.specs import spec

BACK = "https://posts.example/syndication/connect/return"
KEYS = AppKeys("our-id", "our-secret-0123456789")
PATH = MastodonLogin()
TOKEN = {"access_token": "token-0123456789", "token_type": "Bearer", "created_at": 1}


@pytest.fixture
def door(server, make_client):
    def make(app: AppKeys = KEYS) -> Door:
        return Door(server.url, "", app, BACK, make_client())

    return make


def examples(name: str) -> Any:
    return spec("mastodon", "schema.json")["components"]["examples"][name]["value"]


def body_of(path: str) -> Any:
    described = spec("mastodon", "schema.json")["paths"][path]["post"]
    return described["requestBody"]["content"]["application/json"]["schema"]


def properties(schema: Any) -> set[str]:
    parts = [*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())]
    return set(schema.get("properties", {})).union(*map(properties, parts))


def sent(server, path: str) -> dict[str, str]:
    (request,) = [one for one in server.received if one.path == path]
    return request.form


def test_a_registration_is_what_the_description_knows(server, door):
    server.on("POST", "/api/v1/apps", Reply(200, examples("CredentialApplication200Example")))
    server.on("GET", "/.well-known/oauth-authorization-server", Reply(404, {"error": "no"}))
    arranged = PATH.arrange(door(AppKeys("")))
    assert arranged.app.client_id == examples("CredentialApplication200Example")["client_id"]
    assert not arranged.pkce
    said = sent(server, "/api/v1/apps")
    assert set(said) <= properties(body_of("/api/v1/apps"))
    assert said["redirect_uris"] == BACK
    known = spec("mastodon", "schema.json")["components"]["schemas"]["OAuthScope"]["enum"]
    assert set(said["scopes"].split()) <= set(known)


def test_an_exchange_is_what_the_description_knows(server, door):
    server.on("POST", "/oauth/token", Reply(200, {**TOKEN, "scope": "read write"}))
    grant = PATH.exchange(door(), "a-code", "v" * 64)
    assert set(sent(server, "/oauth/token")) <= properties(body_of("/oauth/token"))
    assert grant.scopes == tuple(scope.name for scope in PATH.scopes)


def test_without_pkce_no_verifier_is_sent(server, door):
    server.on("POST", "/oauth/token", Reply(200, TOKEN))
    grant = PATH.exchange(door(), "a-code", "")
    assert "code_verifier" not in sent(server, "/oauth/token")
    assert grant.scopes is None
    assert "code_challenge" not in PATH.authorize_url(door(), Question("state"))


def test_a_permission_that_was_not_given_is_missing(server, door):
    server.on("POST", "/oauth/token", Reply(200, {**TOKEN, "scope": "read write:media"}))
    assert PATH.exchange(door(), "a-code", "").scopes == (
        "read:accounts",
        "read:statuses",
        "write:media",
    )


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (
            Reply(400, {"error": "invalid_grant", "error_description": "It has expired."}),
            Rejected,
            "It has expired",
        ),
        (Reply(429, {"error": "Too many requests"}), RateLimited, "allows the next request"),
        (Reply(500, {"error": "Oops"}), Unclear, "no clear answer"),
        (Reply(200, "<html>"), Unclear, "could not be read"),
        (Reply(200, {"token_type": "Bearer"}), Unclear, "gave no token"),
        (Reply(403, "<html>Attention required</html>"), Unclear, "it answered 403"),
    ],
)
def test_an_exchange_that_comes_to_nothing_is_said(server, door, reply, kind, words):
    server.on("POST", "/oauth/token", reply)
    with pytest.raises(kind, match=words):
        PATH.exchange(door(), "a-code", "")


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(404, "<html>"), Rejected, "No Mastodon answers at 127.0.0.1"),
        (Reply(301, "", {"Location": "/"}), Rejected, "Copy the address from your browser"),
        (Reply(200, "<html>", {"Content-Type": "text/html"}), Rejected, "No Mastodon answers"),
        (Reply(422, {"error": "Validation failed"}), Rejected, "Validation failed"),
        (Reply(503, "<html>"), Unclear, "it answered 503"),
        (Reply(200, {"client_id": "x"}), Unclear, "gave no id and secret"),
        (Reply(200, {"client_id": 1, "client_secret": 2}), Unclear, "gave no id and secret"),
    ],
)
def test_a_server_that_does_not_register_is_said(server, door, reply, kind, words):
    server.on("GET", "/.well-known/oauth-authorization-server", Reply(404, ""))
    server.on("POST", "/api/v1/apps", reply)
    with pytest.raises(PlatformError, match=words) as caught:
        PATH.arrange(door(AppKeys("")))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("issuer", "fits"),
    [
        ("https://social.example/", True),
        ("https://Social.Example", True),
        ("http://social.example/", False),
        ("https://social.example:8443/", False),
        ("https://social.example.evil.org/", False),
        ("", False),
    ],
)
def test_a_server_speaks_for_itself_only(issuer, fits):
    if fits:
        check_issuer("https://social.example", issuer)
        return
    with pytest.raises(Rejected):
        check_issuer("https://social.example", issuer)


@pytest.mark.parametrize(
    ("application", "known"),
    [
        (Reply(200, {"redirect_uris": [BACK]}), True),
        (Reply(200, {"redirect_uri": f"https://old.example/\n{BACK}"}), True),
        (Reply(200, {"redirect_uris": ["https://old.example/return"]}), False),
        (Reply(200, {"scopes": ["read"]}), False),
        (Reply(200, {"name": "Syndication"}), True),  # as before 4.3
        (Reply(404, {"error": "Not Found"}), True),
        (Reply(500, ""), True),
    ],
)
def test_an_app_is_registered_anew_only_where_it_does_not_fit(server, door, application, known):
    server.on("GET", "/.well-known/oauth-authorization-server", Reply(404, ""))
    server.on("POST", "/oauth/token", Reply(200, TOKEN))
    server.on("GET", "/api/v1/apps/verify_credentials", application)
    server.on("POST", "/api/v1/apps", Reply(200, {"client_id": "new", "client_secret": "s" * 20}))
    assert (PATH.arrange(door()).app == KEYS) is known


@pytest.mark.parametrize(
    ("reply", "known"),
    [
        (Reply(401, {"error": "invalid_client"}), False),
        (Reply(400, {"error": "invalid_client"}), False),
        (Reply(400, {"error": "invalid_scope"}), True),
        (Reply(401, "<html>"), True),
        (Reply(429, {"error": "Too many requests"}), True),
    ],
)
def test_only_the_server_itself_says_that_it_forgot_the_app(server, door, reply, known):
    server.on("GET", "/.well-known/oauth-authorization-server", Reply(404, ""))
    server.on("POST", "/oauth/token", reply)
    server.on("POST", "/api/v1/apps", Reply(200, {"client_id": "new", "client_secret": "s" * 20}))
    assert (PATH.arrange(door()).app == KEYS) is known
