"""Mastodon's rate limit: so many requests of an account in five minutes, told in headers."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from datetime import UTC, datetime

from sandbox.accounts import Account
from sandbox.mastodon.errors import refused

WINDOW = 300  # seconds
RATE = 300  # requests in a window, as a real server allows
TOO_MANY = "Too many requests"


class Meter:
    """Counts the requests of each account that was registered with a `rate`."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, account: Account) -> None:
        """Counts one request. Raises `Refused` when the account's rate is used up."""
        allowed = account.limits.get("rate")
        if not allowed:
            return
        with self._guard:
            seen, now = self._seen[account.id], time.time()
            while seen and seen[0] <= now - WINDOW:
                seen.popleft()
            if len(seen) < allowed:
                seen.append(now)
                return
        raise refused(429, TOO_MANY, self.headers(account))

    def headers(self, account: Account | None) -> dict[str, str]:
        """X-RateLimit-*. An account without a rate of its own always has nearly all left."""
        allowed = account.limits.get("rate") if account else None
        if not (account and allowed):
            return limit_headers(RATE, RATE - 1, time.time() + WINDOW)
        with self._guard:
            seen = self._seen[account.id]
            reset = (seen[0] if seen else time.time()) + WINDOW
            return limit_headers(allowed, max(0, allowed - len(seen)), reset)


def limit_headers(allowed: int, left: int, reset: float) -> dict[str, str]:
    """`reset` is Unix time; the header has it in ISO 8601."""
    moment = datetime.fromtimestamp(reset, UTC).isoformat(timespec="microseconds")
    return {
        "X-RateLimit-Limit": str(allowed),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": moment.replace("+00:00", "Z"),
    }
