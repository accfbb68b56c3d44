"""What a worker does not take, and that looking in vain costs nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from platforms.models import Account
from posting.claiming import claim_next
from posting.eligibility import accounts_with_work
from posting.models import Post
from posting.states import Hold
from tests.factories import AccountFactory, FollowUpFactory, PostFactory, SwitchFactory
from tests.posting.conftest import WORKER, fresh

pytestmark = pytest.mark.django_db


def test_with_nothing_due_there_is_nothing_to_take():
    assert claim_next(WORKER) is None


def test_a_post_is_not_taken_before_its_time():
    PostFactory(scheduled=True, due=timezone.now() + timedelta(seconds=30))
    assert claim_next(WORKER) is None


@pytest.mark.parametrize("state", ["publishing", "published", "unconfirmed", "failed", "cancelled"])
def test_only_scheduled_posts_are_taken(state):
    PostFactory(**{state: True})
    assert claim_next(WORKER) is None


@pytest.mark.parametrize("hold", [Hold.APPROVAL, Hold.PERSON, Hold.LABEL, Hold.PERSON | Hold.LABEL])
def test_a_held_post_waits(hold):
    PostFactory(scheduled=True, holds=int(hold))
    assert claim_next(WORKER) is None


@pytest.mark.parametrize("state", [Account.State.PAUSED, Account.State.NEEDS_RECONNECT])
def test_the_posts_of_an_account_that_cannot_send_wait(state):
    PostFactory(scheduled=True, account__state=state)
    assert claim_next(WORKER) is None


def test_an_account_whose_token_ends_soon_still_sends():
    PostFactory(scheduled=True, account__state=Account.State.EXPIRING)
    assert claim_next(WORKER) is not None


def test_the_posts_of_a_platform_that_is_switched_off_wait():
    post = PostFactory(scheduled=True)
    post.platform.enabled = False
    post.platform.save()
    assert claim_next(WORKER) is None


def test_the_kill_switch_stops_everything():
    PostFactory(scheduled=True)
    SwitchFactory()
    assert claim_next(WORKER) is None


def test_a_brands_kill_switch_stops_that_brand_only():
    stopped, other = PostFactory(scheduled=True), PostFactory(scheduled=True)
    SwitchFactory(brand=stopped.brand)
    assert claim_next(WORKER).pk == other.pk
    assert claim_next(WORKER) is None


def test_a_switch_turned_on_again_stops_nothing():
    PostFactory(scheduled=True)
    SwitchFactory(stopped=False)
    assert claim_next(WORKER) is not None


@pytest.mark.parametrize(("minutes", "taken"), [(1, False), (-1, True)])
def test_a_blocked_account_waits_until_its_time(minutes, taken):
    until = timezone.now() + timedelta(minutes=minutes)
    PostFactory(scheduled=True, account__blocked_until=until)
    assert (claim_next(WORKER) is not None) == taken


def test_an_account_has_no_more_in_flight_than_it_may():
    account = AccountFactory(max_in_flight=2)
    for _ in range(3):
        PostFactory(scheduled=True, account=account)
    assert [claim_next(WORKER) is not None for _ in range(3)] == [True, True, False]


def test_follow_ups_in_flight_count_too():
    account = AccountFactory(max_in_flight=1)
    FollowUpFactory(post__account=account, state="sending", lease_until=timezone.now())
    PostFactory(scheduled=True, account=account)
    assert claim_next(WORKER) is None


def test_a_stop_under_the_lock_counts_although_the_candidates_were_read_before(monkeypatch):
    """The list of candidates is only a hint: here it was read before the account was paused."""
    post = PostFactory(scheduled=True)
    seen = Account.objects.filter(pk=post.account_id)
    monkeypatch.setattr("posting.claiming.accounts_with_work", lambda now: seen)
    SwitchFactory(brand=post.brand)
    assert claim_next(WORKER) is None
    assert fresh(post).lease_token == 0


@pytest.mark.django_db(transaction=True)
def test_a_look_that_finds_nothing_opens_no_transaction():
    PostFactory(scheduled=True, due=timezone.now() + timedelta(hours=1))
    with CaptureQueriesContext(connection) as queries:
        assert claim_next(WORKER) is None
    assert not [query for query in queries if query["sql"].startswith(("BEGIN", "UPDATE"))]
    assert len([query for query in queries if "scheduled_posts" in query["sql"]]) == 1


def test_accounts_with_work_are_listed_least_recently_served_first():
    now = timezone.now()
    served = [now - timedelta(minutes=minutes) for minutes in (1, 5)]
    accounts = [AccountFactory(last_served_at=at) for at in (*served, None)]
    for account in accounts:
        PostFactory(scheduled=True, account=account, due=now - timedelta(minutes=1))
    assert list(accounts_with_work(timezone.now())) == accounts[::-1]


def test_a_post_someone_else_took_a_moment_ago_is_not_taken_twice():
    post = PostFactory(scheduled=True)
    assert claim_next(WORKER).pk == post.pk
    assert claim_next(WORKER) is None
    assert Post.objects.publishing().count() == 1
