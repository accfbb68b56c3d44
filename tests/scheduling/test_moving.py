"""Moving a post by hand: only as it was seen, and back again until it leaves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from posting.deciding import NotPossible, publish_now
from posting.holding import hold
from posting.models import Post
from posting.states import Status
from scheduling.moving import move, take_back
from tests.factories import AccountFactory, PostFactory, UserFactory

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONDON = "Europe/London"


@pytest.fixture
def mairi(db, time_machine):
    time_machine.move_to(NOW, tick=False)
    return UserFactory(username="mairi", first_name="Mairi", last_name="Fraser")


@pytest.fixture
def post(mairi):
    return PostFactory(account=AccountFactory(), scheduled=True, due=NOW + timedelta(days=1))


def moved(post, by, wall="2026-11-25T14:30", **more):
    asked = {"zone": LONDON, "fold": None, "version": post.version, "by": by, "now": NOW} | more
    return move(post, wall=wall, **asked)


def test_a_post_moves_to_the_wall_time_in_the_zone_that_was_named(mairi, post):
    moved(post, mairi, "2026-11-25T14:30", zone="America/New_York")
    assert (post.wall_time, post.zone) == ("2026-11-25T14:30:00", "America/New_York")
    assert post.due_at == datetime(2026, 11, 25, 19, 30, tzinfo=UTC)


def test_a_post_that_somebody_changed_meanwhile_stays_and_says_who(mairi, post):
    seen = post.version
    una = UserFactory(first_name="Una", last_name="Bain")
    moved(post, una)
    with pytest.raises(NotPossible, match="Una Bain changed this post meanwhile"):
        moved(Post.objects.get(pk=post.pk), mairi, "2026-11-26T10:00", version=seen)
    assert Post.objects.get(pk=post.pk).wall_time == "2026-11-25T14:30:00"


def test_two_at_once_move_it_once(mairi, post):
    other = Post.objects.get(pk=post.pk)
    moved(post, mairi)
    with pytest.raises(NotPossible, match="a moment ago"):
        moved(other, mairi, "2026-11-26T10:00")


def test_a_time_that_does_not_exist_is_refused_with_its_neighbours(mairi, post):
    with pytest.raises(ValidationError) as refused:
        moved(post, mairi, "2027-03-28T01:30")
    assert refused.value.code == "gap"
    assert "Choose 00:30 or 02:30" in refused.value.messages[0]
    assert Post.objects.get(pk=post.pk).version == post.version


def test_a_time_that_comes_twice_is_asked_about_and_then_taken(mairi, post):
    with pytest.raises(ValidationError) as refused:
        moved(post, mairi, "2027-10-31T01:30")
    assert refused.value.code == "twice"
    assert Post.objects.get(pk=post.pk).version == post.version
    moved(post, mairi, "2027-10-31T01:30", fold=1)
    assert post.due_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_a_post_that_is_being_sent_does_not_move(mairi):
    post = PostFactory(account=AccountFactory(), publishing=True, due=NOW)
    with pytest.raises(NotPossible, match="publishing"):
        moved(post, mairi, version=post.version + 1)


def test_a_move_is_taken_back_to_the_time_and_zone_it_had(mairi):
    post = PostFactory(account=AccountFactory())
    moved(post, mairi, "2026-11-24T09:30", zone="Asia/Kathmandu")
    before = moved(post, mairi)
    take_back(post, before, version=post.version, by=mairi, now=NOW)
    assert (post.wall_time, post.zone) == ("2026-11-24T09:30:00", "Asia/Kathmandu")


def test_what_had_no_time_is_ready_again(mairi):
    post = PostFactory(account=AccountFactory())
    before = moved(post, mairi)
    assert before.can_come_back
    take_back(post, before, version=post.version, by=mairi, now=NOW)
    assert (post.status, post.due_at) == (Status.READY, None)


def test_a_second_hour_comes_back_as_the_second(mairi, post):
    moved(post, mairi, "2027-10-31T01:30", fold=1)
    before = moved(post, mairi)
    take_back(post, before, version=post.version, by=mairi, now=NOW)
    assert (post.fold, post.due_at) == (1, datetime(2027, 10, 31, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize("state", ["publishing", "published", "unconfirmed", "missed"])
def test_once_it_leaves_it_is_too_late_to_undo(mairi, post, state):
    before = moved(post, mairi)
    late = PostFactory(account=post.account, due=NOW, **{state: True})
    with pytest.raises(NotPossible, match="too late to undo the move: the post is " + state):
        take_back(late, before, version=late.version, by=mairi, now=NOW)


def test_a_post_that_was_changed_after_the_move_is_not_moved_back(mairi, post):
    before = moved(post, mairi)
    version = post.version
    publish_now(post, by=mairi, now=NOW)
    post.refresh_from_db()
    with pytest.raises(NotPossible, match="Mairi Fraser changed this post after the move"):
        take_back(post, before, version=version, by=mairi, now=NOW)


def test_a_time_that_has_passed_meanwhile_does_not_come_back(mairi, post):
    before = moved(post, mairi)
    later = NOW + timedelta(days=1, minutes=5)
    with pytest.raises(ValidationError, match="too late to undo the move: 12:00 on 24 November"):
        take_back(post, before, version=post.version, by=mairi, now=later)
    assert Post.objects.get(pk=post.pk).wall_time == "2026-11-25T14:30:00"


def test_a_missed_post_takes_a_new_time_and_nothing_offers_to_undo_that(mairi):
    post = PostFactory(account=AccountFactory(), missed=True, due=NOW - timedelta(hours=9))
    assert not moved(post, mairi).can_come_back
    assert post.status == Status.SCHEDULED


def test_a_hold_stays_through_a_move(mairi, post):
    hold(post, by=mairi, now=NOW)
    post.refresh_from_db()
    moved(post, mairi)
    assert post.holds
