"""X's limits: how often in 15 minutes, how many posts in a day, how much credit is left."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque

from sandbox.accounts import Account
from sandbox.platform import Refused
from sandbox.twitter.problems import answer, no_credit
from sandbox.wire import Response

WINDOW, DAY = 900, 86_400  # seconds
# Requests of one account in a window, by kind.
RATES = {"post": 100, "delete": 50, "upload": 500, "segment": 1_875, "read": 900, "me": 75}
COST, COST_WITH_ADDRESS = 0.015, 0.20  # dollars of a post


class Meter:
    """Counts what each account did; its limits `rate` and `daily` set lower numbers for posts."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: defaultdict[tuple[str, float, str], deque[float]] = defaultdict(deque)
        self._spent: defaultdict[tuple[str, float], float] = defaultdict(float)

    def admit(self, account: Account, kind: str) -> None:
        """Counts a request. Raises `Refused` when none is left."""
        with self._guard:
            windows = [(kind, WINDOW, allowed(account, kind))]
            if kind == "post" and "daily" in account.limits:
                windows.append(("daily", DAY, int(account.limits["daily"])))
            full = [w for w in windows if len(self._recent(account, w[0], w[1])) >= w[2]]
            if not full:
                for name, *_ in windows:
                    self._seen[key(account, name)].append(time.time())
                return
        raise Refused(too_many(self.headers(account, kind)))

    def pay(self, account: Account, has_address: bool) -> None:
        """Takes the price of a post off the account's `credits`, where it has a limit of them."""
        if "credits" not in account.limits:
            return
        price = COST_WITH_ADDRESS if has_address else COST
        with self._guard:
            spent = self._spent[account.id, account.registered_at]
            if spent + price > float(account.limits["credits"]):
                raise no_credit()
            self._spent[account.id, account.registered_at] += price

    def _recent(self, account: Account, name: str, window: float) -> deque[float]:
        seen, now = self._seen[key(account, name)], time.time()
        while seen and seen[0] <= now - window:
            seen.popleft()
        return seen

    def headers(self, account: Account, kind: str) -> dict[str, str]:
        with self._guard:
            most = allowed(account, kind)
            seen = self._recent(account, kind, WINDOW)
            told = numbers("x-rate-limit", most, len(seen), seen, WINDOW)
            if kind == "post" and "daily" in account.limits:
                seen = self._recent(account, "daily", DAY)
                most = int(account.limits["daily"])
                told |= numbers("x-user-limit-24hour", most, len(seen), seen, DAY)
        return told


def key(account: Account, name: str) -> tuple[str, float, str]:
    return account.id, account.registered_at, name


def allowed(account: Account, kind: str) -> int:
    return int(account.limits.get("rate", RATES["post"])) if kind == "post" else RATES[kind]


def numbers(
    begin: str, most: int, used: int, seen: deque[float] | tuple[float, ...], window: float
) -> dict[str, str]:
    reset = (seen[0] if seen else time.time()) + window
    return {
        f"{begin}-limit": str(most),
        f"{begin}-remaining": str(max(most - used, 0)),
        f"{begin}-reset": str(int(reset) + 1),
    }


def too_many(told: dict[str, str]) -> Response:
    return answer(
        429, "Too Many Requests", "Too Many Requests", "rate-limit-exceeded", tuple(told.items())
    )
