"""Serves the pages on a socket that listens already: `python -m syndication_project.web FD`.

The supervisor holds the socket, so that nobody is turned away while this process starts again.
A server elsewhere runs `waitress-serve syndication_project.wsgi:application`, or any other.
"""

import socket
import sys

import waitress
from django.urls import get_resolver

from syndication_project.wsgi import application

THREADS = 8


def main() -> None:
    listening = socket.socket(fileno=int(sys.argv[1]))
    server = waitress.create_server(application, sockets=[listening], threads=THREADS)
    # Loads every view now, not while the first person waits; also tells of faults in them.
    _ = get_resolver().url_patterns
    host, port = listening.getsockname()
    print(f"Web: http://{host}:{port}/", flush=True)
    server.run()


if __name__ == "__main__":
    main()
