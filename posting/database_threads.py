"""Database work for sending threads, on a few long-lived connections.

A sending thread waits on a platform most of its life. If each kept a connection, a hundred posts in
flight would need a hundred; if each closed its connection before waiting, most of the time would go
into connecting. So sending threads never touch the ORM: they hand a function to one of a few
database threads and wait for its result.
"""

import functools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)

PATIENCE = (0.2, 0.5, 1, 2, 4, 8)  # seconds between tries to save what a platform answered


class Run(Protocol):
    """Calls a function where the database may be used, and returns its result."""

    def __call__(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.DB_CONNECTIONS, thread_name_prefix="database")


def on_database_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the function on a database thread and return its result or raise what it raised."""
    return _pool().submit(_with_live_connection, partial(function, *args, **kwargs)).result()


def here(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the function in this thread: for commands, and for tests inside a transaction."""
    return function(*args, **kwargs)


def stubbornly(run: Run, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the function again while the database is away: what a platform answered is not lost.

    Only for functions that are harmless to repeat, since a lost connection does not say whether
    the commit before it was done.
    """
    for pause in PATIENCE:
        try:
            return run(function, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            log.warning("The database is away (%s). Trying again in %s s.", error, pause)
            time.sleep(pause)
    return run(function, *args, **kwargs)


def _with_live_connection(function: Callable[[], T]) -> T:
    if connection.connection is not None and connection.errors_occurred:
        if connection.is_usable():
            connection.errors_occurred = False
        else:
            connection.close()
    return function()
