"""The doctor's line about the language model: set up or not, there or not, known or not."""

import pytest

from monitoring.doctor.model import check_model
from monitoring.preflight import setting_faults
from tests.writing.conftest import endpoint_of, model  # noqa: F401

pytestmark = pytest.mark.django_db


def said():
    return " ".join(f"{finding.level} {finding.sentence}" for finding in check_model())


def test_without_a_model_it_says_who_writes():
    assert said().startswith("OK No language model is set up")


def test_one_that_answers_is_well_and_is_asked_nothing(model, endpoint_of):  # noqa: F811
    assert said() == f"OK llama3.1:8b at {endpoint_of.host} answers."
    assert not model.questions


def test_a_model_that_is_not_known_is_told_with_those_that_are(model, endpoint_of, settings):  # noqa: F811
    settings.LLM_MODEL = "gpt-x"
    assert "does not know the model gpt-x. It knows llama3.1:8b" in said()


def test_a_key_that_is_refused_is_told_without_it(model, endpoint_of, settings):  # noqa: F811
    settings.LLM_API_KEY = "sk-something-else-1234"
    assert "LLM_API_KEY" in said()
    assert "sk-something" not in said()


def test_one_that_is_away_is_told(model, endpoint_of, settings):  # noqa: F811
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"
    assert said().startswith("WARN The language model at 127.0.0.1:9 cannot be reached")


def test_an_address_without_a_model_keeps_processes_from_starting(settings):
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"
    [sentence] = setting_faults()
    assert "LLM_MODEL names no model" in sentence
