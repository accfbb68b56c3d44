"""How many workers are woken: no more than are due, allowed and free, and never none in need."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posting import dispatching
from posting.dispatching import dispatch, wakeups_needed
from posting.models import Post
from posting.states import Hold
from tests.factories import (
    AccountFactory,
    FollowUpFactory,
    HeartbeatFactory,
    PostFactory,
    SwitchFactory,
)

pytestmark = pytest.mark.django_db


def due_posts(count, account=None, **values):
    account = account or AccountFactory(max_in_flight=50)
    due = timezone.now() - timedelta(seconds=1)
    return [PostFactory(scheduled=True, account=account, due=due, **values) for _ in range(count)]


def needed():
    return wakeups_needed(timezone.now())


def test_with_nothing_due_nobody_wakes():
    HeartbeatFactory()
    due_posts(2, holds=int(Hold.PERSON))
    assert needed() == 0


def test_one_for_each_post_and_follow_up_that_is_due():
    HeartbeatFactory(slots=16)
    account = due_posts(3)[0].account
    FollowUpFactory(post__account=account, wake_at=timezone.now())
    assert needed() == 4


def test_no_more_than_there_are_free_slots():
    HeartbeatFactory(slots=2)
    HeartbeatFactory(slots=1)
    due_posts(9)
    PostFactory(publishing=True)
    assert needed() == 2


def test_no_more_than_the_account_may_have_in_flight():
    HeartbeatFactory(slots=16)
    account = AccountFactory(max_in_flight=3)
    due_posts(9, account)
    PostFactory(publishing=True, account=account)
    assert needed() == 2


@pytest.mark.parametrize("values", [{}, {"seen_at": timezone.now() - timedelta(minutes=5)},
                                    {"kind": "clock"}])  # fmt: skip
def test_without_a_worker_in_sight_one_wake_up_waits_for_the_first(values):
    if values:
        HeartbeatFactory(**values)
    due_posts(9)
    assert needed() == 1


def test_stopped_accounts_wake_nobody():
    HeartbeatFactory()
    brand = due_posts(2)[0].brand
    SwitchFactory(brand=brand)
    due_posts(1, AccountFactory(state="paused"))
    assert needed() == 0


def test_an_idle_look_asks_two_questions(django_assert_num_queries):
    PostFactory(scheduled=True, due=timezone.now() + timedelta(hours=1))
    with django_assert_num_queries(2):
        wakeups_needed(timezone.now())


def test_a_dispatch_wakes_for_what_is_due_and_marks_what_is_late():
    woken = []
    HeartbeatFactory()
    due_posts(2)
    late = PostFactory(scheduled=True, due=timezone.now() - timedelta(hours=7))
    dispatch(lambda: woken.append(1), seconds=0.01)
    assert len(woken) == 2
    late.refresh_from_db()
    assert late.status == "missed"


@pytest.mark.parametrize(("waiting", "sent"), [(0, 6), (2, 4), (99, 3)])
def test_wakeups_that_wait_count_from_the_second_look_on(monkeypatch, waiting, sent):
    woken = []
    HeartbeatFactory(slots=16)
    due_posts(3)
    moments = iter([0, 0, 0.1, 1])  # the beginning, two looks, the end
    monkeypatch.setattr(dispatching, "boottime", lambda: next(moments))
    dispatch(lambda: woken.append(1), lambda: waiting, seconds=1)
    assert len(woken) == sent


def test_dispatching_twice_is_harmless():
    due_posts(1)
    for _ in range(2):
        dispatch(lambda: None, seconds=0.01)
    assert Post.objects.scheduled().count() == 1
