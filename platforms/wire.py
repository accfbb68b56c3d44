"""Connections that know whether a first byte left, and to which address.

They belong to one thread each, and so does the record of the request that is on its way.
"""

import http.client
import io
import socket
import threading
from dataclasses import dataclass
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from platforms.clock import boottime
from platforms.errors import NotSent
from platforms.failpoints import reached
from platforms.fetching import refusal

IDLE_MAX = 10  # seconds; an older pooled connection may have been closed by the other side
ADDRESSES_TRIED = 3  # of a guarded host


@dataclass(frozen=True)
class Guard:
    """For hosts that people named: only public addresses, and those the operator opened."""

    allowed: tuple[str, ...] = ()


@dataclass
class Wire:
    """What is known about the request this thread is making. Times are on clock.boottime."""

    deadline: float  # for the first byte
    answer_by: float
    read_timeout: float  # seconds, for each part of the answer
    guard: Guard | None = None
    bytes_written: int = 0


class _ThreadState(threading.local):
    wire: Wire | None = None

    def __init__(self) -> None:
        self.transports: dict[Guard | None, HTTPAdapter] = {}


_thread = _ThreadState()


def put_on(wire: Wire | None) -> None:
    """Name the request that this thread's connections carry from now on."""
    _thread.wire = wire


def transport(guard: Guard | None) -> HTTPAdapter:
    """Return this thread's own connections.

    Guarded requests have their own: a connection opened on trust must not serve a stranger's host.
    """
    if guard not in _thread.transports:
        _thread.transports[guard] = _WatchedTransport()
    return _thread.transports[guard]


class _TimedReader(io.RawIOBase):
    """Reads an answer that has to be over at a certain time, however slowly it drips."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, wire: Wire) -> None:
        self._raw, self._sock, self._wire = raw, sock, wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._wire.answer_by - boottime()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        self._sock.settimeout(min(left, self._wire.read_timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedAnswer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        reached("request: before the answer")
        super().__init__(sock, *args, **kwargs)
        if _thread.wire is not None:
            self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, _thread.wire))


class _Watched(HTTPConnection):
    """Checks the deadline immediately before the first byte and counts what left."""

    response_class = _TimedAnswer
    last_used = 0.0

    @property
    def is_connected(self) -> bool:
        """Whether the pool may use this connection again; otherwise it opens a new one."""
        return boottime() - self.last_used <= IDLE_MAX and super().is_connected

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        wire = _thread.wire
        if wire is not None:
            if wire.bytes_written == 0:
                reached("request: before the first byte")
            if wire.bytes_written == 0 and boottime() >= wire.deadline:
                raise NotSent("This worker stood still too long, so it did not send.")
            wire.bytes_written += len(data) if isinstance(data, bytes) else 1
        self.last_used = boottime()
        super().send(data)

    def _new_conn(self) -> socket.socket:
        wire = _thread.wire
        if wire is None or wire.guard is None:
            return super()._new_conn()
        name = self._dns_host
        try:
            return self._dial(self._open_addresses(name, wire.guard))
        finally:
            self._dns_host = name

    def _dial(self, addresses: list[str]) -> socket.socket:
        """Open a socket to the first that answers; exactly the addresses that were checked."""
        for address in addresses[:-1]:
            self._dns_host = address
            try:
                return super()._new_conn()
            except (ConnectTimeoutError, NewConnectionError):
                continue
        self._dns_host = addresses[-1]
        return super()._new_conn()

    def _open_addresses(self, name: str, guard: Guard) -> list[str]:
        """Resolve a host and return what may be dialled. Raises NotSent when nothing may."""
        host = name.strip("[]").rstrip(".")
        try:
            found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(host, self, socket.gaierror(str(error))) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        reasons = [refusal(host, address, guard.allowed) for address in addresses]
        fine = [address for address, reason in zip(addresses, reasons, strict=True) if not reason]
        if not fine:
            raise NotSent(f"{next(filter(None, reasons))} Nothing was sent.")
        return fine[:ADDRESSES_TRIED]


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


class _WatchedTransport(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
