"""*Send again*: a person's decision, and only once the first request can no longer arrive."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posting.deciding import NotPossible, may_send_again_at, send_again
from posting.models import PublishStep
from posting.states import Status
from tests.factories import PostAttemptFactory, PostFactory, PublishStepFactory, UserFactory
from tests.posting.conftest import fresh, send, states

pytestmark = pytest.mark.django_db
SETTLED = timedelta(seconds=120 + 60)  # lease and settle time


@pytest.fixture
def post():
    return PostFactory(unconfirmed=True)


def again(post, now):
    send_again(fresh(post), by=UserFactory(), now=now)


@pytest.mark.parametrize(("after", "allowed"), [(-1, False), (0, True)])
def test_it_waits_for_lease_and_settle_time(post, after, allowed):
    step = PublishStepFactory(post=post)
    now = step.started_at + SETTLED + timedelta(seconds=after)
    if allowed:
        again(post, now)
    else:
        with pytest.raises(NotPossible, match="may still arrive"):
            again(post, now)
    assert fresh(post).status == (Status.SCHEDULED if allowed else Status.UNCONFIRMED)
    assert states(post) == [("post", 1, "void" if allowed else "started")]


def test_a_step_sent_again_by_its_key_counts_from_its_last_attempt(post):
    long_ago = timezone.now() - timedelta(minutes=40)
    PublishStepFactory(post=post, kind=PublishStep.Kind.KEYED, started_at=long_ago)
    attempt = PostAttemptFactory(post=post)
    with pytest.raises(NotPossible):
        again(post, timezone.now())
    assert may_send_again_at(post) == attempt.ended_at + timedelta(seconds=60)


def test_it_is_possible_at_once_when_nothing_was_on_the_wire(post):
    again(post, timezone.now())
    assert fresh(post).status == Status.SCHEDULED


def test_then_the_post_is_sent_as_a_new_generation(post, platform):
    old = PublishStepFactory(post=post, started_at=timezone.now() - timedelta(hours=1))
    again(post, timezone.now())
    send()
    assert platform.reached == ["post"]
    assert states(post) == [("post", 1, "void"), ("post", 2, "done")]
    old.refresh_from_db()
    assert "decided to send again" in old.void_reason


def test_parts_that_are_out_are_not_sent_again(platform):
    platform.steps = [("once", "post"), ("once", "post:2")]
    post = PostFactory(unconfirmed=True, irrevocable=True)
    hour_ago = timezone.now() - timedelta(hours=1)
    PublishStepFactory(post=post, state=PublishStep.State.DONE, result={"id": "55_1"})
    PublishStepFactory(post=post, key="post:2", started_at=hour_ago)
    again(post, timezone.now())
    send()
    assert platform.reached == ["post:2"]
    assert (fresh(post).status, fresh(post).remote_id) == (Status.PUBLISHED, "55_1")


def test_a_second_click_sends_nothing_more(post):
    seen = fresh(post)
    again(post, timezone.now())
    with pytest.raises(NotPossible):
        send_again(seen, by=UserFactory(), now=timezone.now())
    assert post.events.count() == 1
