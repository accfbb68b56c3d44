"""Signs of life: each process says every few seconds that it is there."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, connection

from organisation.clock import database_now
from organisation.models import Heartbeat

log = logging.getLogger(__name__)

BEAT = 5.0  # seconds
DEAD = timedelta(days=1)


def process_name(kind: str) -> str:
    """Return the name of this process: host, process id and kind."""
    return f"{socket.gethostname()}:{os.getpid()}:{kind}"


def record_heartbeat(kind: str, slots: int, now: datetime) -> None:
    """Write that this process is alive, with the number of posts it can send at once."""
    Heartbeat.objects.update_or_create(
        process=process_name(kind),
        defaults={"kind": kind, "slots": slots, "seen_at": now},
        create_defaults={"kind": kind, "slots": slots, "seen_at": now, "started_at": now},
    )


def forget_the_dead(now: datetime) -> None:
    """Remove processes that were killed and not seen for a day, so that the table stays small."""
    Heartbeat.objects.filter(seen_at__lt=now - DEAD).delete()


def forget_heartbeat(kind: str) -> None:
    """Remove this process from the living when it ends in good order."""
    Heartbeat.objects.filter(process=process_name(kind)).delete()


class Pulse(threading.Thread):
    """Writes this process's heartbeat until `stop()`; a database that is away is waited for.

    `each_time` is called before each: what else a living process has to look at.
    """

    def __init__(
        self, kind: str, slots: int = 0, each_time: Callable[[], object] | None = None
    ) -> None:
        super().__init__(name="pulse", daemon=True)
        self.kind, self.slots, self.each_time = kind, slots, each_time
        self._ended = threading.Event()

    def run(self) -> None:
        self._safely(lambda: forget_the_dead(database_now()))
        while not self._ended.is_set():
            self._beat()
            self._ended.wait(BEAT)
        self._safely(lambda: forget_heartbeat(self.kind))
        connection.close()

    def _beat(self) -> None:
        if self.each_time is not None:
            self._safely(self.each_time)
        self._safely(lambda: record_heartbeat(self.kind, self.slots, database_now()))

    def _safely(self, write: Callable[[], object]) -> None:
        try:
            write()
        except DatabaseError as error:
            log.warning("The heartbeat could not be written: %s", error)
            connection.close()

    def stop(self) -> None:
        """End the thread and take this process off the list."""
        self._ended.set()
        self.join(timeout=BEAT)
