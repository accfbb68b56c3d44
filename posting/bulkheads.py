"""A platform that does not answer must not take every sending slot of a worker.

Each may hold up to three times as many as are still free. One that hangs gets three quarters of
them, two that hang together get six sevenths, and there is room for those that are well: the
dynamic thresholds by which switches share a buffer (Choudhury and Hahne, 1998). Nobody has to know
which platform hangs; that is seen only once it has taken what it gets.
"""

import threading
from collections import defaultdict

UNLIMITED = 1_000_000  # slots, where nobody counts them
QUICK = 3.0  # seconds within which a platform that is well is done with a post
PER_FREE = 3  # slots that one platform may hold for each that would still be free


def has_its_share(held: int, free: int) -> bool:
    """Say whether a platform that holds so many slots must leave the free ones to others."""
    return held > 0 and held >= PER_FREE * (free - 1)


class Bulkheads:
    """How many posts the threads of one worker have in flight at each platform, by primary key."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._lock = threading.Lock()
        self._held: dict[int, int] = defaultdict(int)

    def enter(self, platform: int) -> bool:
        """Take a slot for the platform; say no where it has its share."""
        with self._lock:
            if has_its_share(self._held[platform], self.slots - sum(self._held.values())):
                return False
            self._held[platform] += 1
            return True

    def leave(self, platform: int) -> None:
        """Give a slot back."""
        with self._lock:
            self._held[platform] -= 1
