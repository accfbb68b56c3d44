"""Deciding about many missed posts: planned, done once, and taken back."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from organisation.models import AuditEntry
from posting.deciding import NotPossible, publish_now
from posting.dispatching import mark_late
from posting.models import LateDecided, LateDecision, Post
from posting.states import Hold, Status
from scheduling.conflicts import Kind
from scheduling.late_work import Choice, Wish, check, decide, plan_for, undo
from scheduling.models import Slot
from scheduling.weekdays import EVERY_DAY
from tests.factories import AccountFactory, PostFactory, PublishStepFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW, SLOTS, SPREAD, GIVE_UP = Choice.NOW, Choice.SLOTS, Choice.SPREAD, Choice.GIVE_UP


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def by():
    return UserFactory(first_name="Mairi", last_name="Fraser")


@pytest.fixture
def account():
    return AccountFactory(minimum_gap=10 * MINUTE, name="Loom page")


def missed(account, now, hours, **more):
    return PostFactory(account=account, missed=True, due=now - hours * HOUR, **more)


def loaded(posts=None):
    found = Post.objects.for_rows().order_by("pk")
    return list(found.filter(pk__in=[post.pk for post in posts]) if posts else found)


def times(plan):
    return {one.post.pk: one.at for one in plan.going}


# Publish now, spaced out


def test_the_oldest_goes_now_and_the_others_the_least_gap_apart(account, now):
    young, old, first = missed(account, now, 7), missed(account, now, 30), missed(account, now, 8)
    Post.objects.filter(pk=first.pk).update(priority=Post.Priority.FIRST)
    other = missed(AccountFactory(), now, 9)
    plan = plan_for(loaded(), Wish(NOW), now)
    begin = now.replace(microsecond=0)
    assert times(plan) == {
        first.pk: begin,
        other.pk: begin,
        old.pk: begin + 10 * MINUTE,
        young.pk: begin + 20 * MINUTE,
    }
    assert plan.last == begin + 20 * MINUTE
    assert {post.status for post in loaded()} == {Status.MISSED}


def test_what_is_planned_anyway_keeps_its_distance(account, now):
    for hours in (9, 8, 7):
        missed(account, now, hours)
    PostFactory(account=account, scheduled=True, due=now + 12 * MINUTE)
    late = loaded(Post.objects.filter(status=Status.MISSED))
    found = sorted(times(plan_for(late, Wish(NOW), now)).values())
    begin = now.replace(microsecond=0)
    assert found[0] == begin
    assert found[1] >= now + 22 * MINUTE
    assert found[2] == found[1] + 10 * MINUTE


def test_an_account_that_has_just_sent_waits_for_its_gap(account, now):
    account.last_served_at = now - MINUTE
    account.save()
    missed(account, now, 7)
    (at,) = times(plan_for(loaded(), Wish(NOW), now)).values()
    assert now + 9 * MINUTE <= at <= now + 9 * MINUTE + timedelta(seconds=1)


def test_a_hundred_spaced_out_beyond_the_late_limit_are_not_missed_again(account, now, by):
    account.late_limit, account.minimum_gap = HOUR, 30 * MINUTE
    account.save()
    for hours in range(8):
        missed(account, now, 7 + hours)
    decide(uuid.uuid4(), loaded(), Wish(NOW), by=by, now=now)
    last = Post.objects.order_by("-due_at").first()
    assert last.due_at - now > 3 * HOUR
    Post.objects.exclude(pk=last.pk).update(status=Status.CANCELLED)
    assert mark_late(last.due_at + MINUTE) == 0


@pytest.mark.parametrize(
    ("holds", "why"),
    [(Hold.APPROVAL, "not approved"), (Hold.PERSON, "on hold"), (Hold.LABEL, "on hold")],
)
def test_what_would_not_leave_is_not_published_now(account, now, holds, why):
    missed(account, now, 7, holds=int(holds))
    (reason,) = plan_for(loaded(), Wish(NOW), now).staying
    assert why in reason


# New times


def test_each_takes_a_free_slot_of_its_own_the_oldest_first(account, now, by):
    for hour in (9, 12):
        Slot.objects.create(account=account, days=EVERY_DAY, at=time(hour))
    posts = [missed(account, now, 10 - n) for n in range(5)]
    plan = plan_for(loaded(), Wish(SLOTS), now)
    found = times(plan)
    assert sorted(found, key=found.get) == [post.pk for post in posts]
    assert len(set(found.values())) == 5
    assert {at.astimezone(ZoneInfo(account.timezone)).hour for at in found.values()} == {9, 12}
    decide(uuid.uuid4(), loaded(), Wish(SLOTS), by=by, now=now)
    assert {post.pk: post.due_at for post in loaded()} == found


def test_an_account_without_slots_says_so_and_hinders_no_other(account, now, by):
    with_slots = AccountFactory()
    Slot.objects.create(account=with_slots, days=EVERY_DAY, at=time(9))
    stays, goes = missed(account, now, 7), missed(with_slots, now, 7)
    plan = plan_for(loaded(), Wish(SLOTS), now)
    assert list(times(plan)) == [goes.pk]
    assert "Loom page has no slots" in next(iter(plan.staying))
    _, outcome = decide(uuid.uuid4(), loaded(), Wish(SLOTS), by=by, now=now)
    assert (outcome.done, list(outcome.refused.values())) == (1, [[stays]])


def test_a_range_is_divided_evenly_for_each_account(account, now):
    first = (now + HOUR).replace(second=0, microsecond=0)
    for hours in (9, 8, 7):
        missed(account, now, hours)
    alone = missed(AccountFactory(), now, 7)
    wish = Wish(SPREAD, first=first, last=first + 4 * HOUR)
    found = times(plan_for(loaded(), wish, now))
    assert found.pop(alone.pk) == first
    assert sorted(found.values()) == [first, first + 2 * HOUR, first + 4 * HOUR]


def test_a_range_too_short_is_told_as_conflicts(account, now):
    for hours in (9, 8, 7):
        missed(account, now, hours)
    wish = Wish(SPREAD, first=now + HOUR, last=now + HOUR + 8 * MINUTE)
    plan = plan_for(loaded(), wish, now)
    assert plan.in_conflict == 3
    assert all(Kind.GAP in {c.kind for c in one.conflicts} for one in plan.going)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(GIVE_UP), "note"),
        (Wish(SPREAD), "first"),
        (Wish(SPREAD, first=datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")),
              last=datetime(2050, 1, 1, tzinfo=ZoneInfo("UTC"))), "first"),
        (Wish(SPREAD, first=datetime(2050, 1, 1, tzinfo=ZoneInfo("UTC")),
              last=datetime(2050, 1, 1, tzinfo=ZoneInfo("UTC"))), "last"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_refused(account, now, by, wish, field):
    missed(account, now, 7)
    with pytest.raises(ValidationError) as refused:
        check(wish, now)
    assert field in refused.value.message_dict
    with pytest.raises(ValidationError):
        decide(uuid.uuid4(), loaded(), wish, by=by, now=now)
    assert not LateDecision.objects.exists()


# What stays


def test_what_may_be_out_or_has_moved_on_is_left_alone(account, now, by):
    maybe, out = missed(account, now, 7), missed(account, now, 8)
    PublishStepFactory(post=maybe)
    posts = loaded()
    Post.objects.filter(pk=out.pk).update(status=Status.CANCELLED)
    for wish in (Wish(NOW), Wish(GIVE_UP, note="Old news")):
        _, outcome = decide(uuid.uuid4(), posts, wish, by=by, now=now)
        assert outcome.done == 0
    assert [post.status for post in loaded()] == [Status.MISSED, Status.CANCELLED]
    assert not LateDecided.objects.exists()


def test_an_account_that_cannot_send_gets_no_times_but_can_be_given_up(account, now, by):
    account.state = "paused"
    account.save()
    missed(account, now, 7)
    assert "Loom page cannot send: paused" in next(iter(plan_for(loaded(), Wish(NOW), now).staying))
    _, outcome = decide(uuid.uuid4(), loaded(), Wish(GIVE_UP, note="Over"), by=by, now=now)
    assert outcome.done == 1


# Once


def test_each_post_leaves_a_line_and_an_audit_entry(account, now, by):
    missed(account, now, 7)
    decide(uuid.uuid4(), loaded(), Wish(GIVE_UP, note="Old news."), by=by, now=now)
    (post,) = loaded()
    sentence = "Mairi Fraser cancelled the post. It was late. Old news."
    assert post.events.get().sentence == sentence
    assert AuditEntry.objects.filter(user=by, sentence__startswith=sentence).count() == 1


def test_the_same_confirmation_twice_decides_once(account, now, by):
    for hours in (7, 8):
        missed(account, now, hours)
    key, posts = uuid.uuid4(), loaded()
    first, outcome = decide(key, posts, Wish(NOW), by=by, now=now)
    again, nothing = decide(key, loaded(), Wish(NOW), by=by, now=now + MINUTE)
    assert (outcome.done, nothing, first) == (2, None, again)
    assert LateDecided.objects.count() == 2


def test_two_people_decide_about_each_post_once(account, now, by):
    missed(account, now, 7)
    mine, theirs = loaded(), loaded()
    decide(uuid.uuid4(), mine, Wish(NOW), by=by, now=now)
    _, outcome = decide(uuid.uuid4(), theirs, Wish(GIVE_UP, note="x"), by=by, now=now)
    assert outcome.done == 0
    assert Post.objects.get().status == Status.SCHEDULED
    assert LateDecided.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_key", [True, False])
def test_two_confirmations_at_the_same_moment_decide_about_each_post_once(
    account, now, by, same_key
):
    for hours in range(12):
        missed(account, now, 7 + hours)
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(9))
    keys = [uuid.uuid4(), uuid.uuid4()]
    ready = threading.Barrier(2)

    def confirm(key):
        try:
            posts = loaded()
            ready.wait(timeout=20)
            return decide(key, posts, Wish(SLOTS), by=by, now=now)[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(confirm, keys[:1] * 2 if same_key else keys))
    assert sum(one.done for one in outcomes if one) == 12
    assert LateDecided.objects.count() == 12
    due = list(Post.objects.values_list("due_at", flat=True))
    assert len(set(due)) == 12
    for post in Post.objects.all():
        assert post.events.count() == 1


# Taken back


@pytest.mark.parametrize("wish", [Wish(NOW), Wish(GIVE_UP, note="Old news")])
def test_a_decision_taken_back_leaves_everything_missed_as_it_was(account, now, by, wish):
    posts = [missed(account, now, 7 + n, error_sentence="It was due.") for n in range(3)]
    before = {post.pk: (post.wall_time, post.due_at, post.error_sentence) for post in posts}
    decision, _ = decide(uuid.uuid4(), loaded(), wish, by=by, now=now)
    assert undo(decision, set(before), by=by, now=now).done == 3
    for post in loaded():
        assert post.status == Status.MISSED
        assert (post.wall_time, post.due_at, post.error_sentence) == before[post.pk]
        assert "took back" in post.events.order_by("pk").last().sentence
    with pytest.raises(NotPossible, match="undone already"):
        undo(decision, set(before), by=by, now=now)
    assert plan_for(loaded(), Wish(NOW), now).going


def test_what_has_left_or_was_changed_is_not_taken_back(account, now, by):
    for n in range(4):
        missed(account, now, 7 + n)
    decision, _ = decide(uuid.uuid4(), loaded(), Wish(NOW), by=by, now=now)
    out, changed, _, back = loaded()
    PostFactory._meta.model.objects.filter(pk=out.pk).update(
        status=Status.PUBLISHING, lease_token=1, first_claimed_at=now, lease_until=now + MINUTE
    )
    publish_now(changed, by=by, now=now)
    outcome = undo(decision, {out.pk, changed.pk, back.pk}, by=by, now=now)
    assert outcome.done == 1
    assert [post.status for post in loaded()] == [
        Status.PUBLISHING, Status.SCHEDULED, Status.SCHEDULED, Status.MISSED,
    ]  # fmt: skip
    assert any("does not include" in why for why in outcome.refused)


def test_questions_grow_little_with_the_posts(account, now, django_assert_max_num_queries):
    counts = []
    for number in (5, 40):
        for _ in range(number):
            missed(account, now, 7)
        posts = loaded()
        with django_assert_max_num_queries(60) as asked:
            plan_for(posts, Wish(NOW), now)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 2
