"""What is done to a post after it is out. It never fails the post."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.clock import database_now
from platforms.adapters.mastodon import Mastodon
from platforms.errors import CredentialsExpired, NotSent, RateLimited, Rejected, Unclear
from posting.models import FollowUp, PostAttempt, PublishStep
from posting.reaping import reap
from posting.states import Status
from tests.factories import AccountFactory, FollowUpFactory, PostFactory, without_method
from tests.posting.conftest import fresh, send

pytestmark = pytest.mark.django_db
State, Kind = FollowUp.State, FollowUp.Kind


@pytest.fixture
def comment(platform):
    return FollowUpFactory(post__remote_id="55_1")


@pytest.fixture
def removal(platform):
    return FollowUpFactory(post__remote_id="55_1", kind=Kind.DELETE)


def test_a_comment_goes_out_once_with_its_evidence(comment, platform):
    assert [send(), send()] == [True, False]
    comment.refresh_from_db()
    assert (comment.state, comment.remote_id) == (State.DONE, "remote-comment")
    assert comment.steps.get().state == PublishStep.State.DONE
    assert comment.attempt_rows.get().status == PostAttempt.Outcome.PUBLISHED
    assert platform.reached == ["comment"]


def test_a_removal_takes_the_post_to_removed(removal, platform):
    send()
    removal.refresh_from_db()
    assert removal.state == State.DONE
    assert fresh(removal.post).status == Status.REMOVED
    assert fresh(removal.post).remote_id == "55_1"


@pytest.mark.parametrize(
    ("error", "state", "step"),
    [
        (NotSent("No."), State.WAITING, "void"),
        (RateLimited("No."), State.WAITING, "void"),
        (Rejected("No."), State.FAILED, "void"),
        (Unclear("No."), State.UNCONFIRMED, "started"),
    ],
)
def test_each_error_leaves_the_post_as_it_was(comment, platform, error, state, step):
    platform.says(error, step="comment")
    send()
    comment.refresh_from_db()
    assert (comment.state, comment.attempts) == (state, 1)
    assert comment.error_sentence.startswith("No. The post is out. Its comment ")
    assert (comment.lease_until, comment.on_wire) == (None, "")
    assert comment.steps.get().state == step
    assert fresh(comment.post).status == Status.PUBLISHED


def test_a_comment_that_was_not_sent_is_tried_again_later(comment, platform):
    platform.says(NotSent("No."), step="comment")
    assert [send(), send()] == [True, False]
    FollowUp.objects.update(wake_at=database_now())
    assert send()
    comment.refresh_from_db()
    assert (comment.state, comment.attempts) == (State.DONE, 2)


def test_an_unknown_comment_is_never_sent_again_by_itself(comment, platform):
    platform.says(Unclear("No."), step="comment")
    assert [send(), send()] == [True, False]
    assert platform.reached == ["comment"]


def test_a_removal_without_an_answer_is_tried_again(removal, platform):
    platform.says(Unclear("It timed out."), step="delete")
    send()
    removal.refresh_from_db()
    assert removal.state == State.WAITING


def reaped():
    """What others do while a worker stands still in the middle of a comment."""
    FollowUp.objects.update(lease_until=database_now() - timedelta(seconds=1))
    assert reap(database_now()) == 1


@pytest.mark.parametrize(
    ("error", "state", "step"),
    [
        (NotSent("It stood still."), State.WAITING, PublishStep.State.VOID),
        (Rejected("No."), State.FAILED, PublishStep.State.VOID),
        (Unclear("It timed out."), State.UNCONFIRMED, PublishStep.State.STARTED),
    ],
)
def test_an_error_after_the_reaper_leaves_in_doubt_only_what_is(
    comment, platform, error, state, step
):
    platform.before["comment"] = reaped
    platform.says(error, step="comment")
    send()
    comment.refresh_from_db()
    assert (comment.state, comment.steps.get().state) == (state, step)


def test_an_answer_after_the_reaper_still_counts(comment, platform):
    platform.before["comment"] = reaped
    send()
    comment.refresh_from_db()
    assert (comment.state, comment.remote_id) == (State.DONE, "remote-comment")


def test_a_bug_after_the_answer_does_not_lose_it(comment, platform, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("posting.following_up.write_attempt", fail)
    with pytest.raises(ZeroDivisionError):
        send()
    comment.refresh_from_db()
    assert comment.steps.get().state == PublishStep.State.DONE
    assert (comment.state, comment.on_wire) == (State.SENDING, "")


def test_an_account_that_no_longer_takes_the_token_stops(comment, platform):
    platform.says(CredentialsExpired("Gone."), step="comment")
    send()
    comment.refresh_from_db()
    assert (comment.state, comment.account.state) == (State.WAITING, "needs_reconnect")
    assert not send()


def test_a_missing_token_is_said_and_nothing_leaves(comment, platform):
    comment.account.credentials.all().delete()
    send()
    comment.refresh_from_db()
    assert (platform.reached, comment.state) == ([], State.WAITING)
    assert "No access token" in comment.error_sentence


def test_what_the_platform_cannot_do_fails_with_a_sentence(platform, monkeypatch):
    edit = FollowUpFactory(
        kind=Kind.EDIT,
        post=PostFactory(account=AccountFactory(platform="mastodon"), published=True),
    )
    monkeypatch.setattr("platforms.registry.ADAPTERS", (without_method(Mastodon, "edit"),))
    send()
    edit.refresh_from_db()
    assert edit.state == State.FAILED
    assert edit.error_sentence == (
        "Mastodon offers no way to do this. The post is out as it was. Change it there."
    )


def test_words_no_database_takes_lose_no_outcome(comment, platform):
    platform.says(Rejected("Half \ud83d."), step="comment")
    send()
    comment.refresh_from_db()
    assert comment.state == State.FAILED


def test_posts_go_before_follow_ups(comment, platform):
    PostFactory(scheduled=True, account=comment.account, due=timezone.now())
    send()
    assert platform.reached == ["post"]
