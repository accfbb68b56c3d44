"""Platforms that hang leave room for the others."""

import pytest

from platforms.models import Account
from posting.bulkheads import Bulkheads
from posting.claiming import claim_next
from tests.factories import AccountFactory, PostFactory

SICK, SICK_TOO, WELL = 1, 2, 3


def taken(bulkheads, *platforms):
    """How many slots each platform gets when they ask in turn until none is given one."""
    held = dict.fromkeys(platforms, 0)
    while got := [platform for platform in platforms if bulkheads.enter(platform)]:
        for platform in got:
            held[platform] += 1
    return [held[platform] for platform in platforms]


@pytest.mark.parametrize(
    ("slots", "share"), [(1, 1), (2, 1), (3, 2), (4, 3), (8, 6), (16, 12), (64, 48)]
)
def test_a_platform_gets_three_quarters(slots, share):
    assert taken(Bulkheads(slots), SICK) == [share]


@pytest.mark.parametrize("slots", [4, 8, 16, 64])
def test_when_two_hang_there_is_room_for_the_rest(slots):
    bulkheads = Bulkheads(slots)
    taken(bulkheads, SICK)
    taken(bulkheads, SICK_TOO)
    assert bulkheads.enter(WELL)


def test_two_that_ask_in_turn_get_the_same():
    assert taken(Bulkheads(16), SICK, WELL) == [7, 6]


def test_a_slot_that_is_given_back_is_taken_again():
    bulkheads = Bulkheads(4)
    taken(bulkheads, SICK)
    bulkheads.leave(SICK)
    assert taken(bulkheads, SICK) == [1]


@pytest.fixture
def two_platforms(db):
    """Four due posts each for two platforms."""
    for slug in ("facebook", "mastodon"):
        account = AccountFactory(platform=slug)
        for _ in range(4):
            PostFactory(scheduled=True, account=account)


def test_claims_leave_a_slot_to_the_other_platform(two_platforms):
    bulkheads = Bulkheads(4)
    facebook, mastodon = (Account.objects.get(platform__slug=s) for s in ("facebook", "mastodon"))
    while bulkheads.enter(facebook.platform_id):  # it hangs, with all that it gets
        pass
    assert claim_next("worker", bulkheads).account == mastodon
    assert claim_next("worker", bulkheads) is None


def test_a_claim_that_finds_nothing_holds_no_slot(db):
    account = AccountFactory(max_in_flight=1)
    PostFactory(scheduled=True, account=account, holds=1)
    bulkheads = Bulkheads(2)
    assert claim_next("worker", bulkheads) is None
    assert taken(bulkheads, account.platform_id) == [1]
