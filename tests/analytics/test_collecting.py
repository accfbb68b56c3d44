"""Figures are read from the platform when they are due, and never at a post's expense."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from analytics import collecting
from analytics.collecting import collect
from analytics.models import Reading, Watch
from analytics.tasks import collect_metrics
from analytics.watching import take_up
from platforms.adapters.facebook import Facebook
from platforms.adapters.mastodon import Mastodon
from platforms.errors import CredentialsExpired, PermissionMissing, RateLimited, Unclear
from platforms.models import Account, RateBudget
from platforms.values import Metric
from posting.models import Post
from tests.factories import AccountFactory, PostFactory, without_method
from tests.sandbox.conftest import PAGE, TOKEN, running

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FIGURES = {"post_media_view": 120, "post_clicks": 7, "page_media_view": 900, "page_follows": 80}


@pytest.fixture
def sandbox(settings):
    with running() as client:
        client.register("facebook", PAGE, TOKEN, limits={"insights": FIGURES})
        settings.SANDBOX_URL = client.address
        yield client


@pytest.fixture
def account(sandbox):
    return AccountFactory(server="sandbox", remote_id=PAGE, token=TOKEN, name="Glen & Loom")


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def post(account, sandbox, now):
    """A post that has been out for twenty minutes."""
    name = sandbox.publish("facebook", "Ferries run late.").json()["id"]
    out = now - timedelta(minutes=20)
    return PostFactory(account=account, published=True, remote_id=name, published_at=out)


def watch_of(post):
    return Watch.objects.get(post=post)


def says(monkeypatch, answer):
    """Let Facebook say this of every post, and count how often it is asked."""
    asked = []

    def post_metrics(self, remote_id, channel):
        asked.append(remote_id)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(Facebook, "post_metrics", post_metrics)
    return asked


def test_a_post_and_its_account_are_read_and_kept_under_both_names(post, now):
    assert take_up(now) == 2
    assert collect(now) == 2
    row = Reading.objects.get(post=post)
    assert (row.views, row.clicks, row.reach) == (120, 7, 0)
    assert row.figures["post_media_view"] == 120
    assert row.followers is None
    page = Reading.objects.of_accounts().get()
    assert (page.account, page.views, page.followers) == (post.account, 900, 80)
    assert watch_of(post).read_at == now
    assert watch_of(post).next_read_at == now + timedelta(minutes=15)


def test_the_task_does_all_of_it_twice_without_harm(post):
    collect_metrics()
    collect_metrics()
    assert Reading.objects.filter(post=post).count() == 1
    assert Watch.objects.count() == 2


def test_only_what_changed_is_written_again(post, now, monkeypatch):
    take_up(now)
    says(monkeypatch, [Metric("post_media_view", 5, "views")])
    for hours in (0, 1, 2):
        collect(now + hours * HOUR)
    assert Reading.objects.filter(post=post).count() == 1
    says(monkeypatch, [Metric("post_media_view", 4, "views")])  # figures may fall
    collect(now + 3 * HOUR)
    assert list(Reading.objects.filter(post=post).values_list("views", flat=True)) == [4, 5]


def test_two_rounds_at_once_read_each_but_once(post, now, monkeypatch):
    take_up(now)
    asked = says(monkeypatch, [])
    watch = Watch.objects.select_related("account", "post").get(post=post)
    assert collecting._claim(watch, now)
    assert not collecting._claim(watch, now)
    assert collect(now) == 1  # the account's
    assert asked == []


def test_after_four_weeks_a_post_is_read_no_more(post, now, sandbox):
    take_up(now)
    later = now + timedelta(days=28)
    collect(later)
    assert watch_of(post).next_read_at is None
    assert Reading.objects.filter(post=post).count() == 1
    Watch.objects.filter(post=None).delete()
    assert collect(later + timedelta(days=300)) == 0


def test_what_was_out_too_long_ago_or_has_no_id_is_never_taken_up(account, now):
    PostFactory(account=account, published=True, published_at=now - timedelta(days=29))
    PostFactory(account=account, failed=True)
    take_up(now)
    assert not Watch.objects.exclude(post=None).exists()


def test_a_platform_without_figures_is_left_alone(now, monkeypatch):
    monkeypatch.setattr("analytics.watching.ADAPTERS", (without_method(Mastodon, "post_metrics"),))
    PostFactory(account=AccountFactory(platform="mastodon"), published=True)
    assert take_up(now) == 0


def test_a_removed_post_keeps_its_figures_and_is_asked_for_no_more(post, now, monkeypatch):
    take_up(now)
    collect(now)
    asked = says(monkeypatch, [])
    Post.objects.filter(pk=post.pk).update(status="removed")
    collect(now + HOUR)
    assert asked == []
    assert watch_of(post).next_read_at is None
    assert Reading.objects.filter(post=post).exists()


@pytest.mark.parametrize("state", ["paused", "needs_reconnect"])
def test_an_account_that_does_not_send_is_not_asked_either(post, now, state):
    take_up(now)
    Account.objects.update(state=state)
    assert collect(now) == 0
    Account.objects.update(state="connected", blocked_until=now + HOUR)
    assert collect(now) == 0
    assert collect(now + HOUR) == 2


def test_what_little_is_left_of_an_allowance_is_kept_for_posts(post, now, monkeypatch):
    take_up(now)
    asked = says(monkeypatch, [])
    RateBudget.objects.create(
        platform=post.platform, account=post.account, name="calls", limit=100, remaining=25,
        resets_at=now + 2 * HOUR, read_at=now,
    )  # fmt: skip
    collect(now)
    assert asked == []
    assert watch_of(post).next_read_at == now + 2 * HOUR
    assert "kept for posts" in watch_of(post).error_sentence
    RateBudget.objects.update(remaining=26)
    collect(now + 2 * HOUR)
    assert len(asked) == 1
    assert watch_of(post).error_sentence == ""


def test_a_low_word_that_is_old_and_names_no_end_counts_no_more(post, now, monkeypatch):
    take_up(now)
    asked = says(monkeypatch, [])
    RateBudget.objects.create(
        platform=post.platform, account=post.account, name="calls", limit=100, remaining=1,
        read_at=now - 2 * HOUR,
    )  # fmt: skip
    collect(now)
    assert len(asked) == 1


def test_a_rate_limit_lets_all_figures_of_the_account_wait_and_no_post(post, now, monkeypatch):
    other = PostFactory(account=post.account, published=True, published_at=post.published_at)
    take_up(now)
    asked = says(monkeypatch, RateLimited(until=now + 3 * HOUR))
    collect(now)
    assert len(asked) == 1
    assert watch_of(post).next_read_at == watch_of(other).next_read_at == now + 3 * HOUR
    account = Account.objects.get(pk=post.account_id)
    assert account.blocked_until is None
    assert account.may_send(now)


def test_a_refused_token_stops_no_account_and_is_asked_once_an_hour(post, now, monkeypatch):
    other = PostFactory(account=post.account, published=True, published_at=post.published_at)
    take_up(now)
    asked = says(monkeypatch, CredentialsExpired("Facebook no longer accepts the token."))
    collect(now)
    assert len(asked) == 1
    for one in (post, other):
        assert watch_of(one).error_sentence == "Facebook no longer accepts the token."
        assert watch_of(one).next_read_at == now + HOUR
    assert Account.objects.get(pk=post.account_id).state == "connected"


def test_a_refusal_is_about_one_post_and_tried_ever_later(post, now, monkeypatch):
    other = PostFactory(account=post.account, published=True, published_at=post.published_at)
    take_up(now)
    asked = says(monkeypatch, PermissionMissing("Too few people have seen it."))
    collect(now)
    assert len(asked) == 2
    assert watch_of(other).failures == 1
    first = watch_of(post).next_read_at
    collect(first)
    assert watch_of(post).failures == 2
    assert watch_of(post).next_read_at - first == timedelta(minutes=30)


def test_a_platform_that_does_not_answer_is_left_alone_for_the_rest_of_the_round(
    post, now, monkeypatch
):
    for _ in range(4):
        PostFactory(account=post.account, published=True, published_at=post.published_at)
    take_up(now)
    Watch.objects.filter(post=None).delete()
    asked = says(monkeypatch, Unclear("Facebook gave no answer."))
    assert collect(now) == 1
    assert len(asked) == 1
    assert Watch.objects.filter(next_read_at__lte=now).count() == 4


def test_a_fault_of_ours_is_told_and_the_others_are_read(post, now, monkeypatch):
    take_up(now)
    says(monkeypatch, ZeroDivisionError())
    assert collect(now) == 2
    assert "fault on our side" in watch_of(post).error_sentence
    assert Reading.objects.of_accounts().exists()


def test_figures_that_no_column_holds_are_left_out_and_the_first_of_a_meaning_counts(
    post, now, monkeypatch
):
    take_up(now)
    says(
        monkeypatch,
        [Metric("huge", 10**30, "reach"), Metric("a", 3, "views"), Metric("b", 9, "views")],
    )
    collect(now)
    row = Reading.objects.get(post=post)
    assert (row.reach, row.views, row.figures) == (None, 3, {"a": 3, "b": 9})


def test_no_figures_are_no_reading(post, now, monkeypatch):
    take_up(now)
    says(monkeypatch, [])
    collect(now)
    assert not Reading.objects.filter(post=post).exists()
    assert watch_of(post).read_at == now


def test_a_worker_that_is_told_to_end_begins_no_other(post, now):
    take_up(now)
    assert collect(now, stop=lambda: True) == 0


def test_a_story_is_not_asked_for_once_it_is_gone(account, now, monkeypatch):
    story = account.platform.channel_types.get(slug="story")
    out = now - timedelta(hours=30)
    post = PostFactory(account=account, channel_type=story, published=True, published_at=out)
    take_up(now)
    says(monkeypatch, PermissionMissing("It is gone."))
    collect(now)
    assert watch_of(post).next_read_at is None


def test_an_account_has_one_watch(account, now):
    take_up(now)
    with pytest.raises(IntegrityError):
        Watch.objects.create(account=account)


def test_nothing_that_is_kept_or_told_holds_the_token(post, now, sandbox):
    take_up(now)
    sandbox.arm("facebook", "expired_token", call="read", times=0)
    collect(now)
    assert "token" in watch_of(post).error_sentence
    for row in (*Watch.objects.values(), *Reading.objects.values()):
        assert TOKEN not in str(row)
