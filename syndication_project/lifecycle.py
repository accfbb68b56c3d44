"""What a worker and beat do when they start and when they are told to stop."""

import gc
import logging
from typing import Any

from celery.signals import (
    beat_init,
    worker_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

log = logging.getLogger(__name__)
_threads: list[Any] = []


def listen() -> None:
    """Connect what follows to Celery's signals. Called once, when the app is made."""
    worker_init.connect(refuse_unfit_worker)
    worker_ready.connect(begin_pulse)
    worker_shutting_down.connect(take_no_more)
    worker_shutdown.connect(end_pulse)
    beat_init.connect(begin_beat)


def refuse_unfit_worker(**kwargs: Any) -> None:
    """A worker that cannot read the credentials or the tables does not start.

    One whose database may be a copy starts and takes nothing: it goes on once that is adopted.
    """
    from monitoring.preflight import refuse_if_unfit

    refuse_if_unfit()
    _look_at_instance()


def _look_at_instance() -> None:
    from organisation.clock import database_now
    from posting.instance_guard import check

    check(database_now())


def begin_pulse(sender: Any, **kwargs: Any) -> None:
    """Tell the others what this worker does and how many posts it can send at once.

    A worker of several queues is several in this; the one of `work` looks after the others too.
    """
    from monitoring.lookout import Lookout
    from organisation.models import Heartbeat
    from organisation.tasks import wake_mail
    from posting.tasks import bulkheads

    gc.collect()
    gc.freeze()  # what is loaded by now stays, and need not be looked through again and again
    queues = sender.app.amqp.queues.consume_from
    if "send" in queues:
        bulkheads.slots = sender.controller.concurrency
        _show_life(Heartbeat.Kind.SENDER, bulkheads.slots)
    if "clock" in queues:
        _show_life(Heartbeat.Kind.CLOCK)
    if "work" in queues:
        _show_life(Heartbeat.Kind.WORK)
        _start(Lookout(wake_mail))


def take_no_more(**kwargs: Any) -> None:
    """Finish what is on the wire and claim nothing new."""
    from content import tasks as content_tasks
    from organisation.mailing import delivering
    from posting import tasks

    tasks.stopping.set()
    content_tasks.stopping.set()
    delivering.stopping.set()


def end_pulse(**kwargs: Any) -> None:
    """Take this worker off the list of the living."""
    for thread in _threads:
        thread.stop()


def begin_beat(sender: Any, **kwargs: Any) -> None:
    """Beat checks the same things and shows signs of life too."""
    from monitoring.preflight import refuse_if_unfit
    from organisation.models import Heartbeat

    refuse_if_unfit()
    _show_life(Heartbeat.Kind.BEAT)


def _show_life(kind: str, slots: int = 0) -> None:
    from organisation.heartbeats import Pulse

    _start(Pulse(kind, slots, each_time=_look_at_instance))


def _start(thread: Any) -> None:
    thread.start()
    _threads.append(thread)
