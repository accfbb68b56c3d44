"""The OpenAPI description is valid, complete, and true: what it promises is what is answered."""

import io

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories import PostFactory


def nothing_forbidden_is_taken(ctx, response, case):
    """As the tool checks it, which does not know that “too large” is a refusal as well."""
    return None if response.status_code == 413 else negative_data_rejection(ctx, response, case)


EXAMPLES = 30  # for each operation and mode
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    nothing_forbidden_is_taken,
]


def test_the_description_is_valid_and_nothing_in_it_is_guessed(db):
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_the_description_names_exactly_the_addresses_that_are_there(mairi):
    described = mairi.ask("GET", "/api/syndication/schema").json()
    there = {f"{method} {path.removeprefix('/api/syndication/')}"
             for path, operations in described["paths"].items()
             for method in operations}  # fmt: skip
    assert there == {
        "post posts", "get posts/queue", "get posts/{id}", "put posts/{id}", "delete posts/{id}",
        "post schedule", "get schedule/queue", "put schedule/{id}", "delete schedule/{id}",
        "post schedule/execute", "get schedule/suggestions",
    }  # fmt: skip
    for operations in described["paths"].values():
        for operation in operations.values():
            assert {"401", "403", "404", "429"} <= set(operation["responses"])


@pytest.fixture
def one_connection():
    """Requests come in through WSGI and must not close the connection that this test is in."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def described(mairi, account, settings, one_connection):
    """The description as a running server gives it, and somewhere for requests to go."""
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    for state in ({}, {"scheduled": True}, {"published": True}, {"failed": True}):
        PostFactory(account=account, **state)
    return schemathesis.openapi.from_wsgi(
        "/api/syndication/schema",
        get_wsgi_application(),
        headers={"Authorization": f"Bearer {mairi.text}"},
    )


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_as_described_whatever_is_asked(described, mairi, mode):
    """What the description allows in one mode, what it forbids in the other."""
    token = {"Authorization": f"Bearer {mairi.text}"}
    for found in described.get_all_operations():

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.ok().as_strategy(generation_mode=mode))
        def every_answer_is_as_described(case):
            case.call_and_validate(headers=token, checks=CHECKS)

        every_answer_is_as_described()
