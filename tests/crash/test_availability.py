"""The figure of availability counts what it says: calm intervals without a post kept too long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posting.models import PostEvent
from posting.states import Status
from tests.crash.availability import Sample, availability, oldest
from tests.factories import PostEventFactory, PostFactory


def samples(*late: float) -> list[Sample]:
    """One a second, from the moment 100."""
    return [Sample(100.0 + second, seconds) for second, seconds in enumerate(late)]


def test_all_in_time_is_all_available() -> None:
    assert str(availability(samples(*[0.2] * 31), [])) == (
        "available=100.00% of 3 intervals of 10 s"
    )


def test_an_interval_with_one_post_kept_too_long_is_unavailable() -> None:
    judged = availability(samples(*[0.0] * 15, 10.0, *[0.0] * 15), [])
    assert (judged.intervals, judged.unavailable) == (3, (10.0,))


def test_the_second_after_a_strike_does_not_count_and_the_next_does() -> None:
    late = samples(*[0.0] * 15, 10.0, *[0.0] * 15)
    assert availability(late, [114.5]).unavailable == ()
    assert availability(late, [113.0]).unavailable == (10.0,)


def test_an_interval_nobody_could_look_at_is_unavailable() -> None:
    kept = [sample for sample in samples(*[0.0] * 31) if not 110 <= sample.at < 120]
    assert availability(kept, []).unavailable == (10.0,)


def test_no_sample_proves_nothing() -> None:
    assert availability([], []).intervals == 0


@pytest.mark.django_db
def test_the_oldest_post_waits_since_its_time_or_since_its_worker_was_given_up() -> None:
    assert oldest() == 0.0
    ago = timezone.now() - timedelta(seconds=40)
    post = PostFactory(scheduled=True, due=ago)
    assert 40 <= oldest() < 60
    event = PostEventFactory(post=post, old=Status.PUBLISHING, new=Status.SCHEDULED)
    assert oldest() < 20
    assert PostEvent.objects.get() == event
