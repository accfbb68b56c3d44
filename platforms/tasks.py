"""Celery tasks: three lines each. What they do stands in the modules they call."""

from celery import shared_task

from organisation.clock import database_now
from organisation.ticking import one_at_a_time
from platforms import flows, refreshing


@shared_task
@one_at_a_time
def keep_tokens() -> None:
    """Renew what is due, warn of what ends. On the work worker: a slow platform delays no post."""
    now = database_now()
    refreshing.refresh_due(now)
    refreshing.watch_ends(now)
    flows.erase_old_secrets(now)
