"""A language model's server, and the product set up to ask it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from content.llm.endpoint import Endpoint, endpoint
from tests import llm_server


@pytest.fixture
def model() -> Iterator[llm_server.LlmServer]:
    with llm_server.running() as server:
        yield server


@pytest.fixture
def endpoint_of(model: llm_server.LlmServer, settings: Any) -> Endpoint:
    """The product's settings name the server, with short waits."""
    settings.LLM_BASE_URL = model.url
    settings.LLM_API_KEY = llm_server.KEY
    settings.LLM_MODEL = llm_server.MODEL
    settings.LLM_FIRST_SECONDS = 5.0
    settings.LLM_SECONDS = 10.0
    settings.LLM_MAX_TOKENS = 500
    settings.LLM_PRICE_IN = Decimal("2.50")
    settings.LLM_PRICE_OUT = Decimal("10")
    found = endpoint()
    assert found is not None
    return found
