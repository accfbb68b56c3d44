"""Containers: what is prepared and not published yet."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.ledger import Media

KEPT = 5_000  # containers; the oldest are dropped first
LIFE = 24 * 3600  # seconds


@dataclass(slots=True)
class Container:
    """One container. `looks_left` counts the looks that still find it being processed."""

    id: str
    account: str
    kind: str  # IMAGE, VIDEO, REELS, STORIES or CAROUSEL
    caption: str = ""
    media: tuple[Media, ...] = ()
    child: bool = False
    life: float = LIFE  # seconds
    looks_left: int = 0
    fault: str = ""  # the subcode that its processing ends with
    awaits_bytes: bool = False
    published: str = ""  # the id of the post it became
    made_at: float = field(default_factory=time.monotonic)

    @property
    def status(self) -> str:
        if self.published:
            return "PUBLISHED"
        if time.monotonic() - self.made_at > self.life:
            return "EXPIRED"
        if self.awaits_bytes or self.looks_left > 0:
            return "IN_PROGRESS"
        return "ERROR" if self.fault else "FINISHED"


class Containers:
    """Containers by id. Every method is safe from any thread."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._kept: OrderedDict[str, Container] = OrderedDict()

    def keep(self, container: Container) -> None:
        with self.lock:
            self._kept[container.id] = container
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def get(self, name: str) -> Container | None:
        return self._kept.get(name)

    def look(self, container: Container) -> str:
        """One look at a container: its status, which may be another at the next look."""
        with self.lock:
            status = container.status
            if status == "IN_PROGRESS" and not container.awaits_bytes:
                container.looks_left -= 1
            return status

    def clear(self) -> None:
        with self.lock:
            self._kept.clear()
