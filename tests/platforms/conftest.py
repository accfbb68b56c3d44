"""Fixtures for talking to servers on loopback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platforms import wire
from platforms.clock import boottime
from platforms.http import Client
from platforms.redaction import Redactor
from tests.platforms.pages import PageAt
from tests.platforms.replies import ReplyServer
from tests.sandbox.conftest import Sandbox, spawn


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


@pytest.fixture(scope="module")
def sandbox_program() -> Iterator[Sandbox]:
    """The sandbox as the program it is."""
    process = spawn("--port", "0")
    assert process.stdout is not None
    client = Sandbox(process.stdout.readline().split()[1].rstrip("/"))
    yield client
    client.http.close()
    process.kill()
    process.communicate()


@pytest.fixture
def a_page(sandbox_program: Sandbox, make_client: MakeClient) -> Iterator[PageAt]:
    """A Page there, of which nothing is left afterwards."""
    yield PageAt(sandbox_program, make_client)
    for name in ("faults", "ledger", "requests"):
        sandbox_program.control("DELETE", name)
