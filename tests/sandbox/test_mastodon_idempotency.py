"""The Idempotency-Key: one status for one key, an hour long, for each account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, tzinfo
from typing import Self

import pytest
import requests

from sandbox.mastodon import statuses
from tests.sandbox.conftest import BEARER, PERSON, Sandbox


def test_the_same_key_answers_the_first_status_again(sandbox: Sandbox) -> None:
    first = sandbox.toot("first", key="k").json()
    assert sandbox.toot("second", key="k").json()["id"] == first["id"]
    assert sandbox.toot("third", key="other").json()["id"] != first["id"]
    assert sandbox.texts() == ["first", "third"]


def test_a_key_counts_for_its_own_account_only(sandbox: Sandbox) -> None:
    sandbox.register("mastodon", "5", "five")
    sandbox.toot("mine", key="k")
    headers = {"Authorization": "Bearer five", "Idempotency-Key": "k"}
    sandbox.ask(
        "POST", f"{sandbox.mastodon}/api/v1/statuses", json={"status": "x"}, headers=headers
    )
    assert sandbox.texts() == ["mine", "x"]


def test_an_answer_that_was_lost_is_had_with_the_same_key(sandbox: Sandbox) -> None:
    sandbox.arm("mastodon", "reset_after_accept")
    with pytest.raises(requests.ConnectionError):
        sandbox.toot("once", key="k")
    again = sandbox.toot("once", key="k").json()
    assert again["id"] == sandbox.posts()[0]["id"]
    assert sandbox.texts() == ["once"]


def test_many_at_once_with_one_key_make_one_status(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: sandbox.toot("once", key="k").json()["id"], range(48)))
    assert len(set(answers)) == 1
    assert sandbox.texts() == ["once"]


def test_a_key_is_forgotten_after_an_hour(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.toot("early", key="k")

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(hours=1, seconds=1)

    monkeypatch.setattr(statuses, "datetime", Later)
    sandbox.toot("late", key="k")
    assert sandbox.texts() == ["early", "late"]


def test_the_key_of_a_deleted_status_is_not_found(sandbox: Sandbox) -> None:
    name = sandbox.toot("gone", key="k").json()["id"]
    sandbox.api("DELETE", f"/api/v1/statuses/{name}")
    assert sandbox.toot("gone", key="k").status_code == 404
    assert sandbox.texts() == []


def test_a_server_without_keys_posts_twice(sandbox: Sandbox) -> None:
    sandbox.register("mastodon", PERSON, BEARER, limits={"idempotency": False})
    for _ in range(2):
        sandbox.toot("twice", key="k")
    assert sandbox.texts() == ["twice", "twice"]


def test_a_refused_status_uses_no_key_up(sandbox: Sandbox) -> None:
    assert sandbox.toot("", key="k").status_code == 422
    assert sandbox.toot("good", key="k").ok
