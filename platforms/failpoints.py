"""Moments at which a crash would matter most, each with a name.

In the product `reached` does nothing. Tests put something in place of `hook` that ends or freezes
the process at one of them; see `tests/crash/armed.py`.
"""

from collections.abc import Callable


def nothing(point: str) -> None:
    """What the product does at every point."""


hook: Callable[[str], None] = nothing


def reached(point: str) -> None:
    """Say that this process has come to the point, for example "claim: before the commit"."""
    hook(point)
