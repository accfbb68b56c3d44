"""How a claim ends that brought no receipt: the post, its sentence, its attempt, its account."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.models import Notice
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    NotReady,
    NotSent,
    PermissionMissing,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.models import Account
from posting.journal import request_hash
from posting.models import Post, PostAttempt, PublishStep
from posting.states import Status
from tests.factories import PostFactory, PublishStepFactory
from tests.posting.conftest import fresh, send, states, wake

pytestmark = pytest.mark.django_db
Outcome, State, Kind = PostAttempt.Outcome, PublishStep.State, PublishStep.Kind
CONNECTED, RECONNECT, PAUSED = "connected", "needs_reconnect", "paused"
LATER = timezone.now() + timedelta(hours=1)

# error: the post's state, the step's, the attempt's outcome, the account's state, the sentence
TABLE = [
    (NotSent("No."), Status.SCHEDULED, "void", Outcome.NOT_SENT, CONNECTED,
     "No. The post is not out. It is tried again by itself."),
    (NotReady("No.", until=LATER), Status.SCHEDULED, "void", Outcome.WAITING, CONNECTED,
     "No. The post is not out. It goes on by itself."),
    (RateLimited("No.", until=LATER), Status.SCHEDULED, "void", Outcome.WAITING, CONNECTED,
     "No. The post is not out. It is tried again by itself."),
    (CredentialsExpired("No."), Status.SCHEDULED, "void", Outcome.NOT_SENT, RECONNECT,
     "No. The post is not out, and it waits. Reconnect the account."),
    (PermissionMissing("No."), Status.SCHEDULED, "void", Outcome.NOT_SENT, RECONNECT,
     "No. The post is not out, and it waits. Reconnect the account."),
    (AccountBlocked("No."), Status.SCHEDULED, "void", Outcome.NOT_SENT, PAUSED,
     "No. The post is not out, and it waits. Look at the account, then resume it."),
    (Rejected("No."), Status.FAILED, "void", Outcome.REFUSED, CONNECTED,
     "No. The post is not out. Change it or retry it."),
    (DuplicateContent("No."), Status.FAILED, "void", Outcome.REFUSED, CONNECTED,
     "No. The post is not out. Change the text, or open the other."),
    (Unclear("No."), Status.UNCONFIRMED, "started", Outcome.UNKNOWN, CONNECTED,
     "No. It may be out. It is not sent again by itself. Look at the account."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "status", "step", "outcome", "account", "sentence"),
    TABLE,
    ids=[type(row[0]).__name__ for row in TABLE],
)
def test_the_table_of_ends(platform, error, status, step, outcome, account, sentence):
    post = PostFactory(scheduled=True)
    platform.says(error)
    send()
    row, attempt = fresh(post), post.attempt_rows.get()
    assert (row.status, row.error_sentence) == (status, sentence)
    assert (row.lease_until, row.on_wire, row.unanswered_claims) == (None, "", 0)
    assert states(post) == [("post", 1, step)]
    assert (attempt.status, attempt.error_message) == (outcome, "No.")
    assert row.account.state == account
    assert post.events.last().new == status


@pytest.mark.parametrize(
    ("error", "counted"), [(NotSent(), 1), (NotReady(), 0), (RateLimited(), 1), (Rejected(), 1)]
)
def test_waiting_for_the_platform_is_no_try(platform, error, counted):
    post = PostFactory(scheduled=True)
    platform.says(error)
    send()
    assert fresh(post).attempts == counted


def test_a_look_whether_the_platform_is_ready_leaves_no_attempt_and_keeps_what_is_done(
    platform,
):
    post = PostFactory(scheduled=True)
    platform.steps = [("repeatable", "upload"), ("look", "ready"), ("once", "post")]
    platform.says(NotReady("Not yet."), NotReady("Not yet."), step="ready")
    for _ in range(3):
        send()
        wake(post)
    assert platform.reached == ["upload", "ready", "ready", "ready", "post"]
    outcomes = [attempt.status for attempt in post.attempt_rows.order_by("pk")]
    assert outcomes == [Outcome.WAITING, Outcome.PUBLISHED]
    assert (fresh(post).status, fresh(post).attempts) == (Status.PUBLISHED, 1)


def test_the_next_try_waits(platform):
    post = PostFactory(scheduled=True)
    platform.says(RateLimited(until=LATER))
    send()
    row = fresh(post)
    assert row.wake_at == row.next_attempt_at == row.account.blocked_until == LATER
    assert not send()


def test_a_shorter_pause_does_not_cut_a_longer_one(platform):
    post = PostFactory(scheduled=True)
    platform.says(RateLimited(until=timezone.now() + timedelta(minutes=1)))
    longer = Account.objects.filter(pk=post.account_id)
    platform.before["post"] = lambda: longer.update(blocked_until=LATER)
    send()
    assert fresh(post).account.blocked_until == LATER


def test_an_unknown_outcome_is_looked_for_after_lease_and_settle_time(platform, settings):
    settings.LEASE_SECONDS, settings.SETTLE_SECONDS = 100, 40
    post = PostFactory(scheduled=True, looks=3)
    platform.says(Unclear())
    send()
    row, attempt = fresh(post), post.attempt_rows.get()
    assert row.next_look_at - attempt.ended_at == timedelta(seconds=140)
    assert row.looks == 0


@pytest.mark.parametrize("error", [CredentialsExpired("Gone."), AccountBlocked("Gone.")])
def test_an_account_that_stops_is_told_once_and_its_post_is_asked_about_if_late(platform, error):
    account = PostFactory(scheduled=True).account
    PostFactory(scheduled=True, account=account)
    platform.says(error, error)
    assert [send(), send()] == [True, False]
    assert Notice.objects.open().get().fault == f"account:{account.pk}"
    assert set(Post.objects.values_list("first_claimed_at", flat=True)) == {None}
    account.refresh_from_db()
    assert account.state_reason == "Gone."


def test_a_post_whose_token_can_be_renewed_says_so_and_keeps_its_first_claim(platform):
    post = PostFactory(scheduled=True)
    hour = timedelta(hours=1)
    post.account.credentials.update(
        stored_at=timezone.now() - hour, refresh_at=timezone.now() + hour
    )
    platform.says(CredentialsExpired("No."))
    send()
    row = fresh(post)
    assert row.error_sentence == (
        "No. The post is not out. It goes on by itself with a newer token."
    )
    assert (row.status, row.account.state) == (Status.SCHEDULED, CONNECTED)
    assert row.first_claimed_at is not None
    assert row.account.blocked_until > timezone.now()


def test_a_persons_pause_is_not_replaced_by_a_late_error(platform):
    post = PostFactory(scheduled=True)
    platform.says(CredentialsExpired("Gone."))
    paused = Account.objects.filter(pk=post.account_id)
    platform.before["post"] = lambda: paused.update(state=PAUSED, state_reason="Holidays")
    send()
    assert (fresh(post).account.state, fresh(post).account.state_reason) == (PAUSED, "Holidays")


def test_after_a_day_a_post_that_never_left_fails(platform):
    post = PostFactory(scheduled=True, first_claimed_at=timezone.now() - timedelta(hours=25))
    platform.says(NotSent("No route."))
    send()
    assert fresh(post).status == Status.FAILED
    assert post.attempt_rows.get().status == Outcome.NOT_SENT


def test_a_duplicate_on_a_later_generation_may_be_us(platform):
    post = PostFactory(scheduled=True)
    PublishStepFactory(post=post, state=State.VOID)
    platform.says(DuplicateContent("There already."))
    send()
    assert fresh(post).status == Status.UNCONFIRMED
    assert states(post) == [("post", 1, "void"), ("post", 2, "started")]


def resent(platform, error, **values):
    """A post whose keyed step is open and is sent again, with this answer."""
    platform.steps = [("keyed", "post")]
    post = PostFactory(scheduled=True, first_claimed_at=timezone.now(), **values)
    text = post.piece_version.text
    request = {"channel": "feed-post", "text": text, "link": "", "media": [], "options": {}}
    Post.objects.filter(pk=post.pk).update(snapshot=request)
    PublishStepFactory(
        post=post, kind=Kind.KEYED, idempotency_key="k-1", request_hash=request_hash(request),
        valid_until=LATER,
    )  # fmt: skip
    platform.says(error)
    send()
    return fresh(post)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotSent("No."), Status.SCHEDULED),
        (NotReady("No."), Status.SCHEDULED),
        (RateLimited("No.", until=LATER), Status.SCHEDULED),
        (Rejected("No."), Status.UNCONFIRMED),
        (DuplicateContent("No."), Status.UNCONFIRMED),
        (Unclear("No."), Status.UNCONFIRMED),
        (CredentialsExpired("No."), Status.UNCONFIRMED),
        (AccountBlocked("No."), Status.UNCONFIRMED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_resend_that_fails_never_voids_the_first_try_and_never_fails_the_post(
    platform, error, status
):
    post = resent(platform, error)
    assert platform.keys == ["k-1"]
    assert post.status == status
    assert states(post) == [("post", 1, "started")]
    assert "not out" not in post.error_sentence


def test_a_resend_that_is_given_up_is_unconfirmed(platform, settings):
    settings.GIVE_UP_HOURS = 0
    assert resent(platform, NotSent()).status == Status.UNCONFIRMED


def test_a_resend_that_finds_the_account_stopped_stops_it(platform):
    assert resent(platform, CredentialsExpired()).account.state == RECONNECT


def test_what_a_person_could_not_store_is_stored_all_the_same(platform):
    """Half an emoji and a NUL: neither database takes both, and the outcome must not be lost."""
    post = PostFactory(scheduled=True)
    platform.says(Rejected("No \ud83d\x00."))
    send()
    assert fresh(post).status == Status.FAILED
    assert fresh(post).error_sentence.startswith("No ��.")


def test_an_account_without_its_token_needs_a_person_and_nothing_leaves(platform):
    post = PostFactory(scheduled=True)
    post.account.credentials.all().delete()
    send()
    assert (platform.reached, fresh(post).account.state) == ([], RECONNECT)
    assert "No access token is stored" in fresh(post).error_sentence


def test_content_the_platform_would_refuse_is_refused_here(platform):
    post = PostFactory(scheduled=True, piece__text="x" * 63_300)
    send()
    assert (platform.reached, fresh(post).status) == ([], Status.FAILED)
    assert "Shorten it by" in fresh(post).error_sentence


def test_a_sandbox_account_without_a_sandbox_waits(platform):
    post = PostFactory(scheduled=True, account__server="sandbox")
    send()
    assert (platform.reached, fresh(post).status) == ([], Status.SCHEDULED)
    assert "no sandbox is set up" in fresh(post).error_sentence
