"""The pages and profiles that exist, as registered through the control interface."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """One page or profile. `expires_in` counts seconds from `registered_at` (Unix time)."""

    platform: str
    id: str
    name: str
    token: str
    refresh_token: str | None = None
    expires_in: float | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    registered_at: float = field(default_factory=time.time)

    @property
    def expires_at(self) -> float | None:
        """Unix time at which the token stops to work; None = never."""
        return self.registered_at + self.expires_in if self.expires_in else None

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and time.time() >= self.expires_at


class Accounts:
    """Accounts by platform and id. `changed` is told of each registration."""

    def __init__(self) -> None:
        self.changed: Callable[[Account], None] = lambda account: None
        self._guard = threading.Lock()
        self._by_id: dict[tuple[str, str], Account] = {}
        self._by_token: dict[tuple[str, str], Account] = {}

    def register(self, account: Account) -> None:
        """Adds the account, or puts it in the place of the one with its id."""
        self.restore(account)
        self.changed(account)

    def restore(self, account: Account) -> None:
        """As `register`, for an account known from an earlier run."""
        key = (account.platform, account.id)
        with self._guard:
            earlier = self._by_id.pop(key, None)
            if earlier and self._by_token.get((earlier.platform, earlier.token)) == earlier:
                del self._by_token[earlier.platform, earlier.token]
            self._by_id[key] = account
            self._by_token[account.platform, account.token] = account

    def get(self, platform: str, name: str) -> Account | None:
        return self._by_id.get((platform, name))

    def with_token(self, platform: str, token: str) -> Account | None:
        """The account that `token` belongs to; the newest if there are several."""
        return self._by_token.get((platform, token))

    def all(self, platform: str = "") -> list[Account]:
        """Accounts in the order they were registered; '' = of any platform."""
        with self._guard:
            return [found for found in self._by_id.values() if platform in ("", found.platform)]
