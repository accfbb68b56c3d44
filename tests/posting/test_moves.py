"""The move table: what it allows, what it refuses, and what every move writes."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from posting.models import Post
from posting.states import MOVES, IllegalMove, Status, check_move
from tests.factories import PostFactory, UserFactory

ALLOWED = [(old, new) for old, news in MOVES.items() for new in news]
REFUSED = [pair for pair in itertools.product(Status, Status) if pair not in ALLOWED]


def values_for(new):
    """What the database asks of a post in this state."""
    now = timezone.now()
    if new == Status.PUBLISHED:
        return {"confirmed_by": UserFactory()}
    return {"wake_at": now} | ({"lease_until": now} if new == Status.PUBLISHING else {})


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_an_allowed_move_is_made_with_one_event(old, new):
    post = PostFactory(**({} if old == Status.READY else {old.value: True}))
    moved = Post.objects.advance(
        post.pk, old=old, new=new, sentence="It moved.", actor="Ada", values=values_for(new)
    )
    event = post.events.get()
    assert moved
    assert (event.old, event.new, event.actor, event.sentence) == (old, new, "Ada", "It moved.")
    post.refresh_from_db()
    assert post.status == new


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_any_other_move_is_a_bug(old, new):
    with pytest.raises(IllegalMove, match=f"from {old} to {new}"):
        check_move(old, new)


@pytest.mark.django_db
def test_an_illegal_move_leaves_the_post_alone():
    post = PostFactory(published=True)
    with pytest.raises(IllegalMove):
        Post.objects.advance(post.pk, old=Status.PUBLISHED, new=Status.SCHEDULED, sentence="Again.")
    post.refresh_from_db()
    assert post.status == Status.PUBLISHED
    assert not post.events.exists()


@pytest.mark.django_db
def test_a_lost_race_is_false_and_writes_no_event():
    post = PostFactory(cancelled=True)
    assert not Post.objects.advance(
        post.pk, old=Status.SCHEDULED, new=Status.MISSED, sentence="Too late."
    )
    assert not post.events.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("guards", [{"version": 7}, {"lease_token": 9}, {"holds": 0, "looks": 3}])
def test_a_guard_that_does_not_hold_is_a_lost_race(guards):
    post = PostFactory(scheduled=True)
    assert not Post.objects.advance(
        post.pk, old=Status.SCHEDULED, new=Status.CANCELLED, sentence="No.", guards=guards
    )
    post.refresh_from_db()
    assert post.status == Status.SCHEDULED


@pytest.mark.django_db
@pytest.mark.parametrize("new", MOVES[Status.PUBLISHING])
def test_leaving_publishing_gives_back_lease_and_wire(new):
    post = PostFactory(publishing=True, on_wire="post")
    assert Post.objects.advance(
        post.pk, old=Status.PUBLISHING, new=new, sentence="Done.", values=values_for(new)
    )
    post.refresh_from_db()
    assert (post.lease_until, post.on_wire) == (None, "")


@pytest.mark.django_db
def test_a_move_the_database_refuses_leaves_no_event():
    post = PostFactory(publishing=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.advance(
            post.pk, old=Status.PUBLISHING, new=Status.PUBLISHED, sentence="Without evidence."
        )
    post.refresh_from_db()
    assert post.status == Status.PUBLISHING
    assert not post.events.exists()


@pytest.mark.django_db
def test_a_move_and_its_event_are_rolled_back_together():
    post = PostFactory(scheduled=True)
    with transaction.atomic():
        Post.objects.advance(post.pk, old=Status.SCHEDULED, new=Status.MISSED, sentence="Late.")
        transaction.set_rollback(True)
    post.refresh_from_db()
    assert post.status == Status.SCHEDULED
    assert not post.events.exists()


@pytest.mark.django_db
def test_a_long_actor_is_cut_and_not_refused():
    post = PostFactory(scheduled=True)
    Post.objects.advance(
        post.pk, old=Status.SCHEDULED, new=Status.MISSED, sentence="Late.", actor="x" * 400
    )
    assert len(post.events.get().actor) == 150
