"""A login path whose refresh tokens are used up by being used, at a server that is strict.

Each renewal gives a new pair and kills the old refresh token; with `grace` the last one may be
repeated, as some platforms allow for a while. One real socket, no platform's own words.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from platforms.errors import CredentialsExpired, RateLimited, Unclear
from platforms.oauth import Door, Grant, Offer, Question, Scope

LIFE = timedelta(hours=2)


class Rotating:
    """As X does it: PKCE, two hours, a new refresh token each time."""

    slug = "rotating"
    name = "Rotating login"
    hint = "For tests."
    app_of = "facebook"
    uses_pkce = True
    scopes: tuple[Scope, ...] = (Scope("write", "to post"),)
    ahead = timedelta(minutes=20)
    rotates = True

    def authorize_url(self, door: Door, question: Question) -> str:
        return f"{door.base_url}/authorize?state={question.state}&c={question.challenge}"

    def exchange(self, door: Door, code: str, verifier: str) -> Grant:
        return self._ask(door, {"code": code, "code_verifier": verifier})

    def offers(self, door: Door, grant: Grant) -> list[Offer]:
        return []

    def refresh(self, door: Door, credentials: Mapping[str, str]) -> Grant:
        return self._ask(door, {"refresh_token": credentials["refresh_token"]})

    def _ask(self, door: Door, words: dict[str, str]) -> Grant:
        answer = door.client.request("POST", f"{door.base_url}/token", data=words)
        if answer.status == 429:
            raise RateLimited(until=datetime.now(UTC) + timedelta(minutes=7))
        if answer.status == 400:
            raise CredentialsExpired("The refresh token is not valid.")
        if answer.status != 200:
            raise Unclear("No clear answer.")
        said = answer.json()
        return Grant(said["access_token"], datetime.now(UTC) + LIFE, said["refresh_token"])


class Server:
    """Hands out pairs `access-N` and `refresh-N`."""

    def __init__(self) -> None:
        self.number = 0
        self.valid = "refresh-token-number-0"
        self.spent = ""
        self.grace = False
        self.answers: list[int | None] = []  # statuses to come instead; None: no answer at all
        self.asked: list[str] = []
        self.together = threading.Semaphore(1)
        self.overlapped = False

    def renew(self, token: str) -> dict[str, str] | None:
        if token != self.valid and not (self.grace and token == self.spent):
            return None
        self.number += 1
        self.spent, self.valid = self.valid, f"refresh-token-number-{self.number}"
        return {
            "access_token": f"access-token-number-{self.number}",
            "refresh_token": self.valid,
        }


@contextmanager
def serving(server: Server) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            token = parse_qs(body).get("refresh_token", [""])[0]
            server.asked.append(token)
            alone = server.together.acquire(blocking=False)
            server.overlapped |= not alone
            instead = server.answers.pop(0) if server.answers else 200
            said = server.renew(token) if instead in (200, None) else {}
            if alone:
                server.together.release()
            if instead is None:
                self.connection.close()
                return
            status = instead if said is not None else 400
            out = json.dumps(said or {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        def log_message(self, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
