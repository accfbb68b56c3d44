"""A platform whose own record of a post says that it is not out: heard twice, it is proof."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.models import Notice
from platforms.values import Absent, CannotTell, Unpublished
from posting.models import PublishStep
from posting.reconciling import NOT_OUT, reconcile
from posting.states import Status
from tests.factories import PostFactory, PublishStepFactory
from tests.posting.conftest import fresh

pytestmark = pytest.mark.django_db
SAID = Unpublished("Container 17 is FINISHED.")


@pytest.fixture
def post():
    begun = timezone.now() - timedelta(minutes=3)
    post = PostFactory(unconfirmed=True, next_look_at=timezone.now())
    PublishStepFactory(post=post, key="container", kind="repeatable", state="done")
    PublishStepFactory(post=post, started_at=begun)
    return post


def look(post, minutes=0.0):
    now = timezone.now() + timedelta(minutes=minutes)
    type(post).objects.filter(pk=post.pk).update(next_look_at=now)
    reconcile(now)
    return fresh(post)


def test_heard_once_it_is_noted_and_nobody_is_asked(post, platform):
    platform.sighting = SAID
    row = look(post)
    assert (row.status, row.looks) == (Status.UNCONFIRMED, 1)
    assert row.next_look_at is not None
    event = post.events.get()
    assert (event.sentence, event.evidence) == (NOT_OUT, SAID.evidence)
    assert not Notice.objects.open().exists()


def test_heard_twice_the_post_is_sent_again_with_what_was_prepared(post, platform):
    platform.sighting = SAID
    look(post)
    row = look(post, 1)
    assert row.status == Status.SCHEDULED
    assert row.wake_at <= timezone.now() + timedelta(minutes=1)
    by_key = {step.key: step for step in post.steps.all()}
    assert by_key["post"].state == PublishStep.State.VOID
    assert SAID.evidence in by_key["post"].void_reason
    assert by_key["container"].state == PublishStep.State.DONE
    assert "twice" in post.events.last().sentence


def test_two_readings_at_the_same_moment_are_one(post, platform):
    platform.sighting = SAID
    look(post)
    assert look(post, 0.3).status == Status.UNCONFIRMED
    assert look(post, 2).status == Status.SCHEDULED


@pytest.mark.parametrize("between", [Absent("Not there."), CannotTell("Cannot read.")])
def test_another_answer_between_the_two_begins_anew(post, platform, between):
    platform.sighting = SAID
    look(post)
    platform.sighting = between
    look(post, 1)
    platform.sighting = SAID
    assert look(post, 2).status == Status.UNCONFIRMED
    assert look(post, 3).status == Status.SCHEDULED


def test_a_reading_from_before_the_last_request_does_not_count(post, platform):
    platform.sighting = SAID
    look(post)
    post.steps.filter(key="post").update(started_at=timezone.now() + timedelta(seconds=20))
    assert look(post, 2).status == Status.UNCONFIRMED


def test_a_person_who_decided_meanwhile_is_not_overruled(post, platform):
    platform.sighting = SAID
    look(post)

    def decide():
        type(post).objects.filter(pk=post.pk).update(status=Status.FAILED)

    platform.before["find"] = decide
    row = look(post, 1)
    assert row.status == Status.FAILED
    assert post.steps.get(key="post").state == PublishStep.State.STARTED
