"""A program that talks to the API for one of the three people."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from organisation.clock import database_now
from organisation.models import Scope
from organisation.tokens import issue_token
from tests.desk.conftest import people  # noqa: F401
from tests.factories import AccountFactory

POSTS = "/api/syndication/posts"
QUEUE = f"{POSTS}/queue"


class Program:
    """Sends JSON with a token; `ask` returns the answer of Django's test client."""

    def __init__(self, user, *scopes: str, brand=None) -> None:
        chosen = scopes or Scope.values
        self.token, self.text = issue_token(
            user, name="till", scopes=chosen, by=user, now=database_now(), brand=brand
        )
        self.client = Client(enforce_csrf_checks=True)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        return self.client.generic(
            method,
            path,
            data,
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {self.text}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    def make(self, *accounts: Any, **more: Any) -> Any:
        body = {"text": "Peat smoke", "targets": [{"account": a.pk} for a in accounts], **more}
        return self.ask("POST", POSTS, body)


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests():
    cache.clear()


@pytest.fixture
def account(people):  # noqa: F811
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


@pytest.fixture
def second(people):  # noqa: F811
    return AccountFactory(brand=people.brand, platform="mastodon", name="@glen")


@pytest.fixture
def mairi(people) -> Program:  # noqa: F811
    """The publisher's program, with every scope."""
    return Program(people.mairi)


@pytest.fixture
def program() -> Callable[..., Program]:
    return Program


def told(answer: Any, status: int) -> str:
    """Check that the answer is a whole problem of that status; return its sentences."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "instance"} <= set(problem)
    assert problem["detail"].endswith((".", "`"))
    return " ".join([problem["detail"], *(error["detail"] for error in problem.get("errors", []))])


def blamed(answer: Any) -> list[str]:
    """The fields that the problem names."""
    return [e.get("pointer", e.get("parameter")) for e in answer.json().get("errors", [])]
