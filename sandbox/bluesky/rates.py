"""A server's rate limits: points of writes in an hour, told with every answer to one."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque

from sandbox.accounts import Account
from sandbox.bluesky.errors import answer
from sandbox.platform import Refused
from sandbox.wire import Response

WINDOW = 3600  # seconds
POINTS = 5_000  # in a window, as a real server allows
CREATE, DELETE = 3, 1  # points
SIGN_IN_WINDOW, SIGN_INS = 300, 30


class Meter:
    """Counts the points of each account; with a limit `points`, that many in an hour."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._spent: defaultdict[tuple[str, float], deque[tuple[float, int]]] = defaultdict(deque)
        self._sign_ins: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, account: Account, points: int) -> None:
        """Counts points. Raises `Refused` when they are more than are left."""
        with self._guard:
            spent = self._recent(account)
            if sum(cost for _, cost in spent) + points <= allowed(account):
                spent.append((time.time(), points))
                return
        raise Refused(too_many(self.headers(account)))

    def admit_sign_in(self, name: str) -> None:
        with self._guard:
            seen, now = self._sign_ins[name], time.time()
            while seen and seen[0] <= now - SIGN_IN_WINDOW:
                seen.popleft()
            if len(seen) < SIGN_INS:
                seen.append(now)
                return
            first = seen[0]
        raise Refused(too_many(headers(SIGN_INS, 0, first + SIGN_IN_WINDOW, SIGN_IN_WINDOW)))

    def _recent(self, account: Account) -> deque[tuple[float, int]]:
        spent, now = self._spent[account.id, account.registered_at], time.time()
        while spent and spent[0][0] <= now - WINDOW:
            spent.popleft()
        return spent

    def headers(self, account: Account) -> dict[str, str]:
        with self._guard:
            spent = self._recent(account)
            left = max(allowed(account) - sum(cost for _, cost in spent), 0)
            reset = (spent[0][0] if spent else time.time()) + WINDOW
        return headers(allowed(account), left, reset, WINDOW)


def allowed(account: Account) -> int:
    return int(account.limits.get("points", POINTS))


def headers(limit: int, left: int, reset: float, window: int) -> dict[str, str]:
    """`reset` is Unix time, and so it is in the header."""
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(int(reset) + 1),
        "RateLimit-Policy": f"{limit};w={window}",
    }


def too_many(told: dict[str, str]) -> Response:
    wait = max(int(told["RateLimit-Reset"]) - int(time.time()), 1)
    said = {**told, "Retry-After": str(wait)}
    return answer(429, "RateLimitExceeded", "Rate Limit Exceeded", said)
