"""Three clocks that can disagree: the database's, a process's own, and the platform's."""

from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace

import pytest

NEVER = timedelta(0)


class Clocks:
    """Time stands still until it is told to pass. Only the database's clock can be set wrong."""

    def __init__(self) -> None:
        self.begun = datetime.now(UTC)
        self.passed = NEVER
        self.database_is_off_by = NEVER

    def database(self) -> datetime:
        return self.platform() + self.database_is_off_by

    def platform(self) -> datetime:
        return self.begun + self.passed

    def boottime(self) -> float:
        return 1000.0 + self.passed.total_seconds()


def install(clocks: Clocks, patch: pytest.MonkeyPatch) -> None:
    """Let the product and the sandbox read these clocks."""
    patch.setattr("organisation.clock.connection", SimpleNamespace(vendor="simulated"))
    patch.setattr("organisation.clock.datetime", _reading(clocks, "database"))
    patch.setattr(
        "platforms.clock.time", SimpleNamespace(clock_gettime=lambda _: clocks.boottime())
    )
    for module in ("sandbox.ledger", "sandbox.mastodon.statuses"):
        patch.setattr(f"{module}.datetime", _reading(clocks, "platform"))


def _reading(clocks: Clocks, which: str) -> type[datetime]:
    class Simulated(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            moment: datetime = getattr(clocks, which)()
            return moment.astimezone(tz)

    return Simulated
