"""Waking workers that write. Losing a wake-up costs seconds: a periodic task looks anyway."""

import logging

from django.conf import settings
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

EXPIRES = 5  # seconds; an older wake-up has been overtaken by newer ones


def wake_writers(number: int = 0) -> None:
    """Ask work workers to write what waits: as many as may write at once, or so many.

    Never fails, and never waits for the broker.
    """
    from content.tasks import write_waiting

    for _ in range(number or settings.LLM_AT_ONCE):
        try:
            write_waiting.apply_async(expires=EXPIRES, retry=False, ignore_result=True)
        except (OperationalError, OSError) as error:
            log.warning("The broker did not take a wake-up (%s). The next look comes soon.", error)
            return
