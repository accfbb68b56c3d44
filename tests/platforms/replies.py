"""A server on loopback that gives recorded replies and remembers what it was sent.

It stands at the socket: everything of ours above it is the real thing.
"""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP as HTTP_POLICY
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

Ending = Literal["answer", "reset", "hang"]


@dataclass(frozen=True)
class Reply:
    """What the server answers; `ending` other than "answer" takes the request and says nothing."""

    status: int = 200
    body: Any = ""  # text, bytes, or what becomes JSON
    headers: dict[str, str] = field(default_factory=dict)
    ending: Ending = "answer"

    @property
    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, Any]:
        """Fields of a form or a JSON object; a file's field holds its bytes."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/json"):
            return dict(json.loads(self.body))
        if kind.startswith("multipart/form-data"):
            return dict(self._parts(kind))
        return dict(parse_qsl(self.body.decode()))

    def _parts(self, kind: str) -> Iterator[tuple[str, Any]]:
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP_POLICY).parsebytes(head + self.body)
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            data: Any = part.get_payload(decode=True)
            yield str(name), data if part.get_filename() else data.decode()


class ReplyServer:
    """Answers each request with the next reply for its method and path, the last one for ever.

    A request whose sender stopped in the middle of its body is forgotten, not received.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self._replies: dict[tuple[str, str], list[Reply]] = {}
        self._let_go = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, method: str, path: str, *replies: Reply) -> None:
        self._replies[method, path] = list(replies)

    def sent(self, method: str, path: str = "") -> list[Received]:
        return [r for r in self.received if r.method == method and r.path.startswith(path)]

    def reply_to(self, request: Received) -> Reply:
        self.received.append(request)
        replies = self._replies.get((request.method, request.path))
        if not replies:
            return Reply(501, f"no reply is recorded for {request.method} {request.path}")
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def wait_until_let_go(self) -> None:
        self._let_go.wait(10)

    @contextmanager
    def running(self) -> Iterator["ReplyServer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._let_go.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join(5)


class _Server(ThreadingHTTPServer):
    owner: ReplyServer
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 10
    wbufsize = -1  # head and body leave in one packet, which nobody delays

    def setup(self) -> None:
        super().setup()
        self.server.owner.connections += 1

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        if len(body) < size:  # its sender went away in the middle: no request arrived
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query))
        request = Received(self.command, parts.path, query, headers, body)
        reply = self.server.owner.reply_to(request)
        if reply.ending == "answer":
            self._write(reply)
            return
        if reply.ending == "hang":
            self.server.owner.wait_until_let_go()
        self._cut()

    do_GET = do_POST = do_DELETE = do_PUT = _answer  # noqa: N815

    def _write(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        kind = "text/html" if isinstance(reply.body, str) else "application/json"
        sized = {"Content-Type": kind, "Content-Length": str(len(reply.payload))}
        for name, value in (sized | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.payload)

    def _cut(self) -> None:
        """Close with a reset, as a machine does that lost its memory of the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass
