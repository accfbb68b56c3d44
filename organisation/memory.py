"""What this machine remembers outside the database, so that an older database is noticed.

One small file in STATE_DIR: the id of the instance and the highest journal id that any process
here has seen committed. It is read and written around every irreversible request, so it is one
line, and it is not flushed to disk: after a power cut it may be older than the
database, which is never mistaken for an older database.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

LONGEST = 200  # bytes, written and read in one piece
LOCK_TRIES = 100
LOCK_PAUSE = 0.002  # seconds


class Memory(NamedTuple):
    """The instance this machine works for ("" = none yet) and the highest journal id seen."""

    instance: str = ""
    journal: int = 0


def recall() -> Memory:
    """Return what is remembered. Raises OSError when STATE_DIR cannot be used."""
    with _opened() as file:
        return _read(file)


def remember(journal: int) -> None:
    """Remember a journal id that is committed, unless a higher one is.

    Never waits long: a process that is frozen while it writes here must not stop the others. To
    forget one id only makes the guard a little weaker.
    """
    with _opened() as file:
        if _lock(file):
            known = _read(file)
            if journal > known.journal:
                _write(file, known._replace(journal=journal))


def belong(instance: str, journal: int) -> None:
    """Work for this instance from now on, whose highest journal id is `journal`."""
    with _opened() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _write(file, Memory(instance, journal))


@contextmanager
def _opened() -> Iterator[int]:
    path = Path(settings.STATE_DIR) / "instance"
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _lock(file: int) -> bool:
    """Take the lock, which closing the file gives back; False when it is not to be had soon."""
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOCK_PAUSE)
        else:
            return True
    return False


def _read(file: int) -> Memory:
    words = os.pread(file, LONGEST, 0).decode("ascii", "replace").split()
    if len(words) != 2 or not words[1].isdecimal():
        return Memory()
    return Memory("" if words[0] == "-" else words[0], int(words[1]))


def _write(file: int, memory: Memory) -> None:
    line = f"{memory.instance or '-'} {memory.journal}"
    os.pwrite(file, line.ljust(LONGEST).encode(), 0)
