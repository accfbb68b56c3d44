"""HTTP/1.1 on a socket: read one request, write one answer.

Written by hand rather than on `http.server` because the sandbox must reset connections, hold
them open and answer thousands of requests a second.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from email.utils import formatdate
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from sandbox.forms import Form, read_form

MAX_HEAD = 64 * 1024  # bytes of request line and headers
MAX_BODY = 256 * 1024 * 1024  # bytes
CHUNK = 256 * 1024  # bytes per read of a body
JSON = "application/json; charset=utf-8"

REASONS = {status.value: status.phrase for status in HTTPStatus}


class Malformed(Exception):
    """What arrived is not an HTTP request that this server can read."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Request:
    """One request as received. `headers` has lower-case names; `header_pairs` keeps them."""

    def __init__(
        self, method: str, target: str, header_pairs: list[tuple[str, str]], version: str
    ) -> None:
        self.method = method
        raw_path, _, self.raw_query = target.partition("?")
        self.path = unquote(raw_path)
        self.header_pairs = header_pairs
        self.headers = {name.lower(): value for name, value in header_pairs}
        self.body = b""
        wish = self.headers.get("connection", "").lower()
        self.keep_alive = wish != "close" if version == "HTTP/1.1" else wish == "keep-alive"

    @cached_property
    def query(self) -> dict[str, str]:
        """Query parameters; the last one wins where a name is repeated."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @cached_property
    def form(self) -> Form:
        """Parameters and files of the body. Raises `forms.Unreadable`."""
        return read_form(self.headers.get("content-type", ""), self.body)

    @property
    def bearer(self) -> str:
        """The token of an `Authorization: Bearer` or `OAuth` header, or ''."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() in ("bearer", "oauth") else ""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `delay` (seconds) holds it back; `created` goes to the request log."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    created: bool = False
    delay: float = 0.0

    def encoded(self, keep_alive: bool, with_body: bool = True) -> bytes:
        """The whole answer, so that it leaves in one write."""
        lines = [
            f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}",
            f"Date: {formatdate(usegmt=True)}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
        ]
        lines += [f"{name}: {value}" for name, value in self.headers]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        return head + self.body if with_body else head


@dataclass(frozen=True, slots=True)
class Hold:
    """No answer: the connection stays open for `seconds`, 0 = until someone goes away."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reset:
    """No answer: the connection is reset (RST)."""


Reply = Response | Hold | Reset


def json_response(
    data: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = (), created: bool = False
) -> Response:
    """`data` as a JSON answer."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, JSON, headers, created)


class Connection:
    """A client's socket with the bytes read ahead of the current request."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._ahead = b""

    def read_request(self) -> Request | None:
        """The next request, or None when the client has gone. Raises `Malformed`."""
        head = self._read_head()
        if head is None:
            return None
        request = parse_head(head)
        if request.headers.get("expect", "").lower() == "100-continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in request.headers.get("transfer-encoding", "").lower():
            request.body = self._read_chunks()
        else:
            request.body = self._read_exactly(body_length(request))
        return request

    def _read_head(self) -> bytes | None:
        while (end := self._ahead.find(b"\r\n\r\n")) < 0:
            if len(self._ahead) > MAX_HEAD:
                raise Malformed(431, "The headers of this request are too long.")
            if not self._read_more():
                return None
        head, self._ahead = self._ahead[:end], self._ahead[end + 4 :]
        return head

    def _read_more(self) -> bool:
        data = self.sock.recv(CHUNK)
        self._ahead += data
        return bool(data)

    def _read_exactly(self, length: int) -> bytes:
        parts, missing = [self._ahead[:length]], length - len(self._ahead)
        self._ahead = self._ahead[length:]
        while missing > 0:
            data = self.sock.recv(min(missing, CHUNK))
            if not data:
                raise ConnectionError("the client went away inside its request")
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def _read_line(self) -> bytes:
        while (end := self._ahead.find(b"\r\n")) < 0:
            if len(self._ahead) > MAX_HEAD or not self._read_more():
                raise Malformed(400, "A chunk of this request is not terminated.")
        line, self._ahead = self._ahead[:end], self._ahead[end + 2 :]
        return line

    def _read_chunks(self) -> bytes:
        parts: list[bytes] = []
        while size := chunk_size(self._read_line()):
            if sum(map(len, parts)) + size > MAX_BODY:
                raise Malformed(413, "The body of this request is too long.")
            parts.append(self._read_exactly(size))
            self._read_line()
        while self._read_line():
            pass  # trailers, which nobody here needs
        return b"".join(parts)


def parse_head(head: bytes) -> Request:
    """The request line and headers. Raises `Malformed`."""
    lines = head.decode("latin-1").lstrip("\r\n").split("\r\n")
    try:
        method, target, version = lines[0].split(" ")
    except ValueError:
        raise Malformed(400, "The first line of this request is not HTTP.") from None
    pairs = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise Malformed(400, "A header of this request is not 'Name: value'.")
        pairs.append((name, value.strip()))
    return Request(method.upper(), target, pairs, version)


def body_length(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit():
        raise Malformed(400, "Content-Length is not a number.")
    length = int(text)
    if length > MAX_BODY:
        raise Malformed(413, "The body of this request is too long.")
    return length


def chunk_size(line: bytes) -> int:
    try:
        return int(line.split(b";")[0], 16)
    except ValueError:
        raise Malformed(400, "A chunk of this request has no size.") from None
