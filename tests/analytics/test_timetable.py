"""Figures are read often while a post is fresh, rarely later, and then never."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from analytics.timetable import (
    LONGEST_PAUSE,
    WATCHED,
    after_failure,
    first_reading,
    next_reading,
)

OUT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def readings(lasts=None, costs=False):
    at: datetime | None = first_reading(OUT, costs=costs)
    found: list[datetime] = []
    while at is not None and len(found) < 100:
        found.append(at)
        at = next_reading(OUT, at, lasts, costs=costs)
    return found


def test_a_post_is_read_some_two_dozen_times_and_then_no_more():
    found = readings()
    assert len(found) == 23
    assert found[-1] - OUT >= timedelta(days=21)
    assert next_reading(OUT, OUT + WATCHED) is None


def test_where_a_reading_costs_there_are_four():
    days = [(reading - OUT).days for reading in readings(costs=True)]
    assert days == [1, 2, 11, 20]


def test_the_pauses_only_grow():
    found = readings()
    pauses = [later - earlier for earlier, later in pairwise(found)]
    assert pauses == sorted(pauses)


def test_a_story_is_read_once_more_just_before_it_goes_and_not_after():
    found = readings(timedelta(days=1))
    assert found[-1] == OUT + timedelta(hours=23, minutes=30)
    assert next_reading(OUT, OUT + timedelta(days=1), timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 15), (2, 30), (3, 60), (8, 24 * 60), (60_000, 24 * 60)]
)
def test_after_failures_it_is_tried_ever_later_and_at_least_once_a_day(failures, minutes):
    assert after_failure(failures, OUT) == OUT + timedelta(minutes=minutes)
    assert after_failure(failures, OUT) - OUT <= LONGEST_PAUSE
