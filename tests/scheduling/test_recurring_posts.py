"""The posts of recurring plans: one for each time, whatever is run again, edited or in the way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from organisation.models import Notice
from platforms.models import Account
from posting.deciding import NotPossible, cancel
from posting.holding import hold
from posting.models import Post
from posting.states import Hold, Status
from scheduling.models import Occurrence, Schedule
from scheduling.recurring.changing import (
    change_from,
    end,
    make_plan,
    pause,
    resume,
    skip,
    unskip,
)
from scheduling.recurring.expanding import expand, expand_all
from scheduling.timing import schedule
from scheduling.walltime import parse_wall
from tests.factories import BrandFactory, PieceFactory
from tests.scheduling.conftest import nominals, posts_of

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def a_week_ahead(settings):
    settings.PLAN_AHEAD_DAYS = 7


def occurrences(plan, nominal):
    return Occurrence.objects.filter(target__schedule=plan, nominal=nominal)


def test_each_time_has_one_post_in_each_accounts_own_zone(plan, now):
    assert expand_all(now) == 14
    first = {post.account.name: post for post in posts_of(plan)[:2]}
    assert first["London"].due_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert first["New York"].due_at == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert {post.wall_time for post in first.values()} == {"2026-12-01T09:00:00"}
    assert {post.status for post in posts_of(plan)} == {Status.SCHEDULED}


def test_one_instant_everywhere_is_the_other_choice(words, by, now):
    plan = make_plan(words().piece.brand, words(zone="Asia/Kathmandu"), by=by, now=now)
    expand_all(now)
    assert {post.due_at for post in posts_of(plan)[:2]} == {
        datetime(2026, 12, 1, 3, 15, tzinfo=UTC)
    }


def test_run_again_it_makes_nothing_and_goes_on_as_time_does(plan, now):
    expand_all(now)
    assert expand_all(now) == 0
    assert expand_all(now + timedelta(days=1)) == 2
    assert len(nominals(plan)) == 8


def test_two_processes_that_read_the_same_plan_make_each_post_once(plan, now):
    here, there = Schedule.objects.get(), Schedule.objects.get()
    assert expand(here, now) == 14
    Occurrence.objects.all().update(instant=now - WEEK)  # the other read before any was made
    assert expand(there, now) == 0
    assert Post.objects.count() == 14


def test_a_plan_that_was_changed_meanwhile_lets_none_of_its_old_times_through(plan, now):
    Schedule.objects.update(version=2)
    assert expand(plan, now) == 0
    assert not Post.objects.exists()


def test_no_time_before_now_is_made(plan, now):
    later = now + timedelta(days=3)
    expand_all(later)
    assert nominals(plan)[0] == "2026-12-04T09:00:00"


def test_a_run_makes_only_so_many_and_the_next_goes_on(plan, now):
    assert expand_all(now, most=5) == 5
    assert expand_all(now, most=50) == 9
    assert posts_of(plan)[0].due_at == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_what_cannot_be_made_is_told_once_and_tried_again(plan, accounts, now):
    Account.objects.filter(pk=accounts[0].pk).update(
        state=Account.State.PAUSED, state_reason="Summer break."
    )
    assert expand_all(now) == 7
    refused = Occurrence.objects.filter(state=Occurrence.State.REFUSED)
    assert refused.count() == 7
    assert "Summer break" in refused.first().reason
    assert expand_all(now + timedelta(minutes=11)) == 0
    notice = Notice.objects.open().get()
    assert notice.fault == f"plan:{plan.pk}"
    assert "has no post to Facebook, London" in notice.sentence
    Account.objects.update(state=Account.State.CONNECTED)
    assert expand_all(now + timedelta(minutes=22)) == 7
    assert not Notice.objects.open().exists()


def test_one_plan_that_fails_keeps_no_other_waiting(plan, words, by, now, monkeypatch):
    other = make_plan(words().piece.brand, words(), by=by, now=now)
    Schedule.objects.filter(pk=plan.pk).update(rule="NONSENSE")
    assert expand_all(now) == 14
    assert len(posts_of(other)) == 14


def test_a_plan_whose_last_time_has_passed_ends(words, by, now):
    plan = make_plan(words().piece.brand, words("FREQ=DAILY;COUNT=2"), by=by, now=now)
    expand_all(now)
    assert len(nominals(plan)) == 2
    expand_all(now + WEEK)
    plan.refresh_from_db()
    assert plan.state == Schedule.State.ENDED


def test_skipped_it_is_not_made_again_and_can_be_had_after_all(plan, by, now):
    expand_all(now)
    row = occurrences(plan, "2026-12-02T09:00:00").first()
    skip(row.target, parse_wall("2026-12-02 09:00"), by=by, now=now)
    row.refresh_from_db()
    assert (row.state, row.post.status) == ("skipped", Status.CANCELLED)
    Schedule.objects.update(made_through=None)
    assert expand_all(now) == 0
    unskip(row, by=by, now=now)
    assert expand_all(now) == 1
    row.refresh_from_db()
    assert (row.state, row.post.status) == ("made", Status.SCHEDULED)


def test_a_day_far_ahead_can_be_skipped_before_it_is_made(plan, by, now):
    target = plan.targets.first()
    skip(target, parse_wall("2026-12-20 09:00"), by=by, now=now)
    expand_all(now + 3 * WEEK - timedelta(days=1))
    made = Occurrence.objects.filter(target=target, state="made")
    assert "2026-12-20T09:00:00" not in made.values_list("nominal", flat=True)


@pytest.mark.parametrize("nominal", ["2026-12-02 09:01", "2026-11-29 09:00"])
def test_what_is_no_time_to_come_cannot_be_skipped(plan, by, now, nominal):
    with pytest.raises(NotPossible, match="no time to come"):
        skip(plan.targets.first(), parse_wall(nominal), by=by, now=now)


def test_this_and_following_makes_the_later_ones_anew(plan, words, by, now):
    expand_all(now)
    follower, outcome = change_from(
        plan, parse_wall("2026-12-04 09:00"), words(start="2026-12-04 10:00"),
        version=plan.version, by=by, now=now,
    )  # fmt: skip
    expand_all(now)
    assert outcome.kept == []
    assert nominals(plan)[-1] == "2026-12-03T09:00:00"
    assert nominals(follower)[0] == "2026-12-04T10:00:00"
    live = Post.objects.exclude(status=Status.CANCELLED)
    days = [(post.account_id, post.wall_time[:10]) for post in live]
    assert len(days) == len(set(days)) == 14


def test_one_that_is_out_stays_and_its_day_gets_no_second_one(plan, words, by, now):
    expand_all(now)
    out = occurrences(plan, "2026-12-05T09:00:00").first().post
    Post.objects.filter(pk=out.pk).update(
        status=Status.PUBLISHED, remote_id="9", due_at=now, wake_at=now
    )
    follower, outcome = change_from(
        plan, parse_wall("2026-12-04 09:00"), words(start="2026-12-04 10:00"),
        version=plan.version, by=by, now=now,
    )  # fmt: skip
    expand_all(now)
    assert outcome.kept == [out]
    live = Post.objects.exclude(status=Status.CANCELLED)
    assert live.filter(account=out.account, wall_time__startswith="2026-12-05").get() == out
    assert "stays" in occurrences(follower, "2026-12-05T10:00:00").get(state="skipped").reason


def test_what_was_skipped_or_cancelled_stays_so_under_the_new_plan(plan, words, by, now):
    expand_all(now)
    rows = occurrences(plan, "2026-12-05T09:00:00")
    skip(rows[0].target, parse_wall("2026-12-05 09:00"), by=by, now=now)
    cancel(rows[1].post, by=by, now=now)
    follower, _ = change_from(
        plan, parse_wall("2026-12-04 09:00"), words(start="2026-12-04 10:00"),
        version=plan.version, by=by, now=now,
    )  # fmt: skip
    expand_all(now)
    assert "2026-12-05T10:00:00" not in nominals(follower)


def test_of_two_who_change_a_plan_at_once_one_is_told(plan, words, by, now):
    seen = plan.version
    later = words(start="2026-12-04 09:00")
    change_from(plan, parse_wall("2026-12-04 09:00"), later, version=seen, by=by, now=now)
    again = Schedule.objects.get(pk=plan.pk)
    with pytest.raises(NotPossible):
        change_from(again, parse_wall("2026-12-03 09:00"), later, version=seen, by=by, now=now)
    with pytest.raises(NotPossible, match="changed this plan meanwhile"):
        pause(again, version=seen, by=by, now=now)


def test_a_change_cannot_begin_before_its_time(plan, words, by, now):
    with pytest.raises(ValidationError, match="cannot start earlier"):
        change_from(
            plan, parse_wall("2026-12-04 09:00"), words(), version=plan.version, by=by, now=now
        )


def test_paused_nothing_leaves_and_resumed_what_passed_is_left_out(plan, by, now):
    expand_all(now)
    pause(plan, version=plan.version, by=by, now=now)
    assert {post.held_by for post in posts_of(plan)} == {Hold.PERSON}
    later = now + timedelta(days=2)
    assert expand_all(later) == 0
    resume(plan, version=plan.version, by=by, now=later)
    passed = [post for post in posts_of(plan) if post.due_at < later]
    assert {post.status for post in passed} == {Status.CANCELLED}
    assert {post.holds for post in posts_of(plan) if post.due_at > later} == {0}
    assert expand_all(later) == 4


def test_what_a_person_held_by_itself_stays_on_hold_when_the_plan_goes_on(plan, by, now):
    expand_all(now)
    own = posts_of(plan)[4]
    hold(own, by=by, now=now)
    pause(plan, version=plan.version, by=by, now=now)
    resume(plan, version=plan.version, by=by, now=now)
    held = [post.pk for post in posts_of(plan) if Hold.PERSON in post.held_by]
    assert held == [own.pk]


def test_a_post_that_was_moved_beyond_the_pause_is_not_left_out(plan, by, now):
    expand_all(now)
    pause(plan, version=plan.version, by=by, now=now)
    moved = posts_of(plan)[0]
    schedule(moved, wall="2026-12-20 09:00", zone="Europe/London", by=by, now=now)
    resume(plan, version=plan.version, by=by, now=now + timedelta(days=2))
    moved.refresh_from_db()
    assert (moved.status, moved.holds) == (Status.SCHEDULED, 0)


def test_a_change_touches_nothing_that_has_passed(plan, words, by, now):
    expand_all(now)
    later = now + timedelta(days=3)
    Post.objects.filter(due_at__lt=later).update(status=Status.CANCELLED)
    _, outcome = change_from(
        plan, parse_wall("2026-12-01 09:00"), words(start="2026-12-04 10:00"),
        version=plan.version, by=by, now=later,
    )  # fmt: skip
    assert outcome.kept == []
    assert set(nominals(plan, "skipped")) == {f"2026-12-0{day}T09:00:00" for day in (4, 5, 6, 7)}


def test_ended_what_waits_is_cancelled_and_nothing_more_is_made(plan, by, now):
    expand_all(now)
    end(plan, version=plan.version, by=by, now=now)
    assert {post.status for post in posts_of(plan)} == {Status.CANCELLED}
    assert expand_all(now + WEEK) == 0
    with pytest.raises(NotPossible, match="The plan is ended"):
        end(plan, version=plan.version, by=by, now=now)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"rule": "FREQ=DAILY;UNTIL=20261101"}, "names no time from now on"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "names no time"),
        ({"start": "2036-01-01 09:00"}, "more than five years"),
        ({"accounts": []}, "at least one channel"),
        ({"zone": "Mars/Olympus"}, "not a time zone"),
    ],
)
def test_a_plan_that_could_never_be_is_refused(words, by, now, said, why):
    with pytest.raises(ValidationError, match=why):
        make_plan(words().piece.brand, words(**said), by=by, now=now)
    assert not Schedule.objects.exists()


def test_a_piece_of_another_brand_is_refused(words, by, now):
    other = PieceFactory(brand=BrandFactory())
    with pytest.raises(ValidationError, match="another brand"):
        make_plan(words().piece.brand, words(piece=other), by=by, now=now)


def test_a_time_in_the_gap_moves_forward_and_one_that_comes_twice_is_the_first(words, by, accounts):
    london = [accounts[0]]
    spring = datetime(2027, 3, 27, tzinfo=UTC)
    plan = make_plan(
        london[0].brand, words(start="2027-03-27 01:30", accounts=london), by=by, now=spring
    )
    expand_all(spring)
    assert [f"{post.due_at:%d %H:%M}" for post in posts_of(plan)][:3] == [
        "27 01:30", "28 01:30", "29 00:30",
    ]  # fmt: skip
    assert posts_of(plan)[1].wall_time == "2027-03-28T02:30:00"
    autumn = datetime(2027, 10, 31, tzinfo=UTC)
    Schedule.objects.update(made_through=None)
    expand_all(autumn)
    (twice,) = [post for post in posts_of(plan) if post.wall_time == "2027-10-31T01:30:00"]
    assert twice.due_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
