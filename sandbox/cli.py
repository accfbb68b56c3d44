"""The command line: `python -m sandbox`, shared with `manage.py sandbox`."""

from __future__ import annotations

import argparse
import errno
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sandbox.router import Router
from sandbox.server import Server, listening
from sandbox.world import World

DEFAULT_PORT = 8801
PORTS_TRIED = 100  # by --next-free
PORT_TAKEN = 2  # exit code


class TakesArguments(Protocol):
    """An argparse parser or one of Django's."""

    def add_argument(self, *names: str, **options: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. `url` is what links start with, '' = host and port.

    `descriptor` is of a socket that listens already, held by whoever starts this program.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    ledger: Path | None = None
    next_free: bool = False
    url: str = ""
    descriptor: int | None = None

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Options:
        return cls(**{name: values[name] for name in cls.__slots__})


def add_arguments(parser: TakesArguments) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 picks a free one")
    parser.add_argument("--ledger", type=Path, help="file that keeps what is live over restarts")
    parser.add_argument("--next-free", action="store_true", help="if taken, use the next free port")
    parser.add_argument("--url", default="", help="address others reach it at, if not the above")
    parser.add_argument("--descriptor", type=int, help="of a socket that listens, from the caller")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="sandbox", description="A stand-in for the platforms.")
    add_arguments(parser)
    return run(Options.from_mapping(vars(parser.parse_args(arguments))))


def run(options: Options) -> int:
    """Serves until SIGTERM or SIGINT. Answers the exit code."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    world = World(options.ledger)
    try:
        server = Server(Router(world).answer, listen(options))
    except OSError as problem:
        print(why_not(problem, options), file=sys.stderr)
        return PORT_TAKEN
    world.origin = options.url.rstrip("/") or address(options.host, server.port)
    server.start()
    print(f"Sandbox: {world.origin}/", flush=True)
    stop.wait()
    server.close()
    world.close()
    return 0


def listen(options: Options) -> socket.socket:
    """Binds the wanted port or, with `next_free`, one of those after it. Raises OSError."""
    if options.descriptor is not None:
        return socket.socket(fileno=options.descriptor)
    last = options.port + (PORTS_TRIED if options.next_free and options.port else 0)
    for port in range(options.port, min(last, 65535)):
        try:
            return listening(options.host, port)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise
    return listening(options.host, min(last, 65535))


def why_not(problem: OSError, options: Options) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {options.port} on {options.host} is taken. "
            "Stop what uses it, choose another with --port, or add --next-free."
        )
    return f"Cannot listen on {options.host}:{options.port}: {problem.strerror or problem}."


def address(host: str, port: int) -> str:
    """Where people reach it; a wildcard address is shown as loopback."""
    wildcards = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104
    shown = wildcards.get(host, host)
    return f"http://{shown}:{port}"
