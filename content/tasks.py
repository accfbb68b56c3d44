"""Celery tasks: three lines each. What they do stands in the modules they call."""

from celery import shared_task

from content.sources import polling
from organisation.clock import database_now
from organisation.ticking import one_at_a_time


@shared_task
@one_at_a_time
def poll_feeds() -> None:
    """Look at the feeds whose time has come. On the work worker, where no post waits for it."""
    polling.poll_due(database_now())
