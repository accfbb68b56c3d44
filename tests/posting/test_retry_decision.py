"""What follows from each error, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    NotReady,
    NotSent,
    OutcomeUnknown,
    PermissionMissing,
    RateLimited,
    Rejected,
    Unclear,
)
from posting.retry import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    RATE_PAUSE,
    READY_PAUSE_MAX,
    READY_PAUSE_MIN,
    AccountEffect,
    Decision,
    backoff,
    retry_decision,
)
from posting.states import Status

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SOON = NOW + timedelta(minutes=7)
DAY = timedelta(hours=24)


def decide(error, *, attempt=1, waited=timedelta(), sent_before=False):
    return retry_decision(
        error,
        attempt=attempt,
        first_claimed_at=NOW - waited,
        now=NOW,
        give_up_after=DAY,
        seed="7",
        sent_before=sent_before,
    )


# fmt: off
TABLE = [
    # Nobody knows: never sent again by itself.
    (OutcomeUnknown(),          Decision(Status.UNCONFIRMED)),
    # A definite no.
    (Rejected(),                Decision(Status.FAILED)),
    (DuplicateContent(),        Decision(Status.FAILED)),
    # The account's trouble: the post keeps its place, the account waits for a person.
    (CredentialsExpired(),      Decision(Status.SCHEDULED, NOW, AccountEffect.RECONNECT)),
    (PermissionMissing(),       Decision(Status.SCHEDULED, NOW, AccountEffect.RECONNECT)),
    (AccountBlocked(),          Decision(Status.SCHEDULED, NOW, AccountEffect.PAUSE)),
    # The platform's own time, or a guess.
    (RateLimited(until=SOON),   Decision(Status.SCHEDULED, SOON, AccountEffect.WAIT)),
    (RateLimited(),             Decision(Status.SCHEDULED, NOW + RATE_PAUSE, AccountEffect.WAIT)),
    # Not a try of the post.
    (NotReady(until=SOON),      Decision(Status.SCHEDULED, SOON, counts=False)),
    (NotReady(),                Decision(Status.SCHEDULED, NOW + READY_PAUSE_MIN, counts=False)),
    # Nothing left this machine.
    (NotSent(),                 Decision(Status.SCHEDULED, NOW + backoff(1, "7"))),
    (Unclear(),                 Decision(Status.SCHEDULED, NOW + backoff(1, "7"))),
]
# fmt: on


@pytest.mark.parametrize(("error", "decision"), TABLE, ids=lambda v: type(v).__name__)
def test_the_table_of_errors(error, decision):
    assert decide(error) == decision


def test_a_platform_that_prepares_is_asked_ever_less_often():
    pauses = [
        decide(NotReady(), waited=timedelta(seconds=waited)).again_at - NOW
        for waited in (0, 60, 600, 36_000)
    ]
    assert pauses == [
        READY_PAUSE_MIN,
        timedelta(seconds=15),
        timedelta(seconds=150),
        READY_PAUSE_MAX,
    ]


def test_a_duplicate_of_what_we_may_have_sent_ourselves_is_unknown():
    assert decide(DuplicateContent(), sent_before=True) == Decision(Status.UNCONFIRMED)


@pytest.mark.parametrize("error", [NotSent(), RateLimited(until=SOON), NotReady(until=SOON)])
def test_after_a_day_of_trying_the_post_fails(error):
    assert decide(error, waited=DAY) == Decision(Status.FAILED)
    assert decide(error, waited=DAY - timedelta(seconds=1)).status == Status.SCHEDULED


@pytest.mark.parametrize("error", [CredentialsExpired(), AccountBlocked(), OutcomeUnknown()])
def test_what_waits_for_a_person_is_never_given_up(error):
    assert decide(error, waited=DAY * 30).status != Status.FAILED


@pytest.mark.parametrize("attempt", range(1, 9))
def test_each_pause_doubles_within_a_fifth(attempt):
    middle = FIRST_PAUSE * 2 ** (attempt - 1)
    if middle <= LONGEST_PAUSE:
        assert middle * 0.8 <= backoff(attempt, "seed") <= middle * 1.2


@pytest.mark.parametrize("attempt", [9, 50, 10**6])
def test_pauses_have_a_longest(attempt):
    assert LONGEST_PAUSE * 0.8 <= backoff(attempt, "seed") <= LONGEST_PAUSE * 1.2


def test_one_try_has_one_jitter_whoever_computes_it():
    assert backoff(3, "41") == backoff(3, "41")
    assert len({backoff(3, str(seed)) for seed in range(50)}) > 40
