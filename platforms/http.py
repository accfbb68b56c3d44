"""The only place that opens a socket to a platform.

It answers the one question everything hangs on: did the first byte leave? Before it, a failure is
NotSent and harmless. After it, only a complete answer says what happened; all else is Unclear.
"""

import json as jsonlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from platforms.clock import boottime
from platforms.errors import NotSent, Unclear
from platforms.redaction import Redactor
from platforms.values import Json

IDLE_MAX = 10  # seconds; an older pooled connection may have been closed by the other side
BODY_MAX = 5 * 1024 * 1024  # bytes of an answer that are read
EXCERPT_MAX = 2000  # characters of a body kept as evidence
EXCHANGES_KEPT = 8


@dataclass
class Wire:
    """What is known about the request this thread is making."""

    deadline: float  # on platforms.clock.boottime
    bytes_written: int = 0


class _ThreadState(threading.local):
    wire: Wire | None = None
    session: requests.Session | None = None


_thread = _ThreadState()


class _Watched:
    """Checks the deadline immediately before the first byte and counts what left."""

    sock: Any
    last_used = 0.0

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None and boottime() - self.last_used > IDLE_MAX:
            self.close()  # type: ignore[attr-defined]
        super().putrequest(*args, **kwargs)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        wire = _thread.wire
        if wire is not None:
            if wire.bytes_written == 0 and boottime() >= wire.deadline:
                raise NotSent("This worker stood still too long, so it did not send.")
            wire.bytes_written += len(data) if isinstance(data, bytes) else 1
        self.last_used = boottime()
        super().send(data)  # type: ignore[misc]


class _WatchedHTTP(_Watched, HTTPConnection):
    pass


class _WatchedHTTPS(_Watched, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


class _WatchedTransport(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


def _session() -> requests.Session:
    """One session for each thread: connections are reused and never shared."""
    if _thread.session is None:
        session = requests.Session()
        # A .netrc or a proxy variable would replace the Authorization header or the route.
        session.trust_env = False
        session.mount("http://", _WatchedTransport())
        session.mount("https://", _WatchedTransport())
        _thread.session = session
    return _thread.session


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
    deadline: float  # on platforms.clock.boottime
    connect_timeout: float = 10.0  # seconds
    read_timeout: float = 30.0  # seconds, for each part of an answer
    exchanges: list[Exchange] = field(default_factory=list)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        json: Any = None,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return its answer, whatever its status.

        Raises NotSent when nothing left, Unclear when something left and no whole answer came.
        Redirects are not followed: a 307 would send a post a second time.
        """
        exchange = self._note(method, url, params, data or json, files, headers)
        wire = Wire(self.deadline)
        _thread.wire = wire
        started = boottime()
        try:
            answer = self._exchange(method, url, params, data, json, files, headers)
        except (requests.RequestException, OSError) as error:
            exchange.response = self.redactor(f"(no answer)\n{type(error).__name__}")
            raise self._failure(error, wire, url) from error
        finally:
            _thread.wire = None
            exchange.bytes_written = wire.bytes_written
            exchange.seconds = round(boottime() - started, 3)
        exchange.response = self._describe(answer)
        return answer

    def _exchange(
        self, method: str, url: str, params: Any, data: Any, json: Any, files: Any, headers: Any
    ) -> Answer:
        response = _session().request(
            method,
            url,
            params=params,
            data=data,
            json=json,
            files=files,
            headers=headers,
            timeout=(self.connect_timeout, self.read_timeout),
            allow_redirects=False,
            stream=True,
        )
        with response:
            return Answer(response.status_code, response.headers, self._read(response))

    def _read(self, response: requests.Response) -> bytes:
        body = b""
        for chunk in response.iter_content(65_536):
            body += chunk
            if len(body) > BODY_MAX or boottime() > self.deadline + self.read_timeout:
                raise requests.exceptions.ContentDecodingError("the answer did not end")
        return body

    def _failure(self, error: Exception, wire: Wire, url: str) -> NotSent | Unclear:
        host = urlsplit(url).hostname
        if wire.bytes_written == 0:
            return NotSent(f"{host} could not be reached ({_plain(error)}). Nothing was sent.")
        return Unclear(f"{host} took the request and gave no answer ({_plain(error)}).")

    def _note(
        self, method: str, url: str, params: Any, body: Any, files: Any, headers: Any
    ) -> Exchange:
        lines = [f"{method} {url}", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        if params:
            lines.append(jsonlib.dumps(dict(params), ensure_ascii=False, default=str))
        if body:
            lines.append(jsonlib.dumps(body, ensure_ascii=False, default=str)[:EXCERPT_MAX])
        lines += [f"(file) {name}, {len(part[1]):,} bytes" for name, part in (files or {}).items()]
        exchange = Exchange(self.redactor("\n".join(lines)))
        self.exchanges = [*self.exchanges[-EXCHANGES_KEPT + 1 :], exchange]
        return exchange

    def _describe(self, answer: Answer) -> str:
        head = [f"{answer.status}", *(f"{k}: {v}" for k, v in answer.headers.items())]
        body = answer.body[:EXCERPT_MAX].decode("utf-8", "replace")
        return self.redactor("\n".join([*head, "", body]))


def _plain(error: Exception) -> str:
    """Name a network failure in words. The library's own text may hold an address with a token."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "the connection timed out"
    if isinstance(error, requests.exceptions.Timeout):
        return "it timed out"
    if isinstance(error, requests.exceptions.SSLError):
        return "the secure connection failed"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "the connection was refused or closed"
    return type(error).__name__
