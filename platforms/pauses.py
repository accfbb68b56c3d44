"""How long a platform asks to be left alone, from the many ways in which they say it."""

from datetime import UTC, datetime, timedelta

SHORTEST = timedelta(seconds=5)  # for a moment that has passed, or clocks that differ
LONGEST = timedelta(hours=24)  # a header that says more is believed to be wrong


def pause_until(now: datetime, moment: datetime | None, default: timedelta) -> datetime:
    """Return `moment` within sensible bounds, or `default` from now when there is none."""
    if moment is None:
        return now + default
    return min(max(moment, now + SHORTEST), now + LONGEST)


def moment_in(header: str | None) -> datetime | None:
    """Read an ISO 8601 time or Unix seconds. None for anything else."""
    text = (header or "").strip()
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else None


def moment_after(now: datetime, seconds: str | None) -> datetime | None:
    """Read a Retry-After header in seconds. None for anything else."""
    text = (seconds or "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return now + min(timedelta(seconds=min(int(text), 86_400)), LONGEST)
