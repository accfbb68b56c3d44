"""Celery tasks: three lines each. What they do stands in the modules they call."""

from celery import shared_task

from organisation.clock import database_now
from scheduling.recurring.expanding import expand_all


@shared_task
def expand_plans() -> None:
    """Make the posts of recurring plans for the days ahead. On the work worker."""
    expand_all(database_now())
