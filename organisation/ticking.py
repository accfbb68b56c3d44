"""Periodic tasks that ask others: one at a time in each process.

Beat starts them on its timetable whether or not the last one has ended. While a platform hangs they
would pile up, each waiting in a slot of its own, until none is left for what has to be on time.
"""

import functools
import threading
from collections.abc import Callable


def one_at_a_time(task: Callable[[], None]) -> Callable[[], None]:
    """Let a tick pass while this process is still at an earlier one of the same task."""
    busy = threading.Lock()

    @functools.wraps(task)
    def tick() -> None:
        if busy.acquire(blocking=False):
            try:
                task()
            finally:
                busy.release()

    return tick
