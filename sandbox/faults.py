"""Faults to order: which request goes wrong, how, and how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

CALLS = ("publish", "upload", "read", "delete", "comment", "edit", "refresh", "*")

# Nothing is accepted. `BEFORE` is the same everywhere, the rest is said in the platform's words.
BEFORE = frozenset({"hang", "reset_before", "error_500_before", "maintenance", "redirect"})
REFUSALS = frozenset({"refuse", "rate_limit", "expired_token", "quota", "duplicate"})
# The request is carried out in full; only its answer suffers.
AFTER = frozenset(
    {"slow", "reset_after_accept", "error_500_after_accept", "garbage", "wrong_content_type"}
)
KINDS = BEFORE | REFUSALS | AFTER


@dataclass(frozen=True, slots=True)
class Fault:
    """`times` 0 = always. What `seconds` means depends on the fault; see README.md."""

    platform: str
    call: str
    fault: str
    account: str = "*"
    times: int = 1
    seconds: float = 0
    error: dict[str, Any] | None = None  # of a `refuse`: which of the platform's errors

    def matches(self, platform: str, account: str, calls: frozenset[str]) -> bool:
        return (
            self.platform == platform
            and self.account in ("*", account)
            and (self.call == "*" or self.call in calls)
        )


class Faults:
    """The faults that are armed, oldest first: the first that fits a request is used."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        with self._guard:
            self._armed.append(fault)

    def take(self, platform: str, account: str, calls: frozenset[str]) -> Fault | None:
        """The fault for this request, counted down by one."""
        if not self._armed:
            return None
        with self._guard:
            for place, fault in enumerate(self._armed):
                if fault.matches(platform, account, calls):
                    self._count_down(place, fault)
                    return fault
        return None

    def _count_down(self, place: int, fault: Fault) -> None:
        if fault.times == 1:
            del self._armed[place]
        elif fault.times > 1:
            self._armed[place] = replace(fault, times=fault.times - 1)

    def give_back(self, fault: Fault) -> None:
        """Undoes one `take`, for a request that the platform refused by itself."""
        if fault.times == 0:
            return
        with self._guard:
            for place, armed in enumerate(self._armed):
                if replace(armed, times=0) == replace(fault, times=0):
                    self._armed[place] = replace(armed, times=armed.times + 1)
                    return
            self._armed.insert(0, replace(fault, times=1))

    def clear(self) -> int:
        with self._guard:
            count = len(self._armed)
            self._armed.clear()
            return count

    def armed(self) -> list[Fault]:
        """Those that wait, oldest first, each with the `times` it has left."""
        with self._guard:
            return list(self._armed)
