"""Holding a post back: nothing takes it while the hold lasts, and its time stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.models import AuditEntry
from posting import deciding, holding
from posting.claiming import claim_next
from posting.deciding import NotPossible
from posting.dispatching import mark_late
from posting.states import Hold, Status
from tests.factories import PostFactory, UserFactory
from tests.posting.conftest import WORKER, fresh

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def test_a_held_post_is_not_claimed_and_a_released_one_is():
    post, by = PostFactory(scheduled=True, due=now() - timedelta(seconds=1)), UserFactory()
    holding.hold(post, by=by, now=now())
    assert claim_next(WORKER) is None
    holding.release(post, by=by, now=now())
    assert claim_next(WORKER) is not None
    assert fresh(post).status == Status.PUBLISHING


def test_a_hold_keeps_the_time_and_other_holds_and_is_written_down():
    post, by = PostFactory(scheduled=True, holds=int(Hold.APPROVAL)), UserFactory()
    due = post.due_at
    holding.hold(post, by=by, now=now())
    assert fresh(post).held_by == Hold.APPROVAL | Hold.PERSON
    holding.release(post, by=by, now=now())
    assert fresh(post).held_by == Hold.APPROVAL
    assert fresh(post).due_at == due
    assert [event.sentence for event in post.events.order_by("id")] == [
        f"{by} put it on hold.",
        f"{by} ended its hold.",
    ]
    written = AuditEntry.objects.filter(user=by).order_by("id")
    assert list(written.values_list("verb", flat=True)) == ["hold", "release"]


def test_a_post_released_long_after_its_time_is_missed_and_asks():
    post, by = PostFactory(scheduled=True, due=now() - timedelta(hours=7)), UserFactory()
    holding.hold(post, by=by, now=now())
    assert mark_late(now()) == 0
    holding.release(post, by=by, now=now())
    assert mark_late(now()) == 1
    assert fresh(post).status == Status.MISSED


@pytest.mark.parametrize("state", [s for s in Status if s not in holding.HOLDABLE])
def test_only_what_waits_can_be_held(state):
    post = PostFactory(**{state.value: True})
    with pytest.raises(NotPossible, match="cannot be held back any more"):
        holding.hold(post, by=UserFactory(), now=now())
    assert fresh(post).held_by == Hold.NONE


def test_a_hold_that_comes_after_the_worker_is_refused():
    post = PostFactory(scheduled=True, due=now() - timedelta(seconds=1))
    claim_next(WORKER)
    with pytest.raises(NotPossible, match="it is publishing now"):
        holding.hold(post, by=UserFactory(), now=now())
    assert fresh(post).held_by == Hold.NONE


def test_twice_the_same_is_refused_and_changes_nothing():
    post, by = PostFactory(), UserFactory()
    with pytest.raises(NotPossible, match="not on hold"):
        holding.release(post, by=by, now=now())
    holding.hold(post, by=by, now=now())
    with pytest.raises(NotPossible, match="on hold already"):
        holding.hold(post, by=by, now=now())
    assert post.events.count() == 1


@pytest.mark.parametrize("state", ["ready", "scheduled", "missed", "failed"])
def test_what_is_on_hold_is_released_before_it_is_sent(state):
    post = PostFactory(holds=int(Hold.PERSON), **({} if state == "ready" else {state: True}))
    verb = deciding.retry if state in ("missed", "failed") else deciding.publish_now
    with pytest.raises(NotPossible, match="Release it first"):
        verb(post, by=UserFactory(), now=now())
    assert fresh(post).status == state
