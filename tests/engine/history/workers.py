"""Sending workers that stop wherever they are told to, so that others can act in between.

Each is a thread with its own connection, and only one thread runs at a time: a history is the same
however busy the machine is.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

import pytest
from django.db import InterfaceError, OperationalError, connection
from requests import PreparedRequest

from platforms.http import Answer, Client
from platforms.wire import Wire
from posting.claims import Claim
from posting.database_threads import _with_live_connection
from posting.publishing import publish_next
from tests.engine.history.processes import Killed, Process, Trouble, of_this_thread, running_as

PATIENCE = 30  # seconds for one stretch of a worker, all of it real work
THE_END = "its end"
# Where a worker can be stopped: before and after what its sending thread asks of the database, and
# around the request itself.
NOUNS = {
    "claim_next": "claim",
    "_start": "started",
    "_renew": "upload",
    "settle_published": "settling",
    "settle_error": "settling",
    "_settle_done": "settling",
    "_settle_error": "settling",
}
PLACES = (
    THE_END,
    "after claim",
    "before started",
    "after started",
    "before request",
    "after request",
    "before settling",
    "after settling",
    "before upload",
)


class Watcher(Protocol):
    """Is told what a worker does, in the worker's own thread, while all others stand still."""

    def claimed(self, worker: "Worker", claim: Claim) -> None: ...

    def sent(self, worker: "Worker", claim: Claim, request: PreparedRequest) -> None: ...


class Worker(Process):
    """Drains the queue once, as a wake-up asks of it."""

    def __init__(self, name: str, watcher: Watcher) -> None:
        super().__init__()
        self.name = name
        self.claim: Claim | None = None
        self.at = "its beginning"
        self.failure: BaseException | None = None
        self._watcher = watcher
        self._until = THE_END
        self._loses_connection = False
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return self.at == THE_END

    def run_until(self, place: str, trouble: Trouble | None = None, cut: bool = False) -> None:
        """Run on until the place or the end. `cut`: its idle connection has broken meanwhile."""
        self._until, self.trouble, self._loses_connection = place, trouble, cut
        self._go.release()
        assert self._stopped.acquire(timeout=PATIENCE), f"{self.name} hangs, last seen {self.at}"
        if self.failure is not None:
            raise self.failure

    def kill(self) -> None:
        self.dead = True
        self._go.release()
        self._thread.join(PATIENCE)

    def passes(self, place: str) -> None:
        """Called in the worker's own thread at each place it comes to."""
        if self.dead:
            raise Killed
        if place == self._until:
            self.at = place
            self._stopped.release()
            self._wait()

    def _wait(self) -> None:
        self._go.acquire()
        if self._loses_connection and connection.vendor == "postgresql":
            connection.connection.close()
        if self.dead:
            raise Killed

    def _live(self) -> None:
        try:
            with running_as(self):
                self._wait()
                while publish_next(self.name, self._run):
                    pass
        except (Killed, OperationalError, InterfaceError):
            pass  # the lease of what it held brings it to light
        except BaseException as error:  # noqa: BLE001 (a finding, told by the main thread)
            self.failure = error
        finally:
            connection.close()
            self.at = THE_END
            self._stopped.release()

    def _run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """As `on_database_thread`, in this thread, with a place before and after."""
        noun = NOUNS.get(function.__name__, function.__name__)
        self.passes(f"before {noun}")
        result = _with_live_connection(partial(function, *args, **kwargs))
        if noun == "claim" and result is not None:
            self.claim = result
            self._watcher.claimed(self, result)
        self.passes(f"after {noun}")
        return result

    def exchange(self, send: Callable[[], Answer], request: PreparedRequest, wire: Wire) -> Answer:
        """Make a request, with a place before and after it, also when no answer came."""
        self.passes("before request")
        try:
            return send()
        finally:
            if wire.bytes_written and self.claim is not None:
                assert not connection.in_atomic_block, "a transaction was open across the network"
                self._tell_sent(self.claim, request)
            self.passes("after request")

    def _tell_sent(self, claim: Claim, request: PreparedRequest) -> None:
        """On a connection of the watcher's own: this worker's may be broken by now."""

        def tell() -> None:
            try:
                self._watcher.sent(self, claim, request)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(tell).result()


def install(patch: pytest.MonkeyPatch) -> None:
    """Let every request of a worker come by its places."""
    exchange = Client._exchange

    def watched(self: Client, request: PreparedRequest, wire: Wire) -> Answer:
        process = of_this_thread()
        send = partial(exchange, self, request, wire)
        return process.exchange(send, request, wire) if isinstance(process, Worker) else send()

    patch.setattr(Client, "_exchange", watched)
    # Nobody waits for a database that is back at once.
    patch.setattr("posting.database_threads.PATIENCE", (0, 0))
