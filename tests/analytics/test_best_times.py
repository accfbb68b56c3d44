"""Suggestions from what was read of posts: which reading counts, and when they come."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import learning
from analytics.best_times import Confidence, full_hours, hours_of, suggested_times
from analytics.learning import learn, learn_due
from analytics.models import AccountHours, Reading
from analytics.results import MOST, outcomes_of
from analytics.tasks import learn_best_times
from posting.models import Post
from tests.analytics.planting import LONDON, OFFICE, outcomes
from tests.factories import AccountFactory, PieceFactory, PostFactory, ReadingFactory, WatchFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def account():
    return AccountFactory(timezone="Europe/London")


def out(account, age, *readings, looked=None, **more):
    """A post that has been out so long, with (age, reactions) of each reading."""
    at = NOW - age
    post = PostFactory(account=account, published=True, due=at, published_at=at, **more)
    for then, reactions in readings:
        ReadingFactory(
            account=account, post=post, read_at=at + then, reactions=reactions, views=9000
        )
    if looked is not None:
        WatchFactory(account=account, post=post, read_at=at + looked)
    return post


def counts(account):
    return [one.count for one in outcomes_of(account, NOW)]


def plant(account, rows, now=NOW):
    """Posts and readings with these outcomes, many at once."""
    one = PostFactory(account=account, published=True, published_at=now - 400 * DAY)
    piece = PieceFactory(brand=account.brand)
    posts = Post.objects.bulk_create(
        Post(
            account=account, brand=account.brand, platform=account.platform, piece=piece,
            channel_type=one.channel_type, piece_version=piece.current, copy=number,
            status=one.status, published_at=row.at, due_at=row.at, wake_at=row.at,
            remote_id=f"planted-{account.pk}-{number}", snapshot={}, irrevocable=True,
        )
        for number, row in enumerate(rows, start=1)
    )  # fmt: skip
    Reading.objects.bulk_create(
        Reading(
            account=account, post=post, read_at=row.at + DAY, reactions=row.count, figures={}
        )
        for post, row in zip(posts, rows, strict=True)
    )  # fmt: skip


def test_what_counts_is_what_a_post_had_reached_after_a_day(account):
    out(account, 9 * DAY, (HOUR, 3), (22 * HOUR, 40), (26 * HOUR, 44), (5 * DAY, 90))
    assert counts(account) == [44]


def test_a_post_of_which_nothing_new_was_read_still_has_what_it_had(account):
    """A reading that says what the one before said is not written down."""
    out(account, 9 * DAY, (HOUR, 3), (5 * HOUR, 7), looked=8 * DAY)
    out(account, 8 * DAY, (5 * HOUR, 7), (5 * DAY, 7))
    assert counts(account) == [7, 7]


def test_a_post_that_nobody_looked_at_around_that_age_counts_for_nothing(account):
    out(account, 9 * DAY, (HOUR, 3), (5 * DAY, 90))  # it may have had anything in between
    out(account, 8 * DAY, (HOUR, 3), looked=2 * HOUR)
    out(account, 7 * DAY, (3 * DAY, 50))
    out(account, 6 * DAY)
    assert counts(account) == [None] * 4


def test_a_post_that_is_younger_or_older_than_it_takes_is_no_part_of_it(account):
    out(account, 10 * HOUR, (HOUR, 3))
    out(account, 181 * DAY, (DAY, 3))
    PostFactory(account=account, removed=True, published_at=NOW - 5 * DAY)
    assert counts(account) == []


def test_views_stand_in_where_a_platform_tells_no_reactions(account):
    for age in (9, 8, 7):
        out(account, age * DAY, (DAY, None))
    out(account, 6 * DAY, (DAY, 5))
    assert counts(account) == [9000] * 4


def test_a_planted_hour_is_suggested_with_its_reason_sample_and_confidence(account):
    plant(account, outcomes(1, 300, OFFICE, lambda cell: 2.0 if cell[1] == 18 else 1))
    learn(account, NOW)
    found = suggested_times(account, NOW, NOW + 7 * DAY, now=NOW)
    assert [one.hour for one in found[:5]] == [18] * 5
    assert found[0].confidence is Confidence.HIGH
    assert "× your usual" in found[0].reason
    assert found[0].score == max(one.score for one in found)
    assert found[0].low < found[0].score < found[0].high
    assert found[0].posts == hours_of([account])[account.pk].hours[
        found[0].weekday, 18
    ].facts.posts  # fmt: skip
    assert {one.at.tzinfo for one in found} == {LONDON}
    assert found[0].at.weekday() == found[0].weekday


def test_a_new_account_gets_what_is_believed_the_earliest_of_equals_first(account):
    found = suggested_times(account, NOW, NOW + 7 * DAY, now=NOW)
    assert found[0].at == datetime(2026, 11, 24, 8, tzinfo=LONDON)  # of a study of Facebook
    assert found[0].confidence is Confidence.LOW
    assert all(one.at > NOW for one in found)
    assert all(one.hour >= 6 for one in found)


def test_times_that_are_over_are_not_suggested(account):
    found = suggested_times(account, NOW - 7 * DAY, NOW + HOUR + DAY, now=NOW)
    assert min(one.at for one in found) > NOW


@pytest.mark.parametrize(
    ("start", "end"),
    [(NOW, NOW - HOUR), (NOW, NOW + 63 * DAY), (NOW.replace(tzinfo=None), NOW)],
)
def test_a_span_that_is_none_is_refused(account, start, end):
    with pytest.raises(ValueError, match=r"days after the start|need a zone"):
        suggested_times(account, start, end, now=NOW)


def test_an_hour_that_the_clocks_skip_is_none_and_one_that_comes_twice_comes_once():
    forward = datetime(2027, 3, 28, tzinfo=UTC)
    walls = [f"{at:%H:%M}" for at in full_hours(LONDON, forward, forward + timedelta(hours=4))]
    assert walls == ["00:00", "02:00", "03:00", "04:00"]
    back = datetime(2026, 10, 24, 23, tzinfo=UTC)
    found = list(full_hours(LONDON, back, back + timedelta(hours=4)))
    assert [f"{at:%H:%M %Z}" for at in found] == ["00:00 BST", "01:00 BST", "02:00 GMT"]
    lord_howe = ZoneInfo("Australia/Lord_Howe")  # by half an hour: 02:00 becomes 02:30
    skipped = datetime(2026, 10, 3, 15, tzinfo=UTC)
    found = list(full_hours(lord_howe, skipped, skipped + timedelta(hours=2)))
    assert [f"{at:%H:%M}" for at in found] == ["03:00"]


def test_a_fault_of_one_account_leaves_the_others(monkeypatch, caplog):
    broken, well = AccountFactory(), AccountFactory()
    real = learning.learn
    monkeypatch.setattr(
        learning, "learn", lambda one, now: 1 / 0 if one == broken else real(one, now)
    )
    learn_due(NOW)
    assert set(AccountHours.objects.values_list("account", flat=True)) == {well.pk}
    assert f"the hours of account {broken.pk} could not be worked out" in caplog.text


def test_an_account_is_worked_out_once_a_day_and_when_its_zone_changes(account):
    assert learn_due(NOW) == 1
    assert learn_due(NOW + 23 * HOUR) == 0
    assert learn_due(NOW + DAY) == 1
    account.timezone = "Asia/Tokyo"
    account.save()
    assert hours_of([account])[account.pk].learnt_at is None  # what is known is of another clock
    assert learn_due(NOW + DAY + HOUR) == 1
    assert AccountHours.objects.get().zone == "Asia/Tokyo"
    learn_best_times()


def test_one_account_that_cannot_be_worked_out_keeps_no_other_waiting(account, monkeypatch):
    other = AccountFactory()
    monkeypatch.setattr(
        "analytics.learning.outcomes_of",
        lambda one, now: 1 / 0 if one.pk == account.pk else [],
    )
    assert learn_due(NOW) == 2
    assert AccountHours.objects.get().account == other


def test_it_ends_when_it_is_told_to(account):
    assert learn_due(NOW, stop=lambda: True) == 0


def test_only_the_newest_posts_are_looked_at_and_in_few_queries(account):
    rows, then = outcomes(2, MOST + 40, OFFICE), datetime(2026, 10, 28, tzinfo=UTC)
    plant(account, rows)
    with CaptureQueriesContext(connection) as queries:
        found = outcomes_of(account, then)
    assert len(found) == MOST
    assert found[-1].at == rows[-1].at
    assert len(queries) == 1 + 2 * 3
    learn(account, NOW)
    accounts = [account, AccountFactory(), AccountFactory(platform="mastodon")]
    with CaptureQueriesContext(connection) as queries:
        hours_of(accounts)
    assert len(queries) == 1


def test_two_workers_that_do_the_same_write_the_same(account):
    plant(account, outcomes(3, 60, OFFICE))
    first = learn(account, NOW).hours
    assert learn(account, NOW).hours == first
    assert AccountHours.objects.count() == 1
