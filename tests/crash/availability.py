"""How late was the oldest post that could have gone out, second by second?"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection
from django.db.models import OuterRef, Subquery

from organisation.clock import database_now
from platforms.models import Account
from posting.models import Post, PostEvent
from posting.states import Status

SECONDS = 10  # of an interval, and how late is too late
KILL = 1.0  # seconds after a strike that do not count


@dataclass(frozen=True)
class Sample:
    at: float  # seconds since the epoch
    late: float  # seconds for which the oldest post that could go out has waited


@dataclass(frozen=True)
class Availability:
    """Intervals of ten seconds, and those in which a post that could go out waited too long."""

    intervals: int
    unavailable: tuple[float, ...]  # when each began, in seconds since the first sample

    def __str__(self) -> str:
        share = 1 - len(self.unavailable) / max(self.intervals, 1)
        when = ", ".join(f"{start / 60:.1f} min" for start in self.unavailable)
        return (
            f"available={share:.2%} of {self.intervals} intervals of {SECONDS} s"
            f"{f', not at {when}' if when else ''}"
        )


class Watch(threading.Thread):
    """Asks once a second until `stop()`. A second without an answer leaves no sample."""

    def __init__(self) -> None:
        super().__init__(name="availability", daemon=True)
        self.samples: list[Sample] = []
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(1):
            try:
                self.samples.append(Sample(time.time(), oldest()))
            except (OperationalError, InterfaceError):
                connection.close()  # an outage; how long posts waited is seen after it
        connection.close()

    def stop(self) -> None:
        self._ended.set()
        self.join()


def oldest() -> float:
    """Return for how many seconds the oldest post waits that nothing but us keeps waiting.

    A post whose worker was killed waits from the moment at which its lease was seen to have ended:
    until then nobody may touch it.
    """
    now = database_now()
    freed = PostEvent.objects.filter(post=OuterRef("pk"), new=Status.SCHEDULED).order_by("-id")
    due = Post.objects.due(now).filter(account__in=Account.objects.able_to_send(now))
    waits = due.annotate(freed=Subquery(freed.values("at")[:1])).values_list("wake_at", "freed")
    since = min((max(moment for moment in row if moment) for row in waits), default=now)
    return (now - since).total_seconds()


def availability(samples: Sequence[Sample], strikes: Sequence[float]) -> Availability:
    """Judge the samples; those within a second after a strike do not count.

    An interval without a sample counts as unavailable: nobody could say otherwise.
    """
    if not samples:
        return Availability(0, ())
    first = samples[0].at
    count = max(int((samples[-1].at - first) // SECONDS), 1)
    calm = [s for s in samples if not any(0 <= s.at - strike < KILL for strike in strikes)]
    worst: dict[int, float] = {}
    for sample in calm:
        interval = int((sample.at - first) // SECONDS)
        worst[interval] = max(worst.get(interval, 0.0), sample.late)
    late = (n for n in range(count) if worst.get(n, SECONDS) >= SECONDS)
    return Availability(count, tuple(n * float(SECONDS) for n in late))
