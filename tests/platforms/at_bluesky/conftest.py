"""An adapter for an account of a sandbox."""

import io
from typing import Any

import pytest

from platforms.adapters.bluesky import Bluesky
from platforms.contract import Connection
from tests.platforms.at_bluesky.posts import (
    DID,
    FILM,
    PNG,
    Connect,
)
from tests.platforms.conftest import MakeClient
from tests.platforms.contract_base import TOKEN
from tests.sandbox.conftest import Sandbox, running


@pytest.fixture
def sandbox() -> Any:
    with running() as client:
        yield client


@pytest.fixture
def connect(sandbox: Sandbox, make_client: MakeClient) -> Connect:
    def make(**limits: Any) -> Any:
        account = sandbox.register(
            "bluesky", DID, TOKEN, limits={"handle": "ferries.test", **limits}
        )
        return Bluesky(
            Connection(
                base_url=account["base_url"],
                version="",
                remote_id=DID,
                client=make_client(TOKEN),
                credentials={"access_token": TOKEN},
                open_media=lambda item: io.BytesIO(FILM if item.type == "video" else PNG),
            )
        )

    return make
