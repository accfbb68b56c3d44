"""A running sandbox for tests, in a thread of its own or as the program it is."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.router import Router
from sandbox.server import Server, listening
from sandbox.world import World

ROOT = Path(__file__).parents[2]
PATIENCE = 10  # seconds any single answer may take
PAGE, TOKEN = "1001", "page-token"
PERSON, BEARER = "2002", "person-token"


class Sandbox:
    """A client of a running sandbox at `address`, with one Page and one Mastodon account."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.facebook = f"{address}/facebook/v26.0"
        self.mastodon = f"{address}/mastodon"
        self.http = requests.Session()
        self.http.trust_env = False

    def ask(self, method: str, url: str, **options: Any) -> requests.Response:
        return self.http.request(method, url, timeout=PATIENCE, **options)

    def control(self, method: str, name: str, **options: Any) -> requests.Response:
        return self.ask(method, f"{self.address}/_sandbox/{name}", **options)

    def register(self, platform: str, key: str, token: str, **more: Any) -> dict[str, Any]:
        sent = {"platform": platform, "id": key, "name": f"Account {key}", "token": token}
        answer = self.control("POST", "accounts", json=sent | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def arm(self, platform: str, fault: str, **more: Any) -> None:
        sent = {"platform": platform, "call": "publish", "fault": fault} | more
        answer = self.control("POST", "faults", json=sent)
        assert answer.status_code == 201, answer.text

    def posts(self, **filters: str) -> list[dict[str, Any]]:
        return self.control("GET", "ledger", params=filters).json()["posts"]

    def texts(self, **filters: str) -> list[str]:
        """Texts of what is live."""
        return [post["text"] for post in self.posts(**filters) if not post["deleted_at"]]

    def received(self, **filters: str) -> list[dict[str, Any]]:
        return self.control("GET", "requests", params=filters).json()["requests"]

    def graph(self, method: str, path: str, /, **said: Any) -> requests.Response:
        """A call of the Page; `files` and `headers` go to `requests` as they are."""
        options = {name: said.pop(name) for name in ("files", "headers") if name in said}
        said = {"access_token": TOKEN} | said
        place = "params" if method in ("GET", "DELETE") else "data"
        return self.ask(method, f"{self.facebook}/{path}", **{place: said}, **options)

    def toot(self, text: str = "Hello", key: str = "", **said: Any) -> requests.Response:
        """A status of the Mastodon account."""
        said = {"status": text} | said
        return self.api("POST", "/api/v1/statuses", json=said, key=key)

    def api(self, method: str, path: str, key: str = "", **options: Any) -> requests.Response:
        """A call of the Mastodon account."""
        headers = {"Authorization": f"Bearer {BEARER}"}
        if key:
            headers["Idempotency-Key"] = key
        return self.ask(method, self.mastodon + path, headers=headers, **options)

    def publish(self, platform: str, text: str) -> requests.Response:
        """A post on either platform."""
        if platform == "mastodon":
            return self.toot(text)
        return self.graph("POST", f"{PAGE}/feed", message=text)


@contextmanager
def running(ledger: Path | None = None) -> Iterator[Sandbox]:
    """A sandbox in threads of this process, on a free port, until the block ends."""
    world = World(ledger)
    server = Server(Router(world).answer, listening("127.0.0.1", 0))
    world.origin = f"http://127.0.0.1:{server.port}"
    server.start()
    client = Sandbox(world.origin)
    yield client
    client.http.close()
    server.close()
    world.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that knows one Page and one Mastodon account."""
    with running() as client:
        client.register("facebook", PAGE, TOKEN)
        client.register("mastodon", PERSON, BEARER)
        yield client


Start = Callable[..., "tuple[subprocess.Popen[str], Sandbox]"]


def spawn(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the program itself; answers its process and a client once it listens."""
    started: list[tuple[subprocess.Popen[str], Sandbox]] = []

    def run(*arguments: str) -> tuple[subprocess.Popen[str], Sandbox]:
        process = spawn("--port", "0", *arguments)
        assert process.stdout is not None
        client = Sandbox(process.stdout.readline().split()[1].rstrip("/"))
        started.append((process, client))
        return started[-1]

    yield run
    for process, client in started:
        client.http.close()
        process.kill()
        process.communicate()


def png(width: int = 3, height: int = 2, colour: int = 200) -> bytes:
    """A small grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([colour]) * width) * height
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
