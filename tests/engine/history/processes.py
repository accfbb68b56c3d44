"""Processes that die and connections that break, at any commit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper


class Killed(BaseException):
    """The process is gone. What still runs of it on the way out must find that it cannot act."""


class Mishap(Enum):
    DIES_BEFORE = "dies before the commit"
    DIES_AFTER = "dies after the commit"
    LOST_BEFORE = "the connection is lost before the commit"
    LOST_AFTER = "the connection is lost after the commit"


@dataclass(frozen=True)
class Trouble:
    """What happens at the n-th commit from now, counted from 0."""

    mishap: Mishap
    commits: int


class Process:
    """One process: what it plans to suffer, and whether it still lives."""

    def __init__(self) -> None:
        self.trouble: Trouble | None = None
        self.dead = False

    def suffers(self) -> Mishap | None:
        """Count one commit; return what happens at it."""
        if self.trouble is None:
            return None
        mishap, left = self.trouble.mishap, self.trouble.commits
        self.trouble = Trouble(mishap, left - 1) if left else None
        return None if left else mishap

    def dies(self) -> Killed:
        self.dead = True
        return Killed()


_thread = threading.local()


def of_this_thread() -> Process | None:
    return getattr(_thread, "process", None)


@contextmanager
def running_as(process: Process) -> Iterator[None]:
    """What this thread does inside the block, the process does."""
    _thread.process = process
    try:
        yield
    finally:
        _thread.process = None


@contextmanager
def short_lived(trouble: Trouble | None) -> Iterator[list[str]]:
    """A process of this thread for one act. Says in the list whether it ended in its trouble."""
    process = Process()
    process.trouble = trouble
    ends: list[str] = []
    try:
        with running_as(process):
            yield ends
    except (Killed, OperationalError, InterfaceError):
        if trouble is None:
            raise
        ends.append(trouble.mishap.value)
    finally:
        if trouble is not None:
            connection.close()


def install(patch: pytest.MonkeyPatch) -> None:
    """Let every commit of a thread that is a process look for its trouble."""
    commit = BaseDatabaseWrapper._commit

    def watched(self: BaseDatabaseWrapper) -> None:
        process = of_this_thread()
        match process and process.suffers():
            case None:
                commit(self)
            case Mishap.DIES_BEFORE:
                self.connection.rollback()  # what the server does for a client that is gone
                raise process.dies()
            case Mishap.DIES_AFTER:
                commit(self)
                raise process.dies()
            case Mishap.LOST_BEFORE:
                _lose(self, undone=True)
            case Mishap.LOST_AFTER:
                commit(self)
                _lose(self, undone=False)

    patch.setattr(BaseDatabaseWrapper, "_commit", watched)


def _lose(wrapper: BaseDatabaseWrapper, *, undone: bool) -> None:
    """Break the connection. SQLite has none: there the file fails the transaction."""
    if wrapper.vendor == "postgresql":
        wrapper.connection.close()
    elif undone:
        wrapper.connection.rollback()
    with wrapper.wrap_database_errors:
        raise wrapper.Database.OperationalError("the connection was lost")
