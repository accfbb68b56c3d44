"""Free ports on the loopback address."""

import socket
from collections.abc import Callable
from typing import TypeVar

HOST = "127.0.0.1"
TRIES = 100
BACKLOG = 128  # connections that wait while the web process starts again

Found = TypeVar("Found")


class NoFreePortError(Exception):
    """No port is free from {first} to {last}. Set another one in the environment."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__((self.__doc__ or "").format(first=first, last=last))


def listen(first: int) -> socket.socket:
    """Return a socket that listens on the first free port from `first` on."""
    return _first_free(first, _listening)


def free_port(first: int) -> int:
    """Return the first port from `first` on that nobody listens on."""

    def try_port(port: int) -> int:
        _listening(port).close()
        return port

    return _first_free(first, try_port)


def _first_free(first: int, attempt: Callable[[int], Found]) -> Found:
    last = min(first + TRIES, 65_535)
    for port in range(first, last + 1):
        if _answers(port):
            continue
        try:
            return attempt(port)
        except OSError:
            continue
    raise NoFreePortError(first, last)


def _listening(port: int) -> socket.socket:
    return socket.create_server((HOST, port), backlog=BACKLOG)


def _answers(port: int) -> bool:
    """Whether somebody listens on any address: some systems would let us share such a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
