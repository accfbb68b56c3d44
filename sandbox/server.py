"""Sockets and threads: one thread per connection, so that a slow answer delays nobody else."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable

from sandbox.wire import Connection, Hold, Malformed, Reply, Request, Reset, Response

BACKLOG = 1024  # connections waiting to be accepted
LOOK_UP = 0.2  # seconds between two looks whether to stop accepting
IDLE = 600.0  # seconds without a request before a connection is closed
STACK = 512 * 1024  # bytes per thread: hundreds of slow requests must not need gigabytes
PATIENCE = 1.0  # seconds that requests under way get to finish when the server stops
LINGER_NONE = struct.pack("ii", 1, 0)  # close() sends RST instead of FIN


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on `port`, 0 = any free one. Raises OSError when it is taken."""
    return socket.create_server((host, port), backlog=BACKLOG)


class Server:
    """Serves `answer` on a socket that listens already, from `start` until `close`."""

    def __init__(self, answer: Callable[[Request], Reply], listener: socket.socket) -> None:
        self.answer = answer
        self.listener = listener
        self.listener.settimeout(LOOK_UP)
        self.port: int = listener.getsockname()[1]
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def start(self) -> None:
        """Begins to accept connections, in threads of its own."""
        threading.stack_size(STACK)
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def close(self) -> None:
        """Stops: no new requests, those under way may finish within a second."""
        self.stopping.set()
        self.listener.close()
        with self._guard:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RD)
        deadline = time.monotonic() + PATIENCE
        while self._open and time.monotonic() < deadline:
            time.sleep(0.01)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self.listener.accept()
            except TimeoutError:
                continue
            except OSError:
                if self.stopping.is_set():
                    return
                time.sleep(0.05)  # out of file descriptors: wait for some to be given back
                continue
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with self._guard:
            self._open.add(sock)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(IDLE)
            self._converse(Connection(sock))
        except OSError:
            pass  # the client went away; nothing is owed to it
        finally:
            with self._guard:
                self._open.discard(sock)
            sock.close()

    def _converse(self, connection: Connection) -> None:
        while not self.stopping.is_set():
            try:
                request = connection.read_request()
            except Malformed as problem:
                connection.sock.sendall(refusal(problem).encoded(keep_alive=False))
                return
            if request is None:
                return
            reply = self._safely(request)
            if not self._deliver(connection.sock, request, reply):
                return

    def _safely(self, request: Request) -> Reply:
        try:
            return self.answer(request)
        except Exception:  # noqa: BLE001
            # A bug here must be seen, and must not look like one of the simulated faults.
            traceback.print_exc(file=sys.stderr)
            return Response(599, b'{"error":"The sandbox itself failed; see its output."}')

    def _deliver(self, sock: socket.socket, request: Request, reply: Reply) -> bool:
        """Sends the reply; True when the connection can serve another request."""
        if isinstance(reply, Reset):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
            return False
        if isinstance(reply, Hold):
            self._hold(sock, reply.seconds)
            return False
        if reply.delay and self.stopping.wait(reply.delay):
            return False
        sock.sendall(reply.encoded(request.keep_alive, with_body=request.method != "HEAD"))
        return request.keep_alive

    def _hold(self, sock: socket.socket, seconds: float) -> None:
        """Waits until `seconds` are over (0 = no end), the client leaves, or the server stops."""
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        end = time.monotonic() + seconds if seconds else None
        while not self.stopping.is_set():
            left = 0.25 if end is None else min(0.25, end - time.monotonic())
            if left <= 0 or (poller.poll(left * 1000) and gone(sock)):
                return


def gone(sock: socket.socket) -> bool:
    """Whether the client has closed its side. Bytes it still sends are thrown away."""
    try:
        return not sock.recv(65536)
    except OSError:
        return True


def refusal(problem: Malformed) -> Response:
    return Response(problem.status, json.dumps({"error": str(problem)}).encode())
