"""A server with OpenAI's chat completions API on a real socket, strict, with faults to order.

It refuses what the API refuses: parameters it does not know, a missing key, roles that are none. It
shares no code with the product.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-only-for-tests-9z8y"
MODEL = "llama3.1:8b"
KNOWN = {
    "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens",
    "temperature",
}  # fmt: skip
ROLES = {"system", "user", "assistant"}
PATIENCE = 20  # seconds; no fault goes on for longer, whatever the other side does

Answer = Callable[["Handler"], None]


class LlmServer:
    """Answers each question with the next of `answers`, and with `usual` when there are none."""

    def __init__(self) -> None:
        self.usual: Answer = says("The Kirk abolished Christmas in 1640.")
        self.answers: list[Answer] = []
        self.questions: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.key = KEY
        self.known = set(KNOWN)
        self.refuses: dict[str, str] = {}  # parameters, and what is said of them
        self.over = threading.Event()
        self.was_asked = threading.Event()
        self.lock = threading.Lock()
        server = self
        self.http = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Bound", (Handler,), {"own": server})
        )
        self.http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def next_answer(self) -> Answer:
        with self.lock:
            return self.answers.pop(0) if self.answers else self.usual

    def said_to_it(self, number: int = -1) -> str:
        return "\n".join(one["content"] for one in self.questions[number]["messages"])


class Handler(BaseHTTPRequestHandler):
    own: LlmServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self._has_key():
            models = {"object": "list", "data": [{"id": MODEL, "object": "model"}]}
            self.whole(200 if self.path == "/v1/models" else 404, models)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.own.headers.append(dict(self.headers))
        if not self._has_key():
            return
        if self.path != "/v1/chat/completions":
            self.whole(404, {"error": {"message": f"Unknown path {self.path}"}})
            return
        asked = json.loads(body)
        if fault := self._fault(asked):
            self.whole(400, {"error": {"message": fault, "type": "invalid_request_error"}})
        elif asked["model"] != MODEL:
            self.whole(404, {"error": {"message": f"The model {asked['model']} does not exist"}})
        else:
            self.own.questions.append(asked)
            self.own.was_asked.set()
            with suppress(OSError):
                self.own.next_answer()(self)

    def _has_key(self) -> bool:
        given = self.headers.get("Authorization", "")
        if not self.own.key or given == f"Bearer {self.own.key}":
            return True
        self.whole(401, {"error": {"message": f"Incorrect API key provided: {given[7:]}."}})
        return False

    def _fault(self, asked: dict[str, Any]) -> str:
        for name in asked:
            if name in self.own.refuses:
                return self.own.refuses[name]
            if name not in self.own.known:
                return f"Unrecognized request argument supplied: {name}"
        roles = {one.get("role") for one in asked.get("messages", [])}
        return "" if roles and roles <= ROLES else "messages: roles are system, user and assistant"

    def whole(self, status: int, value: Any, kind: str = "application/json", **more: str) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, word in more.items():
            self.send_header(name.replace("_", "-"), word)
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, value: Any) -> None:
        data = value if isinstance(value, str) else json.dumps(value)
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def part(self, text: str = "", finish: str | None = None, **more: Any) -> None:
        delta = {"content": text, **more} if text or not more else more
        self.event({"model": MODEL, "choices": [{"delta": delta, "finish_reason": finish}]})

    def log_message(self, *_: Any) -> None:
        """Says nothing: the tests do."""


def says(text: str, finish: str = "stop", tokens: tuple[int, int] = (120, 40)) -> Answer:
    """The whole text, word by word, with its counts where they were asked for."""

    def answer(to: Handler) -> None:
        to.begin()
        to.part(role="assistant")
        for place, word in enumerate(text.split(" ")):
            to.part(f" {word}" if place else word)
        to.part(finish=finish)
        if to.own.questions[-1].get("stream_options", {}).get("include_usage"):
            usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
            to.event({"model": MODEL, "choices": [], "usage": usage})
        to.event("[DONE]")

    return answer


def status(code: int, message: str = "No.", **headers: str) -> Answer:
    return lambda to: to.whole(code, {"error": {"message": message}}, **headers)


def web_page(to: Handler) -> None:
    to.whole(200, b"<!doctype html><title>Welcome</title>", "text/html")


def redirect(to: Handler) -> None:
    to.whole(307, b"", Location="http://127.0.0.1:9/elsewhere")


def not_streamed(text: str) -> Answer:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 7, "completion_tokens": 9}
    return lambda to: to.whole(
        200, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
    )


def cut_json(to: Handler) -> None:
    to.whole(200, b'{"choices": [{"message": {"role": "assistant", "content": "The Ki')


def cut_event(to: Handler) -> None:
    to.begin()
    to.part("The Kirk ")
    to.event('{"choices": [{"delta": {"content": "abol')


def cut_stream(to: Handler) -> None:
    """Ends cleanly, and too early: neither a reason nor [DONE]."""
    to.begin()
    to.part("The Kirk abolished ")


def dropped(to: Handler) -> None:
    """A body of which half comes."""
    to.send_response(200)
    to.send_header("Content-Type", "text/event-stream")
    to.send_header("Content-Length", "100000")
    to.end_headers()
    to.part("The Kirk ")
    to.close_connection = True


def empty(to: Handler) -> None:
    to.begin()
    to.part(finish="stop")
    to.event("[DONE]")


def tool_call(to: Handler) -> None:
    to.begin()
    call = {
        "index": 0,
        "function": {"name": "set_link", "arguments": '{"url": "https://evil.example"}'},
    }
    to.part(tool_calls=[call], finish="tool_calls")
    to.event("[DONE]")


def fault_as_event(to: Handler) -> None:
    to.begin()
    to.part("The Kirk ")
    to.event({"error": {"message": f"out of memory; key {KEY}"}})


def silent(to: Handler) -> None:
    """Takes the question and says nothing."""
    to.own.over.wait(PATIENCE)


def silent_after_head(to: Handler) -> None:
    """Begins, and then only keeps the connection alive."""
    to.begin()
    _until_over(to, lambda: to.wfile.write(b": keep-alive\n\n"), 0.05)


def dripping(to: Handler) -> None:
    """Never silent for long, and never done."""
    to.begin()
    _until_over(to, lambda: to.part("a"), 0.05)


def endless(to: Handler) -> None:
    """As fast as it can, and never done."""
    to.begin()
    _until_over(to, lambda: to.part("words " * 400), 0)


def endless_line(to: Handler) -> None:
    to.begin()
    _until_over(to, lambda: to.wfile.write(b"data: " + b"a" * 16_384), 0)


def _until_over(to: Handler, write: Callable[[], Any], pause: float) -> None:
    end = time.monotonic() + PATIENCE
    while not to.own.over.wait(pause) and time.monotonic() < end:
        write()
        to.wfile.flush()


@contextmanager
def running() -> Iterator[LlmServer]:
    server = LlmServer()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.http.shutdown()
        server.http.server_close()
        thread.join(5)
