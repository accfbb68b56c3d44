"""One question to a language model and its whole answer, within bounds of time, bytes and tokens.

The request goes through the connections of `platforms.wire`, which end an answer at its time
however slowly it drips, and follows no redirect. The key stands in one header and nowhere else.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from content.llm import errors
from content.llm.endpoint import Endpoint
from content.llm.events import DONE, Heard, Unreadable, decoded, events, message_of
from platforms import wire as wires
from platforms.clock import boottime
from platforms.errors import NotSent
from platforms.http import USER_AGENT
from platforms.redaction import Redactor

CONNECT_SECONDS = 10.0
BYTES_MAX = 2 * 1024 * 1024  # of an answer; 2,000 tokens with all their framing are about 500 KB
ERROR_MAX = 64 * 1024  # bytes of an error's body that are read
WAIT_MAX = 600.0  # seconds; a server that wants a longer pause is as good as away
WAIT_USUAL = 20.0  # seconds, where it does not say how long
TRIES: Final = 3  # a question and what is left of it when the server does not know a parameter
JSON_TYPES = ("application/json", "text/event-stream")

Message = dict[str, str]  # `role` and `content`


@dataclass(frozen=True)
class Question:
    """What is asked: what was said so far, each with the role of who said it."""

    messages: tuple[Message, ...]

    @classmethod
    def of(cls, *said: tuple[str, str]) -> "Question":
        return cls(tuple({"role": role, "content": content} for role, content in said))


@dataclass
class Reply:
    """What came of one question, whether or not it went well."""

    parameters: dict[str, Any]
    started: float = field(default_factory=boottime)
    text: str = ""
    finish: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    model: str = ""
    seconds: float = 0.0
    first_seconds: float | None = None  # until the first sign of an answer
    error: errors.ModelError | None = None


def ask(endpoint: Endpoint, question: Question, *, by: float) -> Reply:
    """Ask and return the reply; its `error` says what went wrong, and is None for a whole text.

    `by`: on `platforms.clock.boottime`, when the answer has to be over; the endpoint's own limit
    holds besides. Raises nothing but bugs.
    """
    parameters: dict[str, Any] = {
        "model": endpoint.model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": endpoint.tokens_max,
    }
    reply = Reply(parameters)
    by = min(by, reply.started + endpoint.seconds)
    for _ in range(TRIES):
        try:
            _ask_once(endpoint, question, reply, by)
        except errors.Refused as refusal:
            reply.error = refusal
            if _without_the_unknown(reply.parameters, str(refusal)):
                reply.error = None
                continue
        except errors.ModelError as error:
            reply.error = error
        break
    reply.seconds = round(boottime() - reply.started, 3)
    return reply


def models(endpoint: Endpoint, *, seconds: float) -> list[str]:
    """Return the names of the models that the server offers, in at most so many seconds.

    Raises ModelError.
    """
    wire = wires.Wire(boottime() + seconds, boottime() + seconds, seconds)
    request = requests.Request("GET", f"{endpoint.base_url}/models", headers=_headers(endpoint))
    with _Sent(endpoint, request, wire) as answer:
        _refuse(endpoint, answer)
        body = b"".join(_bounded(answer))
    try:
        listed = decoded(body).get("data")
        return [str(one["id"]) for one in listed]
    except (Unreadable, AttributeError, KeyError, TypeError) as error:
        raise errors.NotAnApi from error


def _ask_once(endpoint: Endpoint, question: Question, reply: Reply, by: float) -> None:
    heard = Heard()
    body = {**reply.parameters, "messages": list(question.messages)}
    request = requests.Request(
        "POST",
        f"{endpoint.base_url}/chat/completions",
        headers={**_headers(endpoint), "Accept": "text/event-stream"},
        data=json.dumps(body),
    )
    request.headers["Content-Type"] = "application/json"
    now = boottime()
    wire = wires.Wire(by, min(by, now + endpoint.first_seconds), endpoint.first_seconds)
    try:
        with _Sent(endpoint, request, wire) as answer:
            _refuse(endpoint, answer)
            _listen(endpoint, answer, heard, reply, wire, by)
    finally:
        reply.text, reply.finish, reply.model = heard.text, heard.finish, heard.model
        reply.tokens_in, reply.tokens_out = heard.tokens_in, heard.tokens_out
    _judge(endpoint, heard)


def _listen(
    endpoint: Endpoint,
    answer: requests.Response,
    heard: Heard,
    reply: Reply,
    wire: wires.Wire,
    by: float,
) -> None:
    """Read the answer to its end, or to where it has said enough."""
    chunks = _bounded(answer)
    streams = "text/event-stream" in answer.headers.get("Content-Type", "")
    try:
        for data in events(chunks) if streams else _whole(chunks):
            if data.strip() == DONE:
                heard.done = True
                return
            heard.take(decoded(data))
            if heard.began and reply.first_seconds is None:
                reply.first_seconds = round(boottime() - reply.started, 3)
                wire.answer_by = by
            if boottime() >= wire.answer_by:
                raise errors.TooSlow
            if len(heard.parts) > 2 * endpoint.tokens_max:
                raise errors.TooMuch
    except Unreadable as error:
        raise errors.BrokenOff from error
    heard.done = not streams


def _whole(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield b"".join(chunks)


def _judge(endpoint: Endpoint, heard: Heard) -> None:
    """Raise what is wrong with an answer that was read to its end."""
    if heard.fault:
        said = Redactor([endpoint.key])(heard.fault)
        raise errors.Faulty(f"The language model's server stopped with a fault. It said: {said}")
    if heard.finish == "content_filter" or heard.refusal:
        raise errors.Filtered
    if not (heard.finish or heard.done):
        raise errors.BrokenOff
    if not heard.text.strip():
        raise errors.NothingSaid


def _bounded(answer: requests.Response) -> Iterator[bytes]:
    """The bytes as they come, up to a bound. Raises TooMuch, TooSlow and BrokenOff."""
    size = 0
    try:
        # Whatever is there, and not only whole blocks: words are read as they are written.
        while chunk := answer.raw.read1(16_384, decode_content=True):
            size += len(chunk)
            if size > BYTES_MAX:
                raise errors.TooMuch
            yield chunk
    except (TimeoutError, ReadTimeoutError) as error:
        raise errors.TooSlow from error
    except (HTTPError, OSError) as error:
        raise errors.BrokenOff from error


class _Sent:
    """A request that was sent, with its answer's head; closed at the end of the block."""

    def __init__(self, endpoint: Endpoint, request: requests.Request, wire: wires.Wire) -> None:
        self.endpoint, self.request, self.wire = endpoint, request, wire

    def __enter__(self) -> requests.Response:
        timeout = (min(CONNECT_SECONDS, self.wire.read_timeout), self.wire.read_timeout)
        wires.put_on(self.wire)
        try:
            request = self.request.prepare()
            self.answer = wires.transport(None).send(request, stream=True, timeout=timeout)
        except (NotSent, requests.RequestException, HTTPError, OSError, UnicodeError) as error:
            wires.put_on(None)
            # The library's own error holds the whole address, and would be logged with ours.
            raise _failure(self.endpoint, error, self.wire) from None
        return self.answer

    def __exit__(self, *_: object) -> None:
        self.answer.close()
        wires.put_on(None)


def _failure(endpoint: Endpoint, error: Exception, wire: wires.Wire) -> errors.ModelError:
    if isinstance(error, UnicodeError | requests.exceptions.InvalidHeader):
        return errors.KeyRefused(
            "The key or the address of the language model has characters that cannot be sent. "
            "Check LLM_API_KEY and LLM_BASE_URL."
        )
    if wire.bytes_written == 0:
        return errors.Unreachable(
            f"The language model at {endpoint.host} cannot be reached. "
            "Check that it runs, and LLM_BASE_URL."
        )
    slow = isinstance(error, requests.Timeout | TimeoutError) or "timed out" in str(error)
    return errors.TooSlow() if slow or boottime() >= wire.answer_by else errors.BrokenOff()


def _refuse(endpoint: Endpoint, answer: requests.Response) -> None:
    """Raise what the head of an answer says is wrong."""
    status = answer.status_code
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status == 200:
        if kind not in JSON_TYPES:
            raise errors.NotAnApi
        return
    said = Redactor([endpoint.key, quote(endpoint.key)])(message_of(_start(answer)))
    told = f" It said: {said}" if said else ""
    if status in (401, 403):
        raise errors.KeyRefused(f"{errors.KeyRefused().sentence}{told}")
    if status == 404:
        raise errors.NoSuchModel(f"{errors.NoSuchModel().sentence}{told}")
    if status == 429 or (status == 503 and "Retry-After" in answer.headers):
        raise _busy(answer, told)
    if 300 <= status < 400 or kind == "text/html":
        raise errors.NotAnApi
    if status >= 500:
        raise errors.Faulty(f"The language model's server had a fault ({status}).{told}")
    raise errors.Refused(f"The language model's server refused the question ({status}).{told}")


def _start(answer: requests.Response) -> bytes:
    body = b""
    try:
        for chunk in _bounded(answer):
            body += chunk
            if len(body) > ERROR_MAX:
                break
    except errors.ModelError:
        pass  # the status says what happened; the rest of the body is not needed
    return body


def _busy(answer: requests.Response, told: str) -> errors.ModelError:
    wait = seconds_asked(answer.headers.get("Retry-After", ""), datetime.now(UTC))
    if wait is None or wait <= WAIT_MAX:
        return errors.Busy(f"{errors.Busy().sentence}{told}", wait=wait or WAIT_USUAL)
    return errors.UsedUp(
        f"The language model's server wants a pause of {wait / 60:,.0f} minutes: its allowance is "
        f"used up. Ask again then.{told}"
    )


def seconds_asked(header: str, now: datetime) -> float | None:
    """Return how long a Retry-After header asks to wait; None where it cannot be read (RFC 9110).

    Never less than a second, so that a date that has passed asks for no storm.
    """
    if header.strip().isascii() and header.strip().isdigit() and len(header) < 10:
        return max(float(header), 1.0)
    try:
        at = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    return max((at - now).total_seconds(), 1.0) if at.tzinfo else None


def _without_the_unknown(parameters: dict[str, Any], said: str) -> bool:
    """Leave out, or call otherwise, a parameter that the refusal names; say whether one was.

    Newer models of OpenAI want `max_completion_tokens`; older servers know no `stream_options`.
    """
    if "max_tokens" in said and "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
        return True
    return "stream_options" in said and parameters.pop("stream_options", None) is not None


def _headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    return headers
