"""The platform of `docs/adding-a-platform.md`, as its API is described there, on a real socket."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCOUNT = {"id": "1001", "name": "The Ferry Company"}


class Board(ThreadingHTTPServer):
    """Keeps the notices that were posted with the right token."""

    def __init__(self, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.pictures: list[bytes] = []
        self.notices: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def post(self, said: dict[str, Any]) -> dict[str, Any]:
        number = str(len(self.notices) + 1)
        url, posted = f"{self.url}/1001/{number}", datetime.now(UTC).isoformat()
        self.notices.append({**said, "id": number, "url": url, "posted_at": posted})
        return {"id": number, "url": url}


class _Handler(BaseHTTPRequestHandler):
    server: Board

    def do_GET(self) -> None:
        if self._may():
            pages: dict[str, dict[str, Any]] = {
                "/v1/me": ACCOUNT,
                "/v1/notices": {"notices": self.server.notices[::-1]},
            }
            self._answer(200, pages[self.path.partition("?")[0]])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._may():
            return
        if self.path == "/v1/pictures":
            self.server.pictures.append(body)
            self._answer(201, {"id": str(len(self.server.pictures))})
        elif self.path == "/v1/notices":
            self._answer(201, self.server.post(json.loads(body)))

    def _may(self) -> bool:
        knows = self.headers["Authorization"] == f"Bearer {self.server.token}"
        if not knows:
            self._answer(401, {"error": "The token has ended"})
        return knows

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def board(token: str) -> Iterator[Board]:
    """Let it listen until the block ends."""
    server = Board(token)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
