"""A clock that also runs while the machine sleeps or the process is frozen."""

import time

# Linux counts suspend in CLOCK_BOOTTIME; macOS does in CLOCK_MONOTONIC_RAW.
_CLOCK: int = getattr(
    time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)
)


def boottime() -> float:
    """Return seconds since the machine started, suspended time included."""
    return time.clock_gettime(_CLOCK)
