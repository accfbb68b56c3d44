"""Logging in at the simulated Facebook, which is as strict as the real one."""

import base64
import hashlib
import hmac
import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.facebook.people import APP
from tests.sandbox.conftest import PAGE, Sandbox, running

BACK = "http://127.0.0.1:8000/syndication/connect/return"
SCOPES = "pages_show_list,pages_manage_posts,pages_read_engagement"
MAIRI, EWAN, ISLA = "20011001", "20011002", "20011003"
CAFE = "104200300400601"


def asked(**more: str) -> dict[str, str]:
    return {
        "client_id": APP.id,
        "redirect_uri": BACK,
        "state": "s1",
        "response_type": "code",
        "scope": SCOPES,
    } | more


def dialog(sandbox: Sandbox, **more: str) -> requests.Response:
    return sandbox.ask("GET", f"{sandbox.facebook}/dialog/oauth", params=asked(**more))


def agree(sandbox: Sandbox, person: str = MAIRI, **more: Any) -> dict[str, list[str]]:
    """Press Continue with everything ticked that is offered, or what `more` says."""
    page = unescape(dialog(sandbox, person=person, **more.pop("asked", {})).text)
    ticked = {
        name: re.findall(rf'name="{re.escape(name)}" value="([^"]+)"', page)
        for name in ("page[]", "grant[]")
    }
    form = {**asked(**more.pop("said", {})), "person": person, "answer": "yes", **ticked, **more}
    answer = sandbox.ask(
        "POST", f"{sandbox.facebook}/dialog/oauth", data=form, allow_redirects=False
    )
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(sandbox: Sandbox, **said: str) -> requests.Response:
    app = {"client_id": APP.id, "client_secret": APP.secret}
    return sandbox.ask("GET", f"{sandbox.facebook}/oauth/access_token", params=app | said)


def for_code(sandbox: Sandbox, code: str, /, **more: str) -> requests.Response:
    return exchange(sandbox, **{"code": code, "redirect_uri": BACK} | more)


def person_token(sandbox: Sandbox, person: str = MAIRI, more: dict[str, Any] | None = None) -> str:
    short = for_code(sandbox, agree(sandbox, person, **(more or {}))["code"][0]).json()[
        "access_token"
    ]
    said = exchange(sandbox, grant_type="fb_exchange_token", fb_exchange_token=short).json()
    assert said["expires_in"] > 59 * 86400
    return said["access_token"]


def graph(sandbox: Sandbox, method: str, path: str, token: str, **said: Any) -> requests.Response:
    place = "data" if method == "POST" else "params"
    headers = {"Authorization": f"Bearer {token}"}
    return sandbox.ask(method, f"{sandbox.facebook}/{path}", headers=headers, **{place: said})


def pages(sandbox: Sandbox, token: str, **said: Any) -> list[dict[str, Any]]:
    return graph(sandbox, "GET", "me/accounts", token, **said).json()["data"]


def test_a_person_chooses_pages_and_each_comes_with_a_token_that_posts(sandbox: Sandbox) -> None:
    token = person_token(sandbox)
    found = {page["id"]: page for page in pages(sandbox, token)}
    assert {PAGE, CAFE} <= set(found)
    answer = graph(
        sandbox, "POST", f"{CAFE}/feed", found[CAFE]["access_token"], message="From a login"
    )
    assert answer.json()["id"].startswith(CAFE)
    assert "From a login" in sandbox.texts(account=CAFE)


def test_only_the_pages_that_were_ticked_are_listed(sandbox: Sandbox) -> None:
    token = person_token(sandbox, more={"page[]": [CAFE]})
    assert [page["id"] for page in pages(sandbox, token)] == [CAFE]


def test_a_list_of_pages_comes_in_pieces(sandbox: Sandbox) -> None:
    token = person_token(sandbox)
    first = graph(sandbox, "GET", "me/accounts", token, limit=2).json()
    after = first["paging"]["cursors"]["after"]
    assert "next" in first["paging"]
    rest = graph(sandbox, "GET", "me/accounts", token, limit=2, after=after).json()
    assert "next" not in rest["paging"]
    assert len(first["data"]) + len(rest["data"]) == 3


def test_saying_no_comes_back_with_the_state(sandbox: Sandbox) -> None:
    said = agree(sandbox, answer="no")
    assert (said["error"], said["state"]) == (["access_denied"], ["s1"])


def test_a_scope_left_out_is_missing_and_offered_again_only_when_asked_for(
    sandbox: Sandbox,
) -> None:
    token = person_token(sandbox, more={"grant[]": ["pages_show_list"]})
    page = next(one for one in pages(sandbox, token) if one["id"] == CAFE)
    refused = graph(sandbox, "POST", f"{CAFE}/feed", page["access_token"], message="x")
    assert refused.json()["error"]["code"] == 200
    assert "pages_manage_posts" in dialog(sandbox, person=MAIRI, auth_type="rerequest").text
    form = dialog(sandbox, person=MAIRI).text.partition("Permissions")[2]
    assert 'value="pages_manage_posts"' not in form


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"client_id": "1"}, "Invalid App ID"),
        ({"redirect_uri": "https://evil.example/"}, "URL Blocked"),
        ({"redirect_uri": "javascript:alert(1)"}, "must be absolute"),
        ({"scope": "pages_show_list,everything"}, "Invalid Scopes: everything"),
        ({"response_type": "token"}, "Unsupported response_type"),
    ],
)
def test_what_is_wrong_is_said_there_and_sent_nowhere(
    sandbox: Sandbox, more: dict[str, str], sentence: str
) -> None:
    answer = dialog(sandbox, **more)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_an_app_with_addresses_takes_exactly_those(sandbox: Sandbox) -> None:
    app = {"platform": "facebook", "id": "77", "secret": "s", "redirect_uris": [BACK]}
    assert sandbox.control("POST", "apps", json=app).status_code == 201
    assert dialog(sandbox, client_id="77").status_code == 200
    assert dialog(sandbox, client_id="77", redirect_uri=f"{BACK}/").status_code == 400


def test_a_code_counts_once(sandbox: Sandbox) -> None:
    code = agree(sandbox)["code"][0]
    assert for_code(sandbox, code).status_code == 200
    assert "has been used" in for_code(sandbox, code).json()["error"]["message"]


def test_a_code_ends(sandbox: Sandbox) -> None:
    code = agree(sandbox)["code"][0]
    sandbox.control("DELETE", "codes")
    assert "has expired" in for_code(sandbox, code).json()["error"]["message"]


@pytest.mark.parametrize(
    "more",
    [
        {"redirect_uri": f"{BACK}?x=1"},
        {"client_secret": "wrong"},
        {"client_id": "12"},
        {"code": "AQ"},
        {"client_secret": ""},
        {"unheard": "of"},
    ],
)
def test_a_code_needs_what_belongs_to_it(sandbox: Sandbox, more: dict[str, str]) -> None:
    code = agree(sandbox)["code"][0]
    answer = for_code(sandbox, code, **more)
    assert answer.status_code == 400
    assert "access_token" not in answer.json()


def test_debug_token_says_whose_it_is_and_what_it_may_do(sandbox: Sandbox) -> None:
    token = person_token(sandbox)
    said = graph(sandbox, "GET", "debug_token", f"{APP.id}|{APP.secret}", input_token=token)
    facts = said.json()["data"]
    assert facts["is_valid"]
    assert (facts["app_id"], facts["user_id"]) == (APP.id, MAIRI)
    assert facts["scopes"] == SCOPES.split(",")


def test_what_is_taken_back_is_dead_and_the_app_is_told(sandbox: Sandbox) -> None:
    token = person_token(sandbox)
    page = next(one for one in pages(sandbox, token) if one["id"] == CAFE)
    said = sandbox.control(
        "POST", "revocations", json={"platform": "facebook", "person": MAIRI}
    ).json()
    for dead in (token, page["access_token"]):
        assert graph(sandbox, "GET", "me", dead).json()["error"]["error_subcode"] == 458
    signature, payload = said["signed_request"].split(".")
    right = hmac.new(APP.secret.encode(), payload.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == right
    assert json.loads(base64.urlsafe_b64decode(payload + "==="))["user_id"] == MAIRI


def test_a_wrong_proof_is_refused(sandbox: Sandbox) -> None:
    token = person_token(sandbox)
    answer = graph(sandbox, "GET", "me/accounts", token, appsecret_proof="0" * 64)
    assert "appsecret_proof" in answer.json()["error"]["message"]


def test_who_may_only_look_is_listed_with_that(sandbox: Sandbox) -> None:
    tasks = {page["id"]: page["tasks"] for page in pages(sandbox, person_token(sandbox, EWAN))}
    assert "CREATE_CONTENT" not in tasks[CAFE]
    assert pages(sandbox, person_token(sandbox, ISLA)) == []


def test_tokens_outlast_a_restart(tmp_path: Path) -> None:
    with running(tmp_path / "ledger") as first:
        token = person_token(first)
    with running(tmp_path / "ledger") as second:
        assert graph(second, "GET", "me", token).json()["name"] == "Mairi Fraser"


def test_the_pages_take_no_script_and_escape_what_they_are_sent(sandbox: Sandbox) -> None:
    answer = dialog(sandbox, person=MAIRI, state='"><script>alert(1)</script>')
    assert "<script" not in answer.text
    assert "form-action 'self' http://127.0.0.1:8000" in answer.headers["Content-Security-Policy"]
