"""Late posts go out one by one, oldest first; what is on time never waits for them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from organisation.models import Switch
from platforms.models import Account
from posting.claiming import claim_next
from posting.dispatching import mark_late
from posting.models import Post
from tests.factories import AccountFactory, PostFactory
from tests.posting.conftest import WORKER, fresh

pytestmark = pytest.mark.django_db
GAP = timedelta(minutes=5)
NOW = timezone.now


@pytest.fixture
def account():
    return AccountFactory(minimum_gap=GAP, late_limit=timedelta(hours=6))


def due(account, minutes_ago, **values):
    when = NOW() - timedelta(minutes=minutes_ago)
    return PostFactory(scheduled=True, account=account, due=when, **values)


def turns(*posts):
    return [fresh(post).wake_at for post in posts]


def test_late_posts_get_turns_a_gap_apart_oldest_first(account):
    now = NOW()
    third, first, second = due(account, 10), due(account, 40), due(account, 20)
    mark_late(now)
    assert turns(first, second, third) == [now, now + GAP, now + 2 * GAP]
    assert claim_next(WORKER).pk == first.pk
    assert claim_next(WORKER) is None


def test_no_worker_takes_a_late_post_before_it_has_its_turn(account):
    due(account, 10)
    assert claim_next(WORKER) is None
    mark_late(NOW())
    assert claim_next(WORKER) is not None


def test_the_first_turn_keeps_the_gap_to_what_went_out_last(account):
    now = NOW()
    post = due(account, 2)
    served = now - timedelta(minutes=3)
    Account.objects.filter(pk=account.pk).update(last_served_at=served)
    mark_late(now)
    assert turns(post) == [served + GAP]


def test_a_post_that_is_on_time_goes_out_between_late_ones(account):
    for minutes in (30, 20, 10):
        due(account, minutes)
    mark_late(NOW())
    claim_next(WORKER)
    punctual = due(account, 0)
    assert claim_next(WORKER).pk == punctual.pk


def test_a_long_queue_that_is_being_worked_through_is_not_late(account):
    posts = [due(account, 2) for _ in range(3)]
    Account.objects.filter(pk=account.pk).update(last_served_at=NOW() - timedelta(minutes=1))
    mark_late(NOW())
    assert [claim_next(WORKER) is not None for _ in posts] == [True] * 3


@pytest.mark.parametrize(
    "stop",
    [
        lambda account: Account.objects.filter(pk=account.pk).update(state="paused"),
        lambda account: Switch.objects.create(brand=account.brand, stopped=True),
        lambda account: Switch.objects.create(brand=None, stopped=True),
    ],
    ids=["account", "brand", "everything"],
)
def test_turns_are_given_when_publishing_goes_on_not_while_it_is_stopped(account, stop):
    post = due(account, 10)
    before = turns(post)
    stop(account)
    mark_late(NOW())
    assert turns(post) == before


def test_turns_that_passed_during_a_second_stop_are_given_anew_in_order(account):
    now = NOW()
    posts = [due(account, minutes) for minutes in (40, 30, 20)]
    mark_late(now - timedelta(minutes=12))  # turns 12, 7 and 2 minutes ago
    mark_late(now)
    assert turns(*posts) == [now, now + GAP, now + 2 * GAP]


def test_two_dispatchers_at_once_give_each_post_one_turn(account):
    posts = [due(account, minutes) for minutes in (40, 30, 20)]
    now = NOW()
    mark_late(now)
    mark_late(now)
    assert turns(*posts) == [now, now + GAP, now + 2 * GAP]
    assert [post.events.count() for post in posts] == [1, 1, 1]


def test_an_account_without_a_gap_sends_all_at_once(account):
    Account.objects.filter(pk=account.pk).update(minimum_gap=timedelta(0))
    posts = [due(account, 10), due(account, 20)]
    mark_late(NOW())
    assert [claim_next(WORKER) is not None for _ in posts] == [True, True]


def test_a_post_that_was_begun_does_not_queue_with_the_late(account):
    post = due(account, 10, first_claimed_at=NOW())
    mark_late(NOW())
    assert claim_next(WORKER).pk == post.pk


def test_turns_given_anew_are_not_told_again(account):
    posts = [due(account, minutes) for minutes in (40, 30)]
    mark_late(NOW() - timedelta(minutes=12))
    mark_late(NOW())
    assert [post.events.count() for post in posts] == [1, 1]


def test_more_than_one_transaction_takes_all_get_turns_in_order_and_keep_them(account, monkeypatch):
    monkeypatch.setattr("posting.catching_up.BATCH", 2)
    posts = [due(account, 50 - number) for number in range(5)]
    now = NOW()
    for second in range(4):
        mark_late(now + timedelta(seconds=second))
    assert turns(*posts) == [now + number * GAP for number in range(5)]


def test_the_post_says_when_its_turn_is(account):
    post = due(account, 10)
    mark_late(NOW())
    assert "one by one" in post.events.get().sentence


def test_turns_of_hundreds_are_all_given(account):
    for _ in range(30):
        due(account, 10)
    mark_late(NOW())
    wakes = sorted(Post.objects.values_list("wake_at", flat=True))
    assert all(later - earlier == GAP for earlier, later in pairwise(wakes))
