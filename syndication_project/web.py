"""Serves the pages of `make run`: `python -m syndication_project.web SOCKET GATE`.

Both are descriptors: of a socket that listens already, and of a gate to wait at once loaded. The
supervisor holds the socket, so that nobody is turned away while this process starts, or starts
again. A server elsewhere runs `waitress-serve syndication_project.wsgi:application`, or any other.
"""

import os
import socket
import sys

import django
import waitress

from syndication_project.supervisor.gate import wait_at

THREADS = 8


def main() -> None:
    pages, gate = map(int, sys.argv[1:])
    load()
    wait_at(gate)
    # Only now: it looks at the database, which may not have had its tables before.
    from syndication_project.wsgi import application

    listening = socket.socket(fileno=pages)
    server = waitress.create_server(application, sockets=[listening], threads=THREADS)
    host, port = listening.getsockname()
    print(f"Web: http://{host}:{port}/", flush=True)
    server.run()


def load() -> None:
    """Load every app and view now, not while the first person waits."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syndication_project.settings")
    django.setup()
    from django.urls import get_resolver

    _ = get_resolver().url_patterns


if __name__ == "__main__":
    main()
