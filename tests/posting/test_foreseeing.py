"""What is said before a pause ends is what happens when it ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from platforms.models import Account
from platforms.pausing import (
    pause_account,
    resume_account,
    start_publishing,
    stop_publishing,
)
from posting import holding
from posting.catching_up import space_late
from posting.dispatching import mark_late
from posting.foreseeing import Fate, Resumed, foresee
from posting.labels import hold_label, release_label
from posting.models import Post
from posting.states import Hold, Status
from tests.factories import (
    AccountFactory,
    BrandFactory,
    LabelFactory,
    PostFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ALL = Post.objects.all


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def account():
    return AccountFactory(minimum_gap=timedelta(minutes=10))


def late(account, now, ago, **more):
    return PostFactory(account=account, scheduled=True, due=now - ago, **more)


def resumed(account):
    return Resumed(accounts=frozenset({account.pk}))


@pytest.mark.parametrize("policy", Account.LatePolicy.values)
def test_what_is_foretold_of_a_resumed_account_is_what_the_dispatcher_does(account, now, policy):
    account.late_policy = policy
    account.last_served_at = now - timedelta(hours=9)
    account.save()
    posts = [late(account, now, ago) for ago in (8 * HOUR, 5 * HOUR, HOUR, 2 * HOUR)]
    first = late(account, now, 30 * MINUTE, priority=Post.Priority.FIRST)
    just = late(account, now, timedelta(seconds=20))
    pause_account(account, by=UserFactory(), now=now, reason="Holidays")
    told = foresee(ALL(), resumed(account), now)
    resume_account(account, by=UserFactory(), now=now)
    mark_late(now)
    space_late(now)
    fates = {one.post.pk: one for one in told.expected}
    for post in ALL():
        one = fates[post.pk]
        if one.fate is Fate.IN_TURN:
            assert (post.status, post.next_attempt_at) == (Status.SCHEDULED, one.at)
        if one.fate is Fate.AT_ONCE:
            assert (post.status, post.next_attempt_at) == (Status.SCHEDULED, None)
        if one.fate is Fate.ASKS:
            assert post.status == Status.MISSED
        if one.fate is Fate.SKIPPED:
            assert post.status == Status.CANCELLED
    assert fates[just.pk].fate is Fate.AT_ONCE
    in_turn = [one.post.pk for one in told.going if one.fate is Fate.IN_TURN]
    assert in_turn[0] == first.pk
    assert in_turn[-1] == posts[2].pk
    assert told.last == now + len(in_turn[1:]) * account.minimum_gap
    kind = {"ask": told.asking, "skip": told.skipped, "send": told.in_turn - 4}[policy]
    assert kind == 1


def test_turns_that_passed_are_given_anew_as_the_dispatcher_gives_them(account, now):
    posts = [late(account, now, ago) for ago in (3 * HOUR, 2 * HOUR, HOUR)]
    space_late(now - 20 * MINUTE + timedelta(seconds=1))
    pause_account(account, by=UserFactory(), now=now, reason="Holidays")
    told = foresee(ALL(), resumed(account), now)
    resume_account(account, by=UserFactory(), now=now)
    space_late(now)
    turns = {post.pk: post.next_attempt_at for post in ALL()}
    assert told.expected
    assert {one.post.pk: one.at for one in told.expected}.items() <= turns.items()
    assert len(posts) == len(turns)


def test_a_second_stop_still_keeps_them(account, now):
    late(account, now, HOUR)
    stop_publishing(by=UserFactory(), now=now)
    told = foresee(ALL(), resumed(account), now)
    assert told.waiting == [("everything is stopped", 1)]
    assert told.last is None
    brand = BrandFactory(name="Oban")
    other = late(AccountFactory(brand=brand), now, HOUR)
    stop_publishing(by=UserFactory(), now=now, brand=brand)
    told = foresee(ALL(), Resumed(brands=frozenset({None})), now)
    assert [(one.post.pk, one.why) for one in told.expected if one.why] == [
        (other.pk, "Oban is stopped")
    ]
    start_publishing(by=UserFactory(), now=now)
    assert foresee(ALL(), Resumed(), now).waiting == [("Oban is stopped", 1)]


@pytest.mark.parametrize(
    ("holds", "ended", "why"),
    [
        (Hold.PERSON, Hold.PERSON, ""),
        (Hold.LABEL, Hold.LABEL, ""),
        (Hold.PERSON | Hold.LABEL, Hold.LABEL, "on hold by themselves"),
        (Hold.PERSON | Hold.LABEL, Hold.PERSON, "a label is on hold"),
        (Hold.PERSON | Hold.APPROVAL, Hold.PERSON, "nobody has approved them"),
    ],
)
def test_what_else_holds_a_post_is_said(account, now, holds, ended, why):
    late(account, now, timedelta(seconds=5), holds=int(holds))
    told = foresee(ALL(), Resumed(holds=ended), now)
    assert [one.why for one in told.expected] == [why]
    assert bool(told.going) is not bool(why)


@pytest.mark.parametrize("state", ["paused", "needs_reconnect"])
def test_an_account_that_cannot_send_keeps_its_posts(now, state):
    account = AccountFactory(state=state, name="Loom page")
    late(account, now, HOUR)
    told = foresee(ALL(), Resumed(brands=frozenset({None})), now)
    assert told.waiting == [(f"Loom page: {account.get_state_display().lower()}", 1)]


def test_what_is_not_due_is_not_foretold(account, now):
    late(account, now, -HOUR)
    assert foresee(ALL(), resumed(account), now).expected == []


def test_it_looks_at_no_more_than_a_page_can_show(account, now, monkeypatch):
    monkeypatch.setattr("posting.foreseeing.MOST", 3)
    for _ in range(5):
        late(account, now, HOUR)
    told = foresee(ALL(), resumed(account), now)
    assert (len(told.expected), told.more) == (3, True)


def test_a_labels_release_lets_go_what_was_foretold(account, now):
    label = LabelFactory(brand=account.brand)
    post = late(account, now, 2 * HOUR)
    post.piece.labels.add(label)
    hold_label(label, by=UserFactory(), now=now)
    told = foresee(ALL(), Resumed(holds=Hold.LABEL), now)
    release_label(label, by=UserFactory(), now=now)
    space_late(now)
    assert [(one.post.pk, one.at) for one in told.expected] == list(
        ALL().values_list("pk", "next_attempt_at")
    )


def test_a_hold_until_a_time_ends_by_itself_and_not_before(account, now):
    post, by = late(account, now, -HOUR), UserFactory()
    end = now + timedelta(minutes=5)
    holding.hold(post, by=by, now=now, until=end)
    assert f"until {end:%d %B %Y %H:%M} UTC" in post.events.get().sentence
    holding.release_elapsed(end - timedelta(seconds=1))
    assert Hold.PERSON in ALL().get().held_by
    holding.release_elapsed(end)
    post = ALL().get()
    assert (post.holds, post.held_until) == (0, None)
    assert post.events.last().sentence == "clock ended its hold."
    holding.release_elapsed(end)
    assert post.events.count() == 2


def test_a_hold_without_an_end_that_follows_one_with_an_end_does_not_end(account, now):
    post, by = late(account, now, -HOUR), UserFactory()
    holding.hold(post, by=by, now=now, until=now + MINUTE)
    holding.release(post, by=by, now=now)
    holding.hold(post, by=by, now=now)
    holding.release_elapsed(now + HOUR)
    assert Hold.PERSON in ALL().get().held_by
