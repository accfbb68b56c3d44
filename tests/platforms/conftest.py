"""Fixtures for talking to servers on loopback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platforms import wire
from platforms.clock import boottime
from platforms.http import Client
from platforms.redaction import Redactor
from tests.platforms.replies import ReplyServer


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    with ReplyServer().running() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_connections_left() -> Iterator[None]:
    """A pooled connection of one test must not serve the next."""
    yield
    for transport in wire._thread.transports.values():
        transport.close()
    wire._thread.transports.clear()


MakeClient = Callable[..., Client]


@pytest.fixture
def make_client() -> MakeClient:
    """A client that knows these secrets, with any field set otherwise."""

    def make(*secrets: str, **fields: object) -> Client:
        options: dict[str, Any] = {"connect_timeout": 5.0, "read_timeout": 5.0}
        return Client(Redactor(secrets), **{"deadline": boottime() + 20, **options, **fields})

    return make
