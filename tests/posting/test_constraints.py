"""What the database itself refuses, whatever a verb may get wrong."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from posting.models import FollowUp, Post, PostAttempt, PublishStep
from posting.states import Status
from tests.factories import (
    FollowUpFactory,
    PieceFactory,
    PostAttemptFactory,
    PostEventFactory,
    PostFactory,
    PublishStepFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def refused(rows, name, **values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows.update(**values)


def row(**values):
    return Post.objects.filter(pk=PostFactory(**values).pk)


def test_published_without_evidence():
    refused(row(), "published_with_evidence", status=Status.PUBLISHED)


@pytest.mark.parametrize("status", [Status.PUBLISHING])
def test_publishing_without_a_lease(status):
    refused(row(), "leased_only_while_publishing", status=status)


@pytest.mark.parametrize("values", [{"lease_until": NOW}, {"on_wire": "post"}])
def test_a_lease_or_a_wire_without_publishing(values):
    refused(row(scheduled=True), "leased_only_while_publishing", **values)


def test_irrevocable_without_its_content():
    refused(row(), "irrevocable_keeps_snapshot", irrevocable=True)


def test_scheduled_without_a_time_to_wake():
    refused(row(), "scheduled_wakes", status=Status.SCHEDULED)


def test_two_posts_with_one_remote_id_on_one_account():
    first = PostFactory(published=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostFactory(published=True, account=first.account, remote_id=first.remote_id)
    PostFactory(published=True, remote_id=first.remote_id)  # another account's


def test_one_copy_twice():
    piece = PieceFactory()
    first = PostFactory(piece=piece)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostFactory(piece=piece, account=first.account)
    PostFactory(piece=piece, account=first.account, copy=2)


@pytest.mark.parametrize("owner", ["post", "follow_up"])
@pytest.mark.parametrize("state", [PublishStep.State.STARTED, PublishStep.State.DONE])
def test_one_step_twice_unless_the_first_is_void(owner, state):
    who = {"post": PostFactory()} if owner == "post" else {
        "post": None, "follow_up": FollowUpFactory(), "lease_token": 1,
    }  # fmt: skip
    step = PublishStepFactory(**who, state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishStepFactory(**who)
    PublishStep.objects.filter(pk=step.pk).update(state=PublishStep.State.VOID)
    PublishStepFactory(**who)


@pytest.mark.parametrize("make", [PublishStepFactory, PostAttemptFactory])
def test_a_record_without_an_owner_or_with_two(make):
    both = {"post": PostFactory(), "follow_up": FollowUpFactory()}
    with pytest.raises(IntegrityError, match="one_owner"), transaction.atomic():
        make(**both)


def test_two_removals_of_one_post_at_once():
    first = FollowUpFactory(kind=FollowUp.Kind.DELETE)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUpFactory(kind=FollowUp.Kind.DELETE, post=first.post)
    FollowUp.objects.filter(pk=first.pk).update(state=FollowUp.State.FAILED)
    FollowUpFactory(kind=FollowUp.Kind.DELETE, post=first.post)


@pytest.mark.parametrize(
    "values",
    [{"state": "sending"}, {"lease_until": NOW + timedelta(minutes=1)}, {"on_wire": "comment"}],
)
def test_a_follow_up_is_leased_exactly_while_it_is_sent(values):
    rows = FollowUp.objects.filter(pk=FollowUpFactory().pk)
    refused(rows, "leased_only_while_sending", **values)


@pytest.mark.parametrize("make", [PostEventFactory, PostAttemptFactory])
def test_history_is_written_once(make):
    entry = make()
    with pytest.raises(TypeError, match="never changed"):
        entry.save()
    with pytest.raises(TypeError, match="never deleted"):
        entry.delete()


def test_a_post_with_a_history_cannot_be_deleted():
    attempt = PostAttemptFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.post.delete()
    assert PostAttempt.objects.filter(pk=attempt.pk).exists()
