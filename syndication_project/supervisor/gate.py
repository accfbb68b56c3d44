"""Holds a child back while it loads, so that loading and preparing go on side by side."""

import os


class Gate:
    """A pipe that nobody writes to. A child that reads from `descriptor` waits until `open()`;
    one that starts later passes straight through.
    """

    def __init__(self) -> None:
        self.descriptor, self._held = os.pipe()

    def open(self) -> None:
        os.close(self._held)


def wait_at(descriptor: int) -> None:
    """In the child: return when the gate is open."""
    os.read(descriptor, 1)
