"""Celery tasks: three lines each. What they do stands in the modules they call."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from organisation.api.idempotency import forget_old_keys
from organisation.clock import database_now
from organisation.mailing import delivering

log = logging.getLogger(__name__)

EXPIRES = 5  # seconds; an older wake-up has been overtaken by newer ones


@shared_task
def forget_idempotency_keys() -> None:
    """Delete idempotency keys that nobody repeats any more. On the clock worker."""
    forget_old_keys(database_now())


@shared_task
def deliver_mail() -> None:
    """Send the mails that are due. On the work worker, where a slow mail server delays no post."""
    delivering.deliver()


def wake_mail() -> None:
    """Ask a work worker to send mail. Without a broker this process does it, here and now:

    that nothing is publishing is what people have to hear of then.
    """
    try:
        deliver_mail.apply_async(expires=EXPIRES, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("The broker did not take a wake-up (%s). Mail is sent without it.", error)
        delivering.deliver()
