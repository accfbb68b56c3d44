"""Waking a sending worker. Losing a wake-up costs a moment: the dispatcher sends another."""

import logging

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


def wake_soon() -> None:
    """Wake a worker once the current transaction is committed."""
    transaction.on_commit(wake, robust=True)
