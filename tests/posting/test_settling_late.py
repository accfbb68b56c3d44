"""What a worker learns after its lease has ended, when others have moved the post on."""

import pytest

from organisation.clock import database_now
from organisation.models import Notice
from organisation.notices import open_notice
from platforms.errors import NotSent, RateLimited, Rejected, Unclear
from posting.deciding import confirm_live, give_up, send_again
from posting.models import FollowUp, Post, PublishStep
from posting.reaping import reap
from posting.states import Status
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory
from tests.posting.conftest import end_lease, fresh, send, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    piece = PieceFactory(variants={"facebook/feed-post": {"first_comment": "More."}})
    return PostFactory(scheduled=True, piece=piece, account=AccountFactory(brand=piece.brand))


def reaped(post):
    end_lease(post)
    assert reap(database_now()) == 1


def person_decides(post, verb):
    """The reaper, then a person who acts long enough after it."""

    def decide():
        reaped(post)
        post.steps.update(started_at=post.created_at.replace(year=2020))
        post.attempt_rows.model.objects.filter(post=post).update(
            ended_at=post.created_at.replace(year=2020)
        )
        verb(fresh(post), by=UserFactory(), now=database_now())

    return decide


def test_an_answer_after_the_reaper_still_publishes(post, platform):
    open_notice(f"unconfirmed:{post.pk}", "It may be out.")
    platform.before["post"] = lambda: reaped(post)
    send()
    row = fresh(post)
    assert (row.status, row.remote_id, row.attempts) == (Status.PUBLISHED, "remote-post", 1)
    assert states(post) == [("post", 1, "done")]
    assert FollowUp.objects.get().kind == "comment"
    assert not Notice.objects.open().exists()
    assert "came late" in post.events.last().sentence


def test_an_answer_after_a_person_asked_to_send_again_calls_the_second_copy_off(post, platform):
    platform.before["post"] = person_decides(post, send_again)
    send()
    row = fresh(post)
    assert (row.status, row.irrevocable) == (Status.SCHEDULED, True)
    assert "not sent a second time" in post.events.last().sentence
    send()
    assert (fresh(post).status, fresh(post).remote_id) == (Status.PUBLISHED, "remote-post")
    assert platform.reached == ["post"]
    assert FollowUp.objects.count() == 1


def test_an_answer_after_another_worker_began_to_send_again_is_an_event(post, platform):
    def resend():
        person_decides(post, send_again)()
        platform.says({"id": "second"})
        send()

    platform.before["post"] = resend
    platform.says()
    send()
    row = fresh(post)
    assert (row.status, row.remote_id) == (Status.PUBLISHED, "second")
    assert "Look at the account for a second copy" in post.events.last().sentence
    assert states(post) == [("post", 1, "void"), ("post", 2, "done")]
    assert FollowUp.objects.count() == 1


def test_an_answer_after_a_person_saw_the_post_adds_its_id(post, platform):
    platform.before["post"] = person_decides(post, confirm_live)
    send()
    assert (fresh(post).status, fresh(post).remote_id) == (Status.PUBLISHED, "remote-post")


def test_an_answer_after_a_person_gave_up_is_kept_and_the_retry_sends_nothing(post, platform):
    platform.before["post"] = person_decides(post, give_up)
    send()
    row = fresh(post)
    assert (row.status, row.irrevocable) == (Status.FAILED, True)
    assert "remote-post" in post.events.last().sentence
    send_again(row, by=UserFactory(), now=database_now())
    send()
    assert fresh(post).status == Status.PUBLISHED
    assert platform.reached == ["post"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotSent("Frozen."), Status.SCHEDULED),
        (RateLimited("Wait."), Status.SCHEDULED),
        (Rejected("No."), Status.FAILED),
        (Unclear("Reset."), Status.UNCONFIRMED),
    ],
)
def test_an_error_after_the_reaper_says_what_it_proves(post, platform, error, status):
    platform.before["post"] = lambda: reaped(post)
    open_notice(f"unconfirmed:{post.pk}", "It may be out.")
    platform.says(error)
    send()
    assert fresh(post).status == status
    unknown = status == Status.UNCONFIRMED
    asked = Notice.objects.open().filter(fault=f"unconfirmed:{post.pk}").exists()
    assert asked == (fresh(post).next_look_at is not None) == unknown
    failed = Notice.objects.open().filter(fault=f"failed:{post.pk}").exists()
    assert failed == (status == Status.FAILED)
    assert post.steps.get().state == ("started" if status == Status.UNCONFIRMED else "void")


def test_an_error_after_another_worker_took_the_post_changes_nothing(post, platform):
    def taken():
        Post.objects.filter(pk=post.pk).update(lease_token=9)
        PublishStep.objects.filter(post=post).update(lease_token=9)

    platform.before["post"] = taken
    platform.says(NotSent("Frozen."))
    send()
    assert fresh(post).status == Status.PUBLISHING
    assert states(post) == [("post", 1, "started")]


def test_an_answer_after_another_worker_took_the_post_leaves_it_with_that_one(post, platform):
    platform.before["post"] = lambda: Post.objects.filter(pk=post.pk).update(lease_token=9)
    send()
    row = fresh(post)
    assert (row.status, row.lease_token, row.remote_id) == (Status.PUBLISHING, 9, "")
    assert row.irrevocable
    assert states(post) == [("post", 1, "done")]


def test_a_late_answer_that_names_another_post_moves_nothing(post, platform):
    other = PostFactory(published=True, account=post.account)
    platform.before["post"] = lambda: reaped(post)
    platform.says({"id": other.remote_id})
    send()
    assert (fresh(post).status, fresh(post).remote_id) == (Status.UNCONFIRMED, "")
    assert states(post) == [("post", 1, "started")]


def test_a_worker_that_lost_its_lease_between_two_parts_sends_no_more(post, platform):
    platform.steps = [("once", "post"), ("outside", "look"), ("once", "post:2")]
    platform.before["look"] = lambda: reaped(post)
    send()
    assert platform.reached == ["post", "look"]
    row = fresh(post)
    assert (row.status, row.irrevocable) == (Status.SCHEDULED, True)
    assert states(post) == [("post", 1, "done")]
