"""What to do after a platform did not take a post. Pure, so that it can be read as a table."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    NotReady,
    OutcomeUnknown,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
)
from posting.states import Status

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
RATE_PAUSE = timedelta(minutes=1)  # when a platform asks to wait and does not say how long
# While a platform prepares media and does not say how long: a fourth of the wait so far.
READY_PAUSE_MIN, READY_PAUSE_MAX = timedelta(seconds=3), timedelta(minutes=5)


class AccountEffect(Enum):
    """What an error means for the other posts of the account."""

    NONE = auto()
    WAIT = auto()  # all wait until the platform's own time
    RENEW = auto()  # all wait for a newer token, which is on its way or can be had
    RECONNECT = auto()
    PAUSE = auto()


@dataclass(frozen=True)
class Decision:
    """Where the post goes, when it is tried again, and what its account does."""

    status: Status
    again_at: datetime | None = None
    account: AccountEffect = AccountEffect.NONE
    counts: bool = True  # whether this was a try of the post


def retry_decision(
    error: PlatformError,
    *,
    attempt: int,
    first_claimed_at: datetime,
    now: datetime,
    give_up_after: timedelta,
    seed: str,
    sent_before: bool = False,
) -> Decision:
    """Decide what follows from the error.

    `attempt` counts from 1. `seed` makes the jitter of one try the same whoever computes it.
    `sent_before`: an earlier life of the post began this very step, so a duplicate may be us.
    """
    match error:
        case OutcomeUnknown():
            return Decision(Status.UNCONFIRMED)
        case DuplicateContent():
            return Decision(Status.UNCONFIRMED if sent_before else Status.FAILED)
        case Rejected():
            return Decision(Status.FAILED)
        case CredentialsExpired() | PermissionMissing():
            return Decision(Status.SCHEDULED, now, AccountEffect.RECONNECT)
        case AccountBlocked():
            return Decision(Status.SCHEDULED, now, AccountEffect.PAUSE)
    if now - first_claimed_at >= give_up_after:
        return Decision(Status.FAILED)
    match error:
        case RateLimited(until=until):
            return Decision(Status.SCHEDULED, until or now + RATE_PAUSE, AccountEffect.WAIT)
        case NotReady(until=until):
            look = until or now + ready_pause(now - first_claimed_at)
            return Decision(Status.SCHEDULED, look, counts=False)
    return Decision(Status.SCHEDULED, now + backoff(attempt, seed))


def ready_pause(waited: timedelta) -> timedelta:
    """Return the pause before a platform that prepares media is asked again."""
    return min(max(waited / 4, READY_PAUSE_MIN), READY_PAUSE_MAX)


def backoff(attempt: int, seed: str) -> timedelta:
    """Return the pause before the next try: doubling, capped, spread by up to a fifth."""
    pause = min(FIRST_PAUSE * 2 ** min(attempt - 1, 20), LONGEST_PAUSE)
    jitter = random.Random(f"{seed}:{attempt}").uniform(0.8, 1.2)  # noqa: S311 (not a secret)
    return pause * jitter
