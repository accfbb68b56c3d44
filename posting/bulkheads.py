"""A platform that does not answer must not take every sending slot of a worker.

Each platform may hold half of the slots. It may hold more only while no other has work and it
answers quickly, so one that hangs never gets past its half.
"""

import threading
from collections import defaultdict

from platforms.clock import boottime

UNLIMITED = 1_000_000  # slots, where nobody counts them
QUICK = 3.0  # seconds within which a platform that is well is done with a post
TRUSTED = 10.0  # seconds for which one quick answer speaks for the platform


class Bulkheads:
    """What the threads of one worker have in flight at each platform, by its primary key."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._lock = threading.Lock()
        self._began: dict[int, list[float]] = defaultdict(list)  # oldest first
        self._was_quick: dict[int, float] = {}

    def enter(self, platform: int, *, alone: bool) -> float | None:
        """Take a slot for the platform and return a token for it, or None: it has its share.

        `alone`: no other platform has anything to send.
        """
        now = boottime()
        with self._lock:
            held = self._began[platform]
            share = self.slots if alone and self._is_well(platform, now) else self.slots // 2
            if len(held) >= max(share, 1):
                return None
            held.append(now)
            return now

    def leave(self, platform: int, token: float) -> None:
        """Give the slot back."""
        now = boottime()
        with self._lock:
            self._began[platform].remove(token)
            if now - token < QUICK:
                self._was_quick[platform] = now
            else:
                self._was_quick.pop(platform, None)

    def _is_well(self, platform: int, now: float) -> bool:
        held = self._began[platform]
        lately = now - self._was_quick.get(platform, -TRUSTED) < TRUSTED
        return lately and (not held or now - held[0] < QUICK)
