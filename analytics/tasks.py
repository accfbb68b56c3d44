"""Celery tasks: three lines each. What they do stands in the modules they call."""

from celery import shared_task

from analytics import collecting, learning, watching
from organisation.clock import database_now
from organisation.ticking import one_at_a_time
from posting.tasks import stopping


@shared_task
@one_at_a_time
def collect_metrics() -> None:
    """Read the figures that are due. On the work worker, where no post waits for it."""
    watching.take_up(database_now())
    collecting.collect(database_now(), stop=stopping.is_set)


@shared_task
@one_at_a_time
def learn_best_times() -> None:
    """Work out the hours of accounts whose day is over. It talks to no platform."""
    learning.learn_due(database_now(), stop=stopping.is_set)
