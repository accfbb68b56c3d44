"""What a wall time means, on ordinary days and on those when the clocks change."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from scheduling.walltime import instant_of, is_ambiguous, parse_wall, zone_named

LONDON = zone_named("Europe/London")
APIA = zone_named("Pacific/Apia")
LORD_HOWE = zone_named("Australia/Lord_Howe")


def code_of(excinfo: pytest.ExceptionInfo[ValidationError]) -> str | None:
    return excinfo.value.code


def test_a_winter_time_in_london_is_the_same_in_utc():
    instant = instant_of(parse_wall("2026-11-24 09:30"), LONDON)
    assert instant == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_a_summer_time_in_london_is_an_hour_earlier_in_utc():
    instant = instant_of(parse_wall("2026-07-01 09:30"), LONDON)
    assert instant == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def test_gap_in_spring_is_refused_with_both_neighbours():
    with pytest.raises(ValidationError) as refusal:
        instant_of(parse_wall("2027-03-28 01:30"), LONDON)
    assert code_of(refusal) == "gap"
    [sentence] = refusal.value.messages
    assert sentence == (
        "01:30 does not exist on 28 March 2027 in Europe/London; the clocks go forward. "
        "Choose 00:30 or 02:30."
    )


def test_gap_is_refused_for_either_fold():
    with pytest.raises(ValidationError):
        instant_of(parse_wall("2027-03-28 01:30"), LONDON, fold=1)


def test_the_minutes_around_a_gap_are_taken():
    before = instant_of(parse_wall("2027-03-28 00:59"), LONDON)
    after = instant_of(parse_wall("2027-03-28 02:00"), LONDON)
    assert (after - before).total_seconds() == 60


def test_gap_of_half_an_hour_offers_neighbours_half_an_hour_away():
    with pytest.raises(ValidationError, match=r"Choose 01:45 or 02:45\."):
        instant_of(parse_wall("2026-10-04 02:15"), LORD_HOWE)


def test_gap_of_a_whole_day_names_the_days_of_its_neighbours():
    with pytest.raises(ValidationError, match="12:00 on 29 December or 12:00 on 31 December"):
        instant_of(parse_wall("2011-12-30 12:00"), APIA)


def test_overlap_in_autumn_means_the_first_by_default():
    instant = instant_of(parse_wall("2026-10-25 01:30"), LONDON)
    assert instant == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_overlap_with_fold_means_the_second():
    instant = instant_of(parse_wall("2026-10-25 01:30"), LONDON, fold=1)
    assert instant == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_only_a_time_that_comes_twice_is_ambiguous():
    assert is_ambiguous(parse_wall("2026-10-25 01:30"), LONDON)
    assert not is_ambiguous(parse_wall("2026-10-25 02:00"), LONDON)
    assert not is_ambiguous(parse_wall("2027-03-28 01:30"), LONDON)


def test_fold_on_an_ordinary_day_changes_nothing():
    wall = parse_wall("2026-07-01 09:30")
    assert instant_of(wall, LONDON, fold=1) == instant_of(wall, LONDON)


@pytest.mark.parametrize("fold", [-1, 2, 7])
def test_a_fold_other_than_0_and_1_is_refused(fold):
    with pytest.raises(ValidationError) as refusal:
        instant_of(parse_wall("2026-07-01 09:30"), LONDON, fold=fold)
    assert code_of(refusal) == "fold"


@pytest.mark.parametrize(
    "name",
    ["Europe/Londn", "", "europe/london ", "../../etc/passwd", "Europe", "GMT+1", "zone.tab",
     "a\x00b", "/etc/localtime", "Ωmega"],
)  # fmt: skip
def test_an_unknown_zone_is_refused_with_an_example(name):
    with pytest.raises(ValidationError, match="Use a name such as Europe/London") as refusal:
        zone_named(name)
    assert code_of(refusal) == "unknown_zone"


@pytest.mark.parametrize(
    "text",
    ["2026-11-24 09:30", "2026-11-24T09:30", "2026-11-24 09:30:00", " 2026-11-24T09:30:00 "],
)
def test_a_time_is_read_with_a_space_or_a_t_with_or_without_seconds(text):
    assert parse_wall(text).isoformat() == "2026-11-24T09:30:00"


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-02-29 09:30", "2026-11-24", "24/11/2026 09:30", "2026-11-24 24:00",
     "2026-11-24 09:30Z", "2026-11-24T09:30+01:00", "09:30", "2026-11-24 9.30"],
)  # fmt: skip
def test_an_unreadable_time_is_refused_with_an_example(text):
    with pytest.raises(ValidationError, match="Write it as 2026-11-24 09:30") as refusal:
        parse_wall(text)
    assert code_of(refusal) == "unreadable"


@pytest.mark.parametrize(
    ("wall", "zone"), [("0001-01-01 00:00", "Asia/Tokyo"), ("9999-12-31 23:59", "America/New_York")]
)
def test_the_ends_of_the_calendar_are_refused_in_a_sentence(wall, zone):
    with pytest.raises(ValidationError, match="outside the calendar"):
        instant_of(parse_wall(wall), zone_named(zone))
