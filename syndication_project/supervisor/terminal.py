"""What a person sees: own sentences as they are, children's lines behind the child's name."""

import os
import sys
import threading
from typing import TextIO

COLOURS = (36, 33, 35, 32, 34, 31)  # as terminals number them
NAME_WIDTH = 7


class Terminal:
    """Writes whole lines, from any thread. A reader that went away is no reason to stop."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._colours: dict[str, int] = {}

    def say(self, sentence: str) -> None:
        self._write(sentence)

    def relay(self, name: str, line: str) -> None:
        self._write(f"{self._prefix(name)} {line}")

    def _prefix(self, name: str) -> str:
        prefix = f"{name:<{NAME_WIDTH}}|"
        if not self._coloured:
            return prefix
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return f"\x1b[{colour}m{prefix}\x1b[0m"

    def _write(self, line: str) -> None:
        with self._lock:
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
            except (OSError, ValueError):
                pass
