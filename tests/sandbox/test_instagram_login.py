"""Logging in at the simulated Instagram, which is as strict as the real one."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.linked import APP, BOOKS
from tests.sandbox.conftest import Sandbox

BACK = "http://127.0.0.1:8000/syndication/connect/return"
BASIC, PUBLISH = "instagram_business_basic", "instagram_business_content_publish"


def at(sandbox: Sandbox, path: str) -> str:
    return f"{sandbox.address}/instagram/{path}"


def asked(**more: str) -> dict[str, str]:
    return {
        "client_id": APP.id,
        "redirect_uri": BACK,
        "state": "s1",
        "response_type": "code",
        "scope": f"{BASIC},{PUBLISH}",
    } | more


def dialog(sandbox: Sandbox, **more: str) -> requests.Response:
    return sandbox.ask("GET", at(sandbox, "oauth/authorize"), params=asked(**more))


def agree(sandbox: Sandbox, **more: Any) -> dict[str, list[str]]:
    form = {**asked(), "person": BOOKS, "answer": "yes", "grant[]": [BASIC, PUBLISH], **more}
    answer = sandbox.ask("POST", at(sandbox, "oauth/authorize"), data=form, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].endswith("#_")
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def for_code(sandbox: Sandbox, code: str, /, **more: str) -> requests.Response:
    said = {
        "client_id": APP.id,
        "client_secret": APP.secret,
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": code,
    }
    return sandbox.ask("POST", at(sandbox, "oauth/access_token"), data=said | more)


def short_token(sandbox: Sandbox, **more: Any) -> str:
    said = for_code(sandbox, agree(sandbox, **more)["code"][0]).json()
    assert said["data"][0]["user_id"] == BOOKS
    return str(said["data"][0]["access_token"])


def longer(sandbox: Sandbox, token: str, **more: str) -> requests.Response:
    said = {
        "grant_type": "ig_exchange_token",
        "client_secret": APP.secret,
        "access_token": token,
    }
    return sandbox.ask("GET", at(sandbox, "access_token"), params=said | more)


def renew(sandbox: Sandbox, token: str) -> requests.Response:
    said = {"grant_type": "ig_refresh_token", "access_token": token}
    return sandbox.ask("GET", at(sandbox, "refresh_access_token"), params=said)


def test_the_dialog_asks_who_and_what(sandbox: Sandbox) -> None:
    sandbox.register("instagram", "17", "a-token", name="Ferry Pictures")
    who = unescape(dialog(sandbox).text)
    assert "Harbour Books Café" in who
    assert "Ferry Pictures" in who
    assert re.findall(r'name="grant\[\]" value="([^"]+)"', dialog(sandbox, person=BOOKS).text) == [
        BASIC,
        PUBLISH,
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"client_id": "1"}, "Invalid App ID"),
        ({"redirect_uri": "https://evil.example/"}, "URL Blocked"),
        ({"scope": "instagram_business_basic,everything"}, "Invalid Scopes: everything"),
        ({"scope": PUBLISH}, "instagram_business_basic is needed"),
        ({"response_type": "token"}, "Unsupported response_type"),
    ],
)
def test_what_cannot_be_meant_is_not_sent_back(sandbox, more, words) -> None:
    answer = dialog(sandbox, **more)
    assert (answer.status_code, words in unescape(answer.text)) == (400, True)


def test_saying_no_comes_back_with_the_state(sandbox: Sandbox) -> None:
    said = agree(sandbox, answer="no")
    assert (said["error"], said["state"]) == (["access_denied"], ["s1"])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"client_secret": "wrong"}, "client secret"),
        ({"redirect_uri": f"{BACK}/"}, "identical"),
        ({"code": "made up"}, "Invalid authorization code"),
        ({"grant_type": ""}, "Missing required field grant_type"),
    ],
)
def test_a_code_is_exchanged_only_as_it_was_asked_for(sandbox, more, words) -> None:
    code = agree(sandbox)["code"][0]
    answer = for_code(sandbox, code, **more)
    assert answer.status_code == 400
    assert words in answer.json()["error_message"]


def test_a_code_counts_once(sandbox: Sandbox) -> None:
    code = agree(sandbox)["code"][0]
    assert for_code(sandbox, code).status_code == 200
    assert "has been used" in for_code(sandbox, code).json()["error_message"]


def test_an_hours_token_becomes_one_for_sixty_days_once(sandbox: Sandbox) -> None:
    said = longer(sandbox, short_token(sandbox)).json()
    assert said["expires_in"] > 59 * 86400
    again = longer(sandbox, said["access_token"])
    assert again.json()["error"]["code"] == 452


def test_the_exchange_needs_the_apps_secret(sandbox: Sandbox) -> None:
    answer = longer(sandbox, short_token(sandbox), client_secret="wrong")
    assert "client secret" in answer.json()["error"]["message"]


def test_a_long_token_is_renewed_when_it_is_a_day_old_and_not_when_it_ended(
    sandbox: Sandbox,
) -> None:
    token = longer(sandbox, short_token(sandbox)).json()["access_token"]
    assert renew(sandbox, token).json()["error"]["code"] == 100
    sandbox.control("POST", "tokens", json={"platform": "instagram", "hours": 25})
    assert renew(sandbox, token).json()["expires_in"] > 59 * 86400
    sandbox.control("POST", "tokens", json={"platform": "instagram", "hours": 61 * 24})
    assert renew(sandbox, token).json()["error"]["code"] == 190


def test_a_token_may_do_what_was_allowed_and_no_more(sandbox: Sandbox) -> None:
    token = short_token(sandbox, **{"grant[]": [BASIC]})
    headers = {"Authorization": f"Bearer {token}"}
    me = sandbox.ask("GET", at(sandbox, "v26.0/me?fields=user_id,username"), headers=headers)
    assert me.json()["user_id"] == BOOKS
    url = at(sandbox, f"v26.0/{BOOKS}/media")
    refused = sandbox.ask("POST", url, headers=headers, data={"image_url": "http://x.example/a"})
    assert f"Requires {PUBLISH}" in refused.json()["error"]["message"]
