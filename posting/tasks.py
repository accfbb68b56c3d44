"""Celery tasks: three lines each. What they do stands in the modules they call."""

import os
import socket
import threading

from celery import shared_task
from django.conf import settings

from organisation.clock import database_now
from organisation.ticking import one_at_a_time
from posting import checking_tokens, dispatching, reaping, reconciling, verifying
from posting.bulkheads import Bulkheads
from posting.database_threads import on_database_thread
from posting.hints import Hints
from posting.publishing import publish_next
from posting.waking import waiting, wake

bulkheads, hints = Bulkheads(settings.SEND_SLOTS), Hints()
stopping = threading.Event()  # set when this worker is told to stop: it finishes, and takes no more


@shared_task
def dispatch_due() -> None:
    """Look for due posts until beat's next tick. On the clock worker."""
    dispatching.dispatch(wake, waiting)


@shared_task
def drain() -> None:
    """Send until nothing is claimable. On the sending workers."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    while not stopping.is_set() and publish_next(worker, on_database_thread, bulkheads, hints):
        pass


@shared_task
def reap_abandoned() -> None:
    """Release what dead workers held. On the clock worker."""
    reaping.reap(database_now())


@shared_task
@one_at_a_time
def reconcile_unconfirmed() -> None:
    """Look for posts whose outcome is unknown. On the clock worker."""
    reconciling.reconcile(database_now())


@shared_task
@one_at_a_time
def verify_published() -> None:
    """Look again at posts that are out. On the work worker, where no post waits for it."""
    verifying.verify(database_now(), stop=stopping.is_set)


@shared_task
@one_at_a_time
def check_tokens() -> None:
    """Ask platforms now and then whether they still know us. On the work worker."""
    checking_tokens.check_due(database_now())
