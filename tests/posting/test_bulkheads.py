"""One platform that hangs leaves room for the others; one that is well may use all of it."""

import pytest

from posting import bulkheads as module
from posting.bulkheads import QUICK, Bulkheads
from posting.claiming import claim_next
from tests.factories import AccountFactory, PostFactory

SICK, WELL = 1, 2


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves: `clock[0] += seconds`."""
    now = [1000.0]
    monkeypatch.setattr(module, "boottime", lambda: now[0])
    return now


def answer_quickly(bulkheads, platform):
    (slot,) = taken(bulkheads, platform, alone=True, tries=1)
    bulkheads.leave(platform, slot)


def taken(bulkheads, platform, *, alone, tries=10):
    slots = [bulkheads.enter(platform, alone=alone) for _ in range(tries)]
    return [slot for slot in slots if slot is not None]


def test_a_platform_gets_half_while_others_have_work(clock):
    assert len(taken(Bulkheads(8), WELL, alone=False)) == 4


def test_one_that_never_answered_gets_no_more_than_half_even_alone(clock):
    assert len(taken(Bulkheads(8), SICK, alone=True)) == 4


def test_one_that_answers_quickly_gets_all_while_it_is_alone(clock):
    bulkheads = Bulkheads(8)
    answer_quickly(bulkheads, WELL)
    assert len(taken(bulkheads, WELL, alone=True)) == 8
    assert taken(bulkheads, SICK, alone=False, tries=1) != []


def test_one_that_stops_answering_falls_back_to_half(clock):
    bulkheads = Bulkheads(8)
    answer_quickly(bulkheads, SICK)
    slots = taken(bulkheads, SICK, alone=True, tries=5)
    clock[0] += QUICK + 0.1
    assert bulkheads.enter(SICK, alone=True) is None
    for slot in slots:
        bulkheads.leave(SICK, slot)
    assert len(taken(bulkheads, SICK, alone=True)) == 4


def test_a_single_slot_can_still_send(clock):
    assert len(taken(Bulkheads(1), WELL, alone=False)) == 1


@pytest.fixture
def two_platforms(db):
    """Four due posts each for two platforms."""
    for slug in ("facebook", "mastodon"):
        account = AccountFactory(platform=slug)
        for _ in range(4):
            PostFactory(scheduled=True, account=account)


def test_claims_leave_half_of_the_slots_to_the_other_platform(two_platforms):
    bulkheads = Bulkheads(4)
    claims = [claim_next("worker", bulkheads) for _ in range(4)]
    slugs = sorted(claim.account.platform.slug for claim in claims)
    assert slugs == ["facebook", "facebook", "mastodon", "mastodon"]
    assert claim_next("worker", bulkheads) is None


def test_a_claim_that_finds_nothing_holds_no_slot(db):
    account = AccountFactory(max_in_flight=1)
    PostFactory(scheduled=True, account=account, holds=1)
    bulkheads = Bulkheads(2)
    assert claim_next("worker", bulkheads) is None
    assert bulkheads.enter(account.platform_id, alone=False)
