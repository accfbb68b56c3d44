"""The control interface refuses what cannot be meant, and names the field."""

from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox

FAULT: dict[str, Any] = {"platform": "facebook", "call": "publish", "fault": "refuse"}
ACCOUNT: dict[str, Any] = {"platform": "mastodon", "id": "5", "name": "Five", "token": "five"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("platform", "friendster"),
        ("platform", None),
        ("account", 1.5),
        ("call", "shout"),
        ("fault", "explode"),
        ("fault", None),
        ("times", -1),
        ("times", "often"),
        ("times", True),
        ("seconds", -0.5),
        ("seconds", "long"),
        ("colour", "red"),
    ],
)
def test_a_bad_fault_is_refused_by_field(sandbox: Sandbox, name: str, value: Any) -> None:
    answer = sandbox.control("POST", "faults", json=FAULT | {name: value})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"{name}: ")
    assert sandbox.control("GET", "faults").json() == {"faults": []}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("platform", "friendster"),
        ("id", ""),
        ("id", None),
        ("token", None),
        ("name", ["x"]),
        ("expires_in", "soon"),
        ("limits", [1]),
        ("colour", "red"),
    ],
)
def test_a_bad_account_is_refused_by_field(sandbox: Sandbox, name: str, value: Any) -> None:
    answer = sandbox.control("POST", "accounts", json=ACCOUNT | {name: value})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"{name}: ")


def test_a_limit_of_the_wrong_type_is_refused_by_name(sandbox: Sandbox) -> None:
    limits = {"max_characters": "many"}
    answer = sandbox.control("POST", "accounts", json=ACCOUNT | {"limits": limits})
    assert answer.json()["error"].startswith("limits.max_characters: ")


def test_a_body_that_is_no_json_object_is_refused(sandbox: Sandbox) -> None:
    for body in (b"{", b"[1]", b'"text"'):
        answer = sandbox.control("POST", "faults", data=body)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("body: ")


def test_an_unknown_filter_or_platform_is_refused(sandbox: Sandbox) -> None:
    assert sandbox.control("GET", "ledger?colour=red").status_code == 400
    assert sandbox.control("GET", "requests?platform=friendster").status_code == 400


def test_an_unknown_control_or_method_says_what_there_is(sandbox: Sandbox) -> None:
    assert "ledger" in sandbox.control("GET", "leger").json()["error"]
    answer = sandbox.control("PUT", "ledger")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, DELETE")
