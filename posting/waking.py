"""Waking a sending worker. Losing a wake-up costs a moment: the dispatcher sends another."""

import logging
from typing import Any

from celery import Celery, current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

EXPIRES = 5  # seconds; an older wake-up has been overtaken by newer ones


def wake() -> None:
    """Ask one worker to look for something due. Never fails, and never waits for the broker."""
    from posting.tasks import drain

    try:
        drain.apply_async(expires=EXPIRES, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("The broker did not take a wake-up (%s). The next look sends another.", error)


def waiting(app: Celery = current_app) -> int:
    """Return how many wake-ups no worker has taken up yet; 0 where the broker does not say.

    While there are any, every sending slot is busy, and goes on by itself until nothing is due.
    """
    queue = app.conf.task_routes["posting.tasks.drain"]["queue"]
    connection: Any  # whose types are wrong about what a pool gives
    with app.pool.acquire() as connection:
        try:
            count: int = connection.default_channel.queue_declare(queue, passive=True).message_count
        except (
            OSError,  # the folders of the embedded broker may be emptied at this moment
            OperationalError,
            *connection.connection_errors,
            *connection.channel_errors,  # there is no queue before its first message
        ):
            return 0
    return count


def wake_soon() -> None:
    """Wake a worker once the current transaction is committed."""
    transaction.on_commit(wake, robust=True)
