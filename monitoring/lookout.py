"""What the work worker does by itself every few seconds: watch the others, and see to the mail.

Beat and the broker have no part in it, since that they are silent is one of the things to tell.
"""

import logging
import threading
from collections.abc import Callable

from django.db import connection

from monitoring.watching import Watch
from organisation.clock import database_now
from organisation.mailing.delivering import mail_is_set_up
from organisation.mailing.gathering import forget_old_mail, gather
from organisation.models import Mail

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds


class Lookout(threading.Thread):
    """Looks until `stop()`. `wake_mail` asks for mail to be sent."""

    def __init__(self, wake_mail: Callable[[], None]) -> None:
        super().__init__(name="lookout", daemon=True)
        self._wake_mail = wake_mail
        self._watch = Watch()
        self._ended = threading.Event()

    def run(self) -> None:
        self._safely(lambda: forget_old_mail(database_now()))
        while not self._ended.is_set():
            self._safely(lambda: self._watch.look(database_now()))
            self._safely(self._see_to_mail)
            self._ended.wait(EVERY)
        connection.close()

    def _see_to_mail(self) -> None:
        if not mail_is_set_up():
            return
        now = database_now()
        gather(now)
        if Mail.objects.due(now).exists():
            self._wake_mail()

    def _safely(self, step: Callable[[], object]) -> None:
        """Whatever goes wrong with one look, the next one comes."""
        try:
            step()
        except Exception:
            log.exception("One look of the work worker failed. The next one comes in a moment.")
            connection.close()

    def stop(self) -> None:
        self._ended.set()
        self.join(timeout=EVERY)
