"""Posts that are out are looked at again: who has to know is told once, and nothing is sent."""

from datetime import UTC, datetime, timedelta

import pytest

from organisation.models import Notice
from platforms.adapters.mastodon import Mastodon
from platforms.errors import NotSent
from platforms.models import Account, Platform, RateBudget
from platforms.values import Absent, CannotTell, Found, Unpublished
from posting import verifying
from posting.deciding import NotPossible, confirm_gone
from posting.models import FollowUp, Post
from posting.states import Status
from posting.tasks import verify_published
from posting.verifying import FIRST, GONE, LAST, ONCE_MORE, OTHERWISE, SECOND, THERE, UNTOLD, verify
from tests.factories import (
    AccountFactory,
    FollowUpFactory,
    PostFactory,
    UserFactory,
    without_method,
)
from tests.posting.conftest import Scripted, fresh, send
from tests.sandbox.conftest import PAGE, TOKEN, running

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
VANISHED = "vanished:{}"


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def post(platform, now):
    """A post that came out five minutes ago and is due to be looked at."""
    return PostFactory(published=True, published_at=now - FIRST, next_look_at=now)


@pytest.fixture
def sees(monkeypatch):
    """Let the platform answer these, one after the other, and then the last; count the looks."""
    looks = []

    def answer(*sightings):
        left = list(sightings)

        def read_back(self, remote_id, channel):
            looks.append((remote_id, channel))
            said = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(said, Exception):
                raise said
            return said

        monkeypatch.setattr(Scripted, "read_back", read_back)
        return looks

    return answer


def found(text=None):
    return Found("1", datetime.now(UTC), "https://x.test/1", "1 was read.", text)


def told(post):
    return list(post.events.filter(actor="verifier").values_list("sentence", flat=True))


def notices(post):
    return Notice.objects.filter(fault=VANISHED.format(post.pk))


def to_the_end(post, now):
    """Look each time it is due until no look is left; return when that was."""
    moments: list[datetime] = []
    while (at := fresh(post).next_look_at) and len(moments) < 100:
        verify(max(at, now))
        moments.append(at)
    return moments


def test_publishing_plans_the_first_look(platform, now):
    post = PostFactory(scheduled=True, looks=3)
    assert send()
    row = fresh(post)
    assert (row.status, row.looks) == (Status.PUBLISHED, 0)
    assert row.next_look_at - row.published_at == FIRST


def test_a_platform_that_cannot_be_read_back_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(Platform, "adapter", without_method(Mastodon, "read_back"))
    account = AccountFactory(platform="mastodon")
    assert verifying.first_look(account, datetime.now(UTC)) is None


def test_what_is_there_is_looked_at_twice_and_then_left_alone(post, sees, now):
    looks = sees(found(post.snapshot["text"]))
    moments = to_the_end(post, now)
    assert moments == [now, post.published_at + SECOND]
    assert told(post) == [THERE, THERE]
    assert looks == [(post.remote_id, "feed-post")] * 2
    assert not notices(post).exists()


def test_spaces_do_not_make_another_text_and_an_untold_text_is_none(post, sees, now):
    sees(found(f" {post.snapshot['text']}\n"), found(None))
    to_the_end(post, now)
    assert told(post) == [THERE, THERE]


def test_another_text_is_shown_and_alarms_nobody(post, sees, now):
    sees(found("Bought cheap followers"))
    verify(now)
    assert told(post) == [OTHERWISE]
    assert "Bought cheap followers" in post.events.last().evidence
    assert not notices(post).exists()


def test_while_its_text_is_being_changed_there_none_is_compared(post, sees, now):
    FollowUpFactory(post=post, kind=FollowUp.Kind.EDIT, text="Said better.")
    sees(found("Said better."))
    verify(now)
    assert told(post) == [THERE]


@pytest.mark.parametrize(
    "missing", [Absent("Facebook has no 1."), Unpublished("It could not prepare video 1.")]
)
def test_what_is_missing_twice_is_told_once_and_never_sent(post, sees, now, platform, missing):
    sees(missing)
    verify(now)
    assert not notices(post).exists()
    assert fresh(post).next_look_at == now + ONCE_MORE
    moments = to_the_end(post, now)
    assert notices(post).open().count() == 1
    assert moments[-1] <= post.published_at + LAST
    assert 5 < len(moments) < 20
    assert (fresh(post).status, platform.reached) == (Status.PUBLISHED, [])
    assert not send()
    assert not FollowUp.objects.exists()


def test_what_is_missing_for_a_moment_alarms_nobody(post, sees, now):
    sees(Absent("Not there."), found())
    to_the_end(post, now)
    assert told(post) == [GONE, THERE, THERE]
    assert not notices(post).exists()


def test_what_comes_back_is_told_once_too(post, sees, now):
    sees(Absent("Not there."), Absent("Not there."), CannotTell("No answer."), found())
    to_the_end(post, now)
    assert told(post) == [GONE, GONE, UNTOLD, THERE, THERE]
    (notice,) = notices(post)
    assert notice.resolved_at is not None
    assert notice.ending == "It is there again."


def test_a_look_between_that_could_not_tell_does_not_begin_the_count_anew(post, sees, now):
    sees(Absent("Not there."), CannotTell("No answer."), Absent("Not there."))
    for _ in range(3):
        verify(fresh(post).next_look_at)
    assert notices(post).open().count() == 1


def test_a_first_look_that_comes_days_late_still_looks_twice(post, sees, now):
    sees(Absent("Not there."))
    late = now + 9 * SECOND
    verify(late)
    assert fresh(post).next_look_at == late + ONCE_MORE
    verify(late + ONCE_MORE)
    assert notices(post).open().count() == 1
    assert fresh(post).next_look_at is None


@pytest.mark.parametrize(
    "said", [CannotTell("No answer."), NotSent("No way."), ZeroDivisionError()]
)
def test_nobody_knowing_is_noted_once_and_ends(post, sees, now, said):
    sees(said)
    moments = to_the_end(post, now)
    assert told(post) == [UNTOLD]
    assert len(moments) < 30
    assert not notices(post).exists()
    assert moments[-1] <= post.published_at + LAST


def test_a_story_that_has_run_out_is_not_called_missing(platform, sees, now):
    account = AccountFactory()
    story = account.platform.channel_types.get(slug="story")
    post = PostFactory(
        account=account, channel_type=story, published=True, published_at=now - FIRST,
        next_look_at=now,
    )  # fmt: skip
    sees(found(), Absent("Not there."))
    assert to_the_end(post, now) == [now]


def test_two_workers_never_look_at_the_same_post_at_once(post, sees, now):
    looks = sees(found())
    (one,), (other,) = verifying._due(now, set()), verifying._due(now, set())
    assert verifying.look_at(one, now)
    assert not verifying.look_at(other, now)
    assert len(looks) == 1


def test_what_a_person_does_during_the_look_stands(post, sees, now, monkeypatch):
    sees(Absent("Not there."))
    before = verifying._sighting

    def during(post):
        Post.objects.advance(
            post.pk, old=Status.PUBLISHED, new=Status.REMOVED, sentence="Deleted there."
        )
        return before(post)

    monkeypatch.setattr(verifying, "_sighting", during)
    verify(now)
    assert fresh(post).status == Status.REMOVED
    assert told(post) == []


def test_deleting_it_or_saying_that_it_is_gone_closes_the_notice(post, sees, now):
    by = UserFactory()
    with pytest.raises(NotPossible):
        confirm_gone(post, by=by, now=now)
    sees(Absent("Not there."))
    verify(now)
    verify(now + ONCE_MORE)
    confirm_gone(fresh(post), by=by, now=now)
    assert fresh(post).status == Status.REMOVED
    assert not notices(post).open().exists()
    with pytest.raises(NotPossible):
        confirm_gone(fresh(post), by=by, now=now)


@pytest.mark.parametrize("state", ["paused", "needs_reconnect"])
def test_an_account_that_does_not_send_is_not_asked(post, sees, now, state):
    looks = sees(found())
    Account.objects.update(state=state)
    assert verify(now) == 0
    Account.objects.update(state="connected")
    assert verify(now) == 1
    assert len(looks) == 1


def test_what_little_is_left_of_an_allowance_is_kept_for_posts(post, sees, now):
    looks = sees(found())
    RateBudget.objects.create(
        platform=post.platform, account=post.account, name="calls", limit=100, remaining=5,
        resets_at=now + 60 * MINUTE, read_at=now,
    )  # fmt: skip
    assert verify(now) == 0
    assert (looks, fresh(post).next_look_at) == ([], now + 60 * MINUTE)


def test_a_slow_platform_costs_a_round_one_look(post, sees, now, monkeypatch):
    PostFactory(account=post.account, published=True, next_look_at=now)
    looks = sees(CannotTell("It timed out."))
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr(verifying, "boottime", lambda: next(clock))
    monkeypatch.setattr("posting.reading.boottime", lambda: 0)
    verify(now)
    assert len(looks) == 1


def test_a_worker_that_is_told_to_end_begins_no_other(post, sees, now):
    sees(found())
    assert verify(now, stop=lambda: True) == 0


def test_in_the_sandbox_a_deleted_post_is_missed_and_a_kept_one_seen(settings, now):
    with running() as sandbox:
        sandbox.register("facebook", PAGE, TOKEN)
        settings.SANDBOX_URL = sandbox.address
        account = AccountFactory(server="sandbox", remote_id=PAGE, token=TOKEN)
        posts = [PostFactory(account=account, scheduled=True) for _ in range(2)]
        while send():
            pass
        kept, deleted = map(fresh, posts)
        sandbox.graph("DELETE", deleted.remote_id)
        Post.objects.update(next_look_at=now)
        verify_published()
        Post.objects.filter(pk=deleted.pk).update(next_look_at=now)
        verify_published()
        assert told(kept) == [THERE]
        assert told(deleted) == [GONE, GONE]
        assert notices(deleted).open().count() == 1
        assert len(sandbox.texts()) == 1
