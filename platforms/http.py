"""The only place that opens a socket to a platform.

It answers the one question everything hangs on: did the first byte leave? Before it, a failure is
NotSent and harmless. After it, only a complete answer says what happened; all else is Unclear.
The connections themselves are in `wire`.
"""

import json as jsonlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError, ReadTimeoutError

from platforms import wire as wires
from platforms.clock import boottime
from platforms.errors import NotSent, Unclear
from platforms.failpoints import reached
from platforms.redaction import Redactor
from platforms.streams import Part, Stream, multipart
from platforms.values import Allowance, Json

BODY_MAX = 5 * 1024 * 1024  # bytes of an answer that are read
EXCERPT_MAX = 2000  # characters of a request or answer kept as evidence
EXCHANGES_KEPT = 8
USER_AGENT = "Syndication"


class TooLong(requests.RequestException):
    """The answer has more bytes than any platform's answer should."""


def nothing_to_do() -> None:
    """What keeps a request going that needs nothing for it."""


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """Return the body as a JSON object. Raises Unclear when it is anything else."""
        try:
            value = jsonlib.loads(self.body)
        except ValueError as error:
            raise Unclear(f"The answer ({self.status}) could not be read.") from error
        if not isinstance(value, dict):
            raise Unclear(f"The answer ({self.status}) was not what the API describes.")
        return value

    def json_list(self) -> list[Json]:
        """Return the body as a JSON list of objects. Raises Unclear when it is anything else."""
        try:
            value = jsonlib.loads(self.body)
        except ValueError as error:
            raise Unclear(f"The answer ({self.status}) could not be read.") from error
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Unclear(f"The answer ({self.status}) was not what the API describes.")
        return value


@dataclass
class Exchange:
    """One request and its answer with the secrets removed, for people to read."""

    request: str
    response: str = ""
    bytes_written: int = 0
    seconds: float = 0.0


@dataclass
class Client:
    """Makes requests for one post. The journal sets `deadline` before each step."""

    redactor: Redactor
    deadline: float  # on platforms.clock.boottime; no first byte leaves after it
    connect_timeout: float = 10.0  # seconds
    read_timeout: float = 30.0  # seconds, for each part of an answer
    guarded: bool = False  # a person named the address: it must be public or opened
    fetch_allow: Sequence[str] = ()  # hosts and networks that are open although guarded
    called: str = ""  # what people call the other side; empty: the host of each address
    exchanges: list[Exchange] = field(default_factory=list)
    # Called before each request and between the pieces of a long one. The journal sets it, and so
    # keeps its lease, and with it `deadline`, for as long as something is being sent.
    keep_going: Callable[[], None] = nothing_to_do
    remarks: list[str] = field(default_factory=list)  # what staff should know and is no error
    # What answers said of allowances in their bodies; those in headers are read from `heard`.
    told: list[Allowance] = field(default_factory=list)
    # The headers of the last answer. Servers may repeat secrets in them.
    heard: Mapping[str, str] = field(default_factory=dict, repr=False)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        json: Any = None,
        files: Mapping[str, Part] | None = None,
        body: Stream | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return its answer, whatever its status.

        `files` may hold streams beside bytes; `body` is sent as it is, with its length.

        Raises NotSent when nothing left, Unclear when something left and no whole answer came.
        Redirects are not followed: a 307 would send a post a second time.
        """
        self.keep_going()
        exchange = self._note(method, url, params, data or json, files, headers)
        if body is not None:
            exchange.request += f"\n(body) {len(body):,} bytes"
        wire = self._wire()
        started = boottime()
        try:
            if files and any(isinstance(part[1], Stream) for part in files.values()):
                body, kind = multipart(data or {}, files)
                headers, files, data = {**(headers or {}), "Content-Type": kind}, None, None
            sent: Any = data if body is None else self._kept_going(body, wire)
            request = requests.Request(method, url, headers, files, sent, params, json=json)
            answer = self._exchange(request.prepare(), wire)
        except NotSent as error:
            exchange.response = self.redactor(f"(not sent)\n{error.sentence}")
            raise
        except (requests.RequestException, OSError, UnicodeError) as error:
            exchange.response = self.redactor(f"(no answer)\n{type(error).__name__}")
            # The library's own error holds the whole address, and would be logged with ours.
            raise _failure(error, wire, self.called or urlsplit(url).hostname) from None
        finally:
            exchange.bytes_written = wire.bytes_written
            exchange.seconds = round(boottime() - started, 3)
        exchange.response = self._describe(answer)
        self.heard = answer.headers
        return answer

    def download(self, url: str, into: IO[bytes], bytes_max: int) -> Answer:
        """Get what is at an address and write it into a file; the answer's own body is empty.

        Only a 200 is written. Redirects are not followed. Raises NotSent or Unclear as `request`,
        and TooLong once there are more bytes than `bytes_max`; the file then holds a part.
        """
        exchange = self._note("GET", url, None, None, None, None)
        wire = self._wire()
        try:
            request = requests.Request("GET", url, {"Accept": "image/*,video/*"}).prepare()
            answer = self._exchange(request, wire, partial(_written, into=into, most=bytes_max))
        except TooLong:
            exchange.response = "(too long)"
            raise
        except (requests.RequestException, OSError, UnicodeError, HTTPError) as error:
            exchange.response = self.redactor(f"(no answer)\n{type(error).__name__}")
            raise _failure(error, wire, self.called or urlsplit(url).hostname) from None
        exchange.response = self._describe(answer)
        return answer

    def remark(self, sentence: str) -> None:
        """Note something for staff, once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def _kept_going(self, body: Stream, wire: wires.Wire) -> Stream:
        """The same bytes, with the lease kept and the answer awaited for as much longer."""

        def chunks() -> Iterator[bytes]:
            for chunk in body:
                yield chunk
                self.keep_going()
                wire.answer_by = self.deadline + self.read_timeout

        return Stream(len(body), chunks)

    def _wire(self) -> wires.Wire:
        guard = wires.Guard(tuple(self.fetch_allow)) if self.guarded else None
        answer_by = self.deadline + self.read_timeout
        return wires.Wire(self.deadline, answer_by, self.read_timeout, guard)

    def _exchange(
        self,
        request: requests.PreparedRequest,
        wire: wires.Wire,
        read: Callable[[requests.Response], bytes] | None = None,
    ) -> Answer:
        """Go below the library's sessions, which keep cookies and read .netrc and redirects."""
        request.headers.setdefault("User-Agent", USER_AGENT)
        timeout = (self.connect_timeout, self.read_timeout)
        wires.put_on(wire)
        try:
            response = wires.transport(wire.guard).send(request, stream=True, timeout=timeout)
            with response:
                body = (read or _read)(response)
                answer = Answer(response.status_code, response.headers, body)
            reached("request: after the answer")
            return answer
        finally:
            wires.put_on(None)

    def _note(
        self, method: str, url: str, params: Any, body: Any, files: Any, headers: Any
    ) -> Exchange:
        lines = [f"{method} {url}", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        if params:
            lines.append(jsonlib.dumps(dict(params), ensure_ascii=False, default=str))
        if body:
            lines.append(jsonlib.dumps(body, ensure_ascii=False, default=str))
        lines += [f"(file) {name}, {len(part[1]):,} bytes" for name, part in (files or {}).items()]
        exchange = Exchange(self._excerpt("\n".join(lines)))
        self.exchanges = [*self.exchanges[-EXCHANGES_KEPT + 1 :], exchange]
        return exchange

    def _describe(self, answer: Answer) -> str:
        head = [f"{answer.status}", *(f"{k}: {v}" for k, v in answer.headers.items())]
        body = answer.body[: 4 * EXCERPT_MAX].decode("utf-8", "replace")
        return self._excerpt("\n".join([*head, "", body]))

    def _excerpt(self, text: str) -> str:
        """Cut secrets first and length afterwards: half a secret would not be recognised."""
        return self.redactor(text[: 4 * EXCERPT_MAX])[:EXCERPT_MAX]


def _read(response: requests.Response) -> bytes:
    body = b""
    for chunk in response.iter_content(65_536):
        body += chunk
        if len(body) > BODY_MAX:
            raise TooLong
    return body


def _written(response: requests.Response, into: IO[bytes], most: int) -> bytes:
    if response.status_code == 200:
        for count, chunk in _counted(response):
            if count > most:
                raise TooLong
            into.write(chunk)
    return b""


def _counted(response: requests.Response) -> Iterator[tuple[int, bytes]]:
    count = 0
    for chunk in response.iter_content(65_536):
        count += len(chunk)
        yield count, chunk


def _failure(error: Exception, wire: wires.Wire, called: str | None) -> NotSent | Unclear:
    if wire.bytes_written == 0:
        return NotSent(f"{called} could not be reached ({_plain(error)}). Nothing was sent.")
    return Unclear(f"{called} took the request and gave no answer ({_plain(error)}).")


# The first that fits; the library's own text may hold an address with a token.
PLAIN: tuple[tuple[type[BaseException], str], ...] = (
    (TooLong, "it is too long"),
    (NameResolutionError, "its name is not known"),
    (ReadTimeoutError, "it timed out"),
    (requests.exceptions.ConnectTimeout, "the connection timed out"),
    (requests.exceptions.Timeout, "it timed out"),
    (TimeoutError, "it timed out"),
    (requests.exceptions.SSLError, "the secure connection failed"),
    (requests.exceptions.ChunkedEncodingError, "the connection was closed in the middle"),
    (requests.exceptions.ConnectionError, "the connection was refused or closed"),
    (UnicodeError, "the token or the address has characters that cannot be sent"),
)


def _plain(error: Exception) -> str:
    """Name a network failure in words, by what the library wrapped or else by its own kind."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    for kind, words in PLAIN:
        if isinstance(reason, kind) or isinstance(error, kind):
            return words
    return type(error).__name__
