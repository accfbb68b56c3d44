"""A question to a language model ends in a text or in a sentence, whatever its server does."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from content.llm import errors
from content.llm.client import Question, ask, models, seconds_asked
from content.llm.endpoint import Endpoint, endpoint, tokens_in
from platforms.clock import boottime
from tests import llm_server
from tests.llm_server import KEY, MODEL, says, status

QUESTION = Question.of(("system", "Write a post."), ("user", "The Kirk and Christmas."))
FAULTS = {
    "the key is refused": (status(401, f"Incorrect API key provided: {KEY}"), errors.KeyRefused),
    "it may not be used": (status(403), errors.KeyRefused),
    "the model is not there": (status(404), errors.NoSuchModel),
    "a pause": (status(429, "Slow down", Retry_After="7"), errors.Busy),
    "a pause of unknown length": (status(429), errors.Busy),
    "a pause of hours": (status(429, Retry_After="7200"), errors.UsedUp),
    "away with a date": (status(503, Retry_After="3"), errors.Busy),
    "a fault": (status(500), errors.Faulty),
    "a gateway's page": (lambda to: to.whole(502, b"<html>", "text/html"), errors.NotAnApi),
    "refused": (status(400, "context length exceeded"), errors.Refused),
    "a web page": (llm_server.web_page, errors.NotAnApi),
    "a redirect": (llm_server.redirect, errors.NotAnApi),
    "JSON cut in the middle": (llm_server.cut_json, errors.BrokenOff),
    "an event cut in the middle": (llm_server.cut_event, errors.BrokenOff),
    "a stream that ends early": (llm_server.cut_stream, errors.BrokenOff),
    "a connection that drops": (llm_server.dropped, errors.BrokenOff),
    "nothing said": (llm_server.empty, errors.NothingSaid),
    "a tool call": (llm_server.tool_call, errors.NothingSaid),
    "an error as an event": (llm_server.fault_as_event, errors.Faulty),
    "withheld": (says("", finish="content_filter"), errors.Filtered),
    "endless": (llm_server.endless, errors.TooMuch),
    "an endless line": (llm_server.endless_line, errors.BrokenOff),
}  # fmt: skip
SILENCES = {
    "silent": llm_server.silent,
    "silent after its head": llm_server.silent_after_head,
    "dripping": llm_server.dripping,
}


def asked(endpoint_of, **changes):
    return ask(replace(endpoint_of, **changes), QUESTION, by=boottime() + 60)


def test_the_text_comes_whole_with_its_counts_and_cost(model, endpoint_of):
    model.answers = [says("Ashes out, debts paid.", tokens=(1000, 200))]
    reply = asked(endpoint_of)
    assert (reply.text, reply.finish, reply.error) == ("Ashes out, debts paid.", "stop", None)
    assert (reply.tokens_in, reply.tokens_out) == (1000, 200)
    assert endpoint_of.cost(reply.tokens_in, reply.tokens_out) == Decimal("0.0045")
    assert reply.model == MODEL
    assert 0 < reply.first_seconds <= reply.seconds
    [question] = model.questions
    assert question["messages"] == list(QUESTION.messages)
    assert question["max_tokens"] == 500


def test_a_server_that_does_not_stream_is_understood(model, endpoint_of):
    model.answers = [llm_server.not_streamed("Redd the house.")]
    reply = asked(endpoint_of)
    assert (reply.text, reply.error, reply.tokens_out) == ("Redd the house.", None, 9)


def test_a_text_in_any_script_comes_as_it_was_said(model, endpoint_of):
    said = "火 ✨ עברית 👩‍👩‍👧 naïve"
    model.answers = [says(said)]
    assert asked(endpoint_of).text == said


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_becomes_a_sentence_without_the_key(model, endpoint_of, case, caplog):
    caplog.set_level(logging.DEBUG)
    model.answers, kind = [FAULTS[case][0]], FAULTS[case][1]
    reply = asked(endpoint_of)
    assert type(reply.error) is kind, reply.error
    assert len(reply.error.sentence) > 20
    assert reply.error.sentence.endswith(".") or "It said: " in reply.error.sentence
    assert KEY not in f"{reply.error!r} {reply} {endpoint_of} {caplog.text}"


@pytest.mark.parametrize("case", SILENCES)
def test_one_that_does_not_get_done_is_left(model, endpoint_of, case):
    model.answers = [SILENCES[case]]
    reply = asked(endpoint_of, first_seconds=0.4, seconds=1.0)
    assert isinstance(reply.error, errors.TooSlow)
    assert reply.seconds < 5  # and not the twenty for which the server would have gone on


def test_no_question_outlives_the_time_of_its_item(model, endpoint_of):
    model.answers = [llm_server.dripping]
    reply = ask(endpoint_of, QUESTION, by=boottime() + 0.5)
    assert isinstance(reply.error, errors.TooSlow)


def test_the_pause_that_is_asked_for_is_known(model, endpoint_of):
    model.answers = [status(429, Retry_After="7")]
    assert asked(endpoint_of).error.wait == 7


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 1.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 1.0),
        ("soon", None),
        ("", None),
        ("²", None),
        ("9" * 40, None),
    ],
)
def test_both_forms_of_retry_after_are_read(header, seconds):
    assert seconds_asked(header, datetime(2026, 11, 23, 12, tzinfo=UTC)) == seconds


def test_a_server_that_is_not_there_is_named_without_its_credentials(endpoint_of):
    reply = asked(endpoint_of, base_url="http://me:secret-word@127.0.0.1:9/v1")
    assert isinstance(reply.error, errors.Unreachable)
    assert "127.0.0.1:9" in reply.error.sentence
    assert "secret-word" not in reply.error.sentence


def test_a_key_that_cannot_be_sent_is_a_sentence_too(endpoint_of):
    reply = asked(endpoint_of, key="schlüssel\n☃")
    assert isinstance(reply.error, errors.KeyRefused | errors.Unreachable)


def test_a_model_that_wants_the_other_name_for_its_bound_gets_it(model, endpoint_of):
    model.refuses = {
        "max_tokens": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    }
    reply = asked(endpoint_of)
    assert reply.error is None
    assert reply.parameters["max_completion_tokens"] == 500
    assert "max_tokens" not in model.questions[0]


def test_a_server_that_knows_no_stream_options_is_asked_without(model, endpoint_of):
    model.known -= {"stream_options"}
    reply = asked(endpoint_of)
    assert reply.error is None
    assert reply.tokens_out is None


def test_a_server_that_refuses_everything_is_not_asked_for_ever(model, endpoint_of):
    model.refuses = {"messages": "max_tokens and stream_options are wrong, and so is all else"}
    assert isinstance(asked(endpoint_of).error, errors.Refused)
    assert len(model.headers) == 3


def test_what_a_model_thinks_is_no_part_of_the_text(model, endpoint_of):
    def thinks(to):
        to.begin()
        to.part(reasoning_content="Hm. The user wants …")
        to.part("Coal and shortbread.", finish="stop")
        to.event("[DONE]")

    model.answers = [thinks]
    reply = asked(endpoint_of)
    assert (reply.text, reply.error) == ("Coal and shortbread.", None)


def test_no_key_is_sent_where_none_is_set(model, endpoint_of):
    model.key = ""
    assert asked(endpoint_of, key="").error is None
    assert "Authorization" not in model.headers[0]


def test_its_models_can_be_asked_for(model, endpoint_of):
    assert models(endpoint_of, seconds=5) == [MODEL]
    with pytest.raises(errors.KeyRefused):
        models(replace(endpoint_of, key="wrong"), seconds=5)


def test_no_setting_means_no_model(settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://localhost:11434/v1", ""
    assert endpoint() is None


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("http://localhost:11434/v1", True),
        ("http://192.168.1.7/v1", True),
        ("http://ollama:11434/v1", True),
        ("https://api.example.com/v1", False),
        ("https://8.8.8.8/v1", False),
    ],
)
def test_whether_texts_leave_the_network_is_known(address, is_own):
    assert Endpoint(address, MODEL).is_own is is_own


def test_a_cost_is_not_guessed_where_something_is_not_known(endpoint_of):
    assert endpoint_of.cost(None, 5) is None
    assert replace(endpoint_of, price_in=None).cost(5, 5) is None
    assert tokens_in("火" * 30) > tokens_in("a" * 30) > 0
