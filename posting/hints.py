"""Where the next due post may be: a list that one worker's threads share.

Looking for accounts with work is the dearest query of a claim, and its answer is only a hint:
everything is checked again under the account's lock. So one look serves many claims. An account
that gave a post goes to the end of the list; one that gave none leaves it.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator

from platforms.clock import boottime

AGE_MAX = 0.25  # seconds for which a look serves

Hint = tuple[int, int]  # an account and its platform, by primary key


class Hints:
    """Hands out accounts, least recently served first, each to one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: deque[Hint] = deque()
        self._looked_at = -AGE_MAX

    def each(self, look: Callable[[], list[Hint]]) -> Iterator[Hint]:
        """Yield those of the last look, if it is fresh, and then those of a new one.

        The caller gives an account back with `served` when it had work.
        """
        if boottime() - self._looked_at < AGE_MAX:
            yield from iter(self._take, None)
        fresh, now = look(), boottime()
        with self._lock:
            self._line, self._looked_at = deque(fresh), now
        yield from iter(self._take, None)

    def served(self, hint: Hint) -> None:
        with self._lock:
            self._line.append(hint)

    def _take(self) -> Hint | None:
        with self._lock:
            return self._line.popleft() if self._line else None
