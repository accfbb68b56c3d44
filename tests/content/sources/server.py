"""A real web server of the test's own, on the loopback, which answers as each path was told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]


class Site:
    """Paths and what stands there. `asked` keeps the requests: path and headers."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pages: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.open = threading.Event()

    def put(self, path: str, body: bytes | str, kind: str = "text/html", **headers: str) -> str:
        """Let this stand at the path, and return its address."""
        raw = body.encode() if isinstance(body, str) else body
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (200, {"Content-Type": kind, **fields}, raw)
        return self.address + path

    def lead(self, path: str, to: str, status: int = 302) -> str:
        self.pages[path] = (status, {"Location": to}, b"")
        return self.address + path

    def refuse(self, path: str, status: int, **headers: str) -> str:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, fields, b"")
        return self.address + path

    def do(self, path: str, act: Callable[[BaseHTTPRequestHandler], None]) -> str:
        self.pages[path] = act
        return self.address + path


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """Say nothing: a reader that hangs up in the middle is what some tests are about."""


@contextmanager
def running() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            page = site.pages.get(self.path, (404, {}, b""))
            if not isinstance(page, tuple):
                page(self)
                return
            status, headers, body = page
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.open.set()
        server.shutdown()
        server.server_close()
        thread.join()
