"""Free ports on the loopback address."""

import socket

HOST = "127.0.0.1"
TRIES = 100
BACKLOG = 1024  # connections that wait while the process that serves them starts again


class NoFreePortError(Exception):
    """No port is free from {first} to {last}. Set another one in the environment."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__((self.__doc__ or "").format(first=first, last=last))


def listen(first: int) -> socket.socket:
    """Return a socket that listens on the first free port from `first` on.

    Whoever gets it keeps the port: a port that was only seen to be free may be taken by now.
    """
    last = min(first + TRIES, 65_535)
    for port in range(first, last + 1):
        if _answers(port):
            continue
        try:
            return socket.create_server((HOST, port), backlog=BACKLOG)
        except OSError:
            continue
    raise NoFreePortError(first, last)


def _answers(port: int) -> bool:
    """Whether somebody listens on any address: some systems would let us share such a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
