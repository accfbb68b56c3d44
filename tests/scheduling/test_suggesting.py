"""Suggested times under the rules, and ready posts that get them: once, and back again."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posting.models import Post
from posting.states import Status
from scheduling.models import Blackout, TimeRules
from scheduling.suggesting import (
    MOST,
    Choice,
    accept,
    free_suggestions,
    give_back,
    propose,
    waiting,
)
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # a Friday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = NOW + 7 * DAY


@pytest.fixture
def account():
    return AccountFactory(timezone="Europe/London", minimum_gap=timedelta(minutes=30))


@pytest.fixture
def by():
    return UserFactory()


def ready(account, number=1, **more):
    """Ready posts, each of a text of its own."""
    texts = ["Peat", "Wool", "Dye", "Loom", "Ferry", "Rain", "Sheep", "Harbour"]
    return [
        PostFactory(
            account=account,
            piece=PieceFactory(brand=account.brand, text=f"{texts[n % 8]} {n} " * 5),
            **more,
        )
        for n in range(number)
    ]


def proposed(account, end=WEEK):
    return propose(list(waiting(Post.objects.filter(account=account))), NOW, end, now=NOW)


def test_what_is_proposed_is_the_best_that_is_free_and_nothing_is_changed(account):
    [post] = ready(account)
    [proposal] = proposed(account)
    assert proposal.suggestion.at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert "Sprout Social" in proposal.suggestion.reason
    post.refresh_from_db()
    assert (post.status, post.due_at) == (Status.READY, None)


def test_several_posts_go_to_different_days_before_a_day_gets_a_second_one(account):
    ready(account, 9)
    days = [one.suggestion.at.date() for one in proposed(account)]
    assert len(set(days[:7])) == 7
    assert len({one.suggestion.at for one in proposed(account)}) == 9


def test_a_day_that_holds_a_post_already_comes_after_an_empty_one(account):
    monday = datetime(2026, 11, 30, 16, tzinfo=UTC)
    PostFactory(account=account, scheduled=True, due=monday)
    ready(account)
    [proposal] = proposed(account)
    assert proposal.suggestion.at.date() == date(2026, 12, 1)


def test_the_rules_of_the_account_hold(account):
    hours = [{"days": 127, "opens": "14:00", "closes": "16:00"}]
    TimeRules.objects.create(brand=account.brand, account=account, hours=hours, daily_budget=1)
    Blackout.objects.create(
        brand=account.brand, first=date(2026, 11, 28), last=date(2026, 11, 30), why="Stocktaking"
    )
    ready(account, 6)
    found = proposed(account)
    at = [one.suggestion.at for one in found if one.suggestion]
    assert {one.hour for one in at} <= {14, 15}
    # The week ends on its Friday at 16:00, and Sunday is held to be the worst day.
    assert sorted(one.day for one in at) == [1, 2, 3, 4]
    assert [one.why_not for one in found if not one.suggestion] != []
    assert all("None of the good hours" in one.why_not for one in found if not one.suggestion)


def test_nothing_is_proposed_where_the_account_cannot_send_or_the_words_do_not_fit(account):
    silent = AccountFactory(brand=account.brand, state="needs_reconnect")
    ready(silent)
    [proposal] = proposed(silent)
    assert "cannot send" in proposal.why_not
    mastodon = AccountFactory(brand=account.brand, platform="mastodon")
    PostFactory(account=mastodon, piece=PieceFactory(brand=account.brand, text="x" * 600))
    [proposal] = proposed(mastodon)
    assert proposal.suggestion is None
    assert "500" in proposal.why_not


def test_nearly_the_same_text_on_two_accounts_of_x_is_not_proposed_within_a_day():
    first = AccountFactory(platform="twitter", server="")
    second = AccountFactory(platform="twitter", server="", brand=first.brand)
    piece = PieceFactory(brand=first.brand, text="Harris Tweed smells of peat for a reason.")
    for account in (first, second):
        PostFactory(account=account, piece=piece)
    posts = list(waiting(Post.objects.filter(piece=piece)))
    one, other = propose(posts, NOW, WEEK, now=NOW)
    assert abs(one.suggestion.at - other.suggestion.at) >= DAY


def test_it_asks_as_much_of_the_database_for_many_posts(account):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            proposed(account)
        return len(queries)

    PostFactory(account=account, piece=PieceFactory(brand=account.brand, text="Rain again."))
    few = counted()
    ready(account, 8)
    assert counted() == few
    with pytest.raises(ValueError, match="at once"):
        propose([Post()] * (MOST + 1), NOW, WEEK, now=NOW)
    assert propose([], NOW, WEEK, now=NOW) == []


def test_taken_times_are_given_once_whoever_comes_second(account, by):
    ready(account, 3)
    choices = [Choice.of(one) for one in proposed(account)]
    mine = Post.objects.filter(account=account)
    first = accept(choices, mine, by=by, now=NOW)
    assert (len(first.posts), first.refused) == (3, {})
    again = accept(choices, mine, by=by, now=NOW)
    assert again.posts == []
    assert len(again.refused) == 3
    assert mine.get(pk=choices[0].post).zone == "Europe/London"
    assert mine.get(pk=choices[0].post).wall_time == choices[0].wall


def test_a_post_that_was_changed_meanwhile_stays_as_it_is(account, by):
    ready(account, 2)
    first, second = (Choice.of(one) for one in proposed(account))
    Post.objects.filter(pk=first.post).update(version=7)
    done = accept([first, second], Post.objects.all(), by=by, now=NOW)
    assert [post.pk for post in done.posts] == [second.post]
    assert "changed this post meanwhile" in done.refused[first.post]


def test_a_time_that_somebody_else_took_meanwhile_is_not_given(account, by):
    ready(account)
    [choice] = [Choice.of(one) for one in proposed(account)]
    at = datetime.fromisoformat(choice.wall).replace(tzinfo=UTC)
    PostFactory(account=account, scheduled=True, due=at + timedelta(minutes=45))
    done = accept([choice], Post.objects.all(), by=by, now=NOW)
    assert done.refused == {choice.post: "Another post of the account stands there."}


def test_bad_times_and_posts_of_others_are_refused_with_a_sentence(account, by):
    [post] = ready(account)
    [other] = ready(AccountFactory())
    mine = Post.objects.filter(account=account)
    chosen = [Choice(post.pk, 1, "2026-11-31T10:00:00"), Choice(other.pk, 1, "2026-12-01T10:00:00")]
    done = accept(chosen, mine, by=by, now=NOW)
    assert done.posts == []
    assert "is not a date and time" in done.refused[post.pk]
    assert "not there any more" in done.refused[other.pk]
    past = accept([Choice(post.pk, 1, "2026-11-20T10:00:00")], mine, by=by, now=NOW)
    assert "in the past" in past.refused[post.pk]


def test_they_are_given_back_until_they_leave_or_change(account, by):
    ready(account, 3)
    mine = Post.objects.filter(account=account)
    taken = accept([Choice.of(one) for one in proposed(account)], mine, by=by, now=NOW).posts
    Post.objects.filter(pk=taken[1].pk).update(version=9)
    done = give_back({post.pk: post.version for post in taken}, mine, by=by, now=NOW)
    assert {post.pk for post in done.posts} == {taken[0].pk, taken[2].pk}
    assert "changed this post after the move" in done.refused[taken[1].pk]
    assert mine.in_status(Status.READY).count() == 2
    again = give_back({post.pk: post.version - 1 for post in done.posts}, mine, by=by, now=NOW)
    assert "too late" in again.refused[taken[0].pk]


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_nothing_twice_and_take_no_time_twice(account, by):
    posts = ready(account, 8)
    choices = [Choice.of(one) for one in proposed(account)]
    # Two more plans of other posts, at the same hours.
    others = ready(account, 8)
    same = [
        Choice(post.pk, post.version, one.wall) for post, one in zip(others, choices, strict=True)
    ]
    found, gate = [], threading.Barrier(4)

    def take(wanted):
        try:
            gate.wait(10)
            found.append(accept(wanted, Post.objects.filter(account=account), by=by, now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[row]) for row in (choices, choices, same, same)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    scheduled = Post.objects.filter(account=account, status=Status.SCHEDULED)
    assert len(found) == 4
    assert sum(len(one.posts) for one in found) == scheduled.count() == len(posts)
    assert len(set(scheduled.values_list("due_at", flat=True))) == len(posts)


def test_free_times_of_many_accounts_take_five_queries(account):
    accounts = [account, *(AccountFactory(brand=account.brand) for _ in range(3))]
    PostFactory(account=account, scheduled=True, due=datetime(2026, 11, 30, 8, tzinfo=UTC))
    with CaptureQueriesContext(connection) as queries:
        found = free_suggestions(accounts, NOW, WEEK, now=NOW, number=3)
    assert len(queries) <= 5
    assert {pk: len(row) for pk, row in found.items()} == {one.pk: 3 for one in accounts}
    assert found[account.pk][0].at == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert found[accounts[1].pk][0].at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert free_suggestions([], NOW, WEEK, now=NOW, number=3) == {}
