"""Celery tasks: three lines each. What they do stands in the modules they call."""

from celery import shared_task

from organisation.api.idempotency import forget_old_keys
from organisation.clock import database_now


@shared_task
def forget_idempotency_keys() -> None:
    """Delete idempotency keys that nobody repeats any more. On the clock worker."""
    forget_old_keys(database_now())
