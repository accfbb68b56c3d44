"""Taking over from workers that are gone: the row says where its post goes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posting.models import FollowUp, Post, PostAttempt, PublishStep
from posting.reaping import reap
from posting.states import Status
from tests.factories import FollowUpFactory, PostFactory, PublishStepFactory
from tests.posting.conftest import claimed, fresh

pytestmark = pytest.mark.django_db
Outcome = PostAttempt.Outcome


def abandoned(**values):
    ended = timezone.now() - timedelta(seconds=1)
    return PostFactory(publishing=True, **{"lease_until": ended, "attempts": 0, **values})


def test_a_worker_within_its_lease_keeps_its_post():
    post = PostFactory(publishing=True)
    assert reap(timezone.now()) == 0
    assert fresh(post).status == Status.PUBLISHING


def test_with_nothing_on_the_wire_the_post_goes_back_in_line():
    post = abandoned(first_claimed_at=timezone.now())
    assert reap(timezone.now()) == 1
    row = fresh(post)
    assert (row.status, row.lease_until, row.attempts) == (Status.SCHEDULED, None, 1)
    assert row.first_claimed_at == post.first_claimed_at
    assert claimed().token == post.lease_token + 1


def test_with_a_step_on_the_wire_the_post_may_be_out(settings):
    settings.SETTLE_SECONDS = 45
    post = abandoned(on_wire="post", looks=4)
    PublishStepFactory(post=post)
    now = timezone.now()
    assert reap(now) == 1
    row = fresh(post)
    assert (row.status, row.on_wire, row.looks) == (Status.UNCONFIRMED, "", 0)
    assert row.next_look_at == now + timedelta(seconds=45)
    assert post.steps.get().state == PublishStep.State.STARTED
    assert "may be out" in row.error_sentence


@pytest.mark.parametrize(
    ("values", "state", "said"),
    [
        ({"unanswered_claims": 4}, Status.SCHEDULED, "tried again"),
        ({"unanswered_claims": 5}, Status.FAILED, "stopped each time"),
        ({"unanswered_claims": 5, "irrevocable": True}, Status.UNCONFIRMED, "Part of it is out"),
        ({"unanswered_claims": 5, "on_wire": "post"}, Status.UNCONFIRMED, "may be out"),
    ],
)
def test_five_claims_without_an_answer_are_enough(values, state, said):
    post = abandoned(**values)
    reap(timezone.now())
    assert fresh(post).status == state
    assert said in fresh(post).error_sentence


def test_a_post_whose_keyed_step_is_open_is_not_failed_as_not_out():
    post = abandoned(unanswered_claims=5)
    PublishStepFactory(post=post, kind=PublishStep.Kind.KEYED)
    reap(timezone.now())
    assert fresh(post).status == Status.UNCONFIRMED
    assert fresh(post).next_look_at is not None
    assert "An earlier try may be out" in fresh(post).error_sentence


def test_the_attempt_that_came_to_nothing_is_written_once():
    post = abandoned(on_wire="post")
    now = timezone.now()
    assert [reap(now), reap(now)] == [1, 0]
    attempt = post.attempt_rows.get()
    assert (attempt.status, attempt.attempt_number, attempt.worker) == (
        Outcome.ABANDONED, 1, "reaper",
    )  # fmt: skip
    assert post.events.get().actor == "reaper"


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"on_wire": "post"},
        {"lease_token": 2},
        {"lease_until": timezone.now() + timedelta(days=1)},  # from when tests are collected
        {"status": Status.PUBLISHED, "remote_id": "1", "lease_until": None},
    ],
)
def test_a_worker_that_wrote_first_keeps_the_row(monkeypatch, meanwhile):
    """What the reaper read is old by the time it writes: its guards find that out."""
    post = abandoned()
    Post.objects.filter(pk=post.pk).update(**meanwhile)
    monkeypatch.setattr("posting.models.post.PostQuerySet.abandoned", lambda *_: _Seen([post]))
    assert reap(timezone.now()) == 0
    assert not post.events.exists()
    assert not post.attempt_rows.exists()


class _Seen(list):
    def order_by(self, *_):
        return self


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, FollowUp.State.WAITING),
        ({"on_wire": "comment"}, FollowUp.State.UNCONFIRMED),
        ({"unanswered_claims": 5}, FollowUp.State.FAILED),
    ],
)
def test_follow_ups_are_released_too_and_never_touch_their_post(values, state):
    ended = timezone.now() - timedelta(seconds=1)
    row = FollowUpFactory(state="sending", lease_until=ended, lease_token=1, **values)
    assert reap(timezone.now()) == 1
    row.refresh_from_db()
    assert (row.state, row.lease_until, row.on_wire) == (state, None, "")
    assert fresh(row.post).status == Status.PUBLISHED
