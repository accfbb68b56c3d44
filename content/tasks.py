"""Celery tasks: three lines each. What they do stands in the modules they call."""

import threading

from celery import shared_task
from django.conf import settings

from content.sources import polling
from content.waking import wake_writers
from content.writers.queue import put_back
from content.writers.working import write_next
from organisation.clock import database_now
from organisation.ticking import one_at_a_time

at_once = threading.BoundedSemaphore(settings.LLM_AT_ONCE)  # so that other work has slots left
stopping = threading.Event()  # set when this worker is told to stop: it finishes, and takes no more


@shared_task
@one_at_a_time
def poll_feeds() -> None:
    """Look at the feeds whose time has come. On the work worker, where no post waits for it."""
    polling.poll_due(database_now(), stop=stopping.is_set)


@shared_task
def write_waiting() -> None:
    """Write one piece that waits, and wake for the next. On the work worker."""
    put_back(database_now())
    if at_once.acquire(blocking=False):
        try:
            found = not stopping.is_set() and write_next()
        finally:
            at_once.release()
        if found:
            wake_writers(1)
