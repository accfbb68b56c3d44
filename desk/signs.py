"""Signs of life: whether everything runs without which nothing goes out by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from organisation.models import Heartbeat
from organisation.models.heartbeat import ALIVE

GONE = timedelta(seconds=60)
NEEDED = {
    Heartbeat.Kind.SENDER: "sending worker",
    Heartbeat.Kind.CLOCK: "clock worker (it looks for due posts)",
    Heartbeat.Kind.BEAT: "beat (it wakes the clock worker)",
}


@dataclass(frozen=True)
class Process:
    """One kind of process, as its heartbeats tell."""

    kind: str
    alive: int = 0
    seen_at: datetime | None = None
    age: timedelta | None = None

    @property
    def look(self) -> str:
        """published: fine; unconfirmed: late; failed: gone or never seen."""
        if self.alive:
            return "published"
        return "unconfirmed" if self.age is not None and self.age <= GONE else "failed"

    @property
    def words(self) -> str:
        return NEEDED[Heartbeat.Kind(self.kind)]


@dataclass
class Signs:
    """The heartbeats at one moment, read once."""

    now: datetime

    def of(self, kind: str) -> Process:
        return self._processes.get(kind, Process(kind))

    @property
    def silent(self) -> Process | None:
        """The first of the needed processes that is not there."""
        found = (self.of(kind) for kind in NEEDED)
        return next((process for process in found if not process.alive), None)

    @cached_property
    def _processes(self) -> dict[str, Process]:
        seen: dict[str, list[datetime]] = {}
        for kind, at in Heartbeat.objects.order_by("-seen_at").values_list("kind", "seen_at"):
            seen.setdefault(kind, []).append(at)
        return {kind: self._process(kind, moments) for kind, moments in seen.items()}

    def _process(self, kind: str, seen: list[datetime]) -> Process:
        alive = sum(self.now - at <= ALIVE for at in seen)
        return Process(kind, alive, seen[0], max(self.now - seen[0], timedelta(0)))
