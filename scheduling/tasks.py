"""Celery tasks: three lines each. What they do stands in the modules they call."""

from celery import shared_task

from organisation.clock import database_now
from organisation.ticking import one_at_a_time
from scheduling.importing.working import work_on_all
from scheduling.recurring.expanding import expand_all


@shared_task
def expand_plans() -> None:
    """Make the posts of recurring plans for the days ahead. On the work worker."""
    expand_all(database_now())


@shared_task
@one_at_a_time
def work_on_imports() -> None:
    """Check and import the files that wait for it. On the work worker."""
    work_on_all(database_now())
