"""Giving a post a time: what is written, and that a refusal changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from organisation.models import AuditEntry
from platforms.models import Account
from posting.deciding import NotPossible
from posting.models import Post, PostEvent
from posting.states import Status
from scheduling.timing import FURTHEST, schedule, unschedule
from tests.factories import (
    AccountFactory,
    PieceFactory,
    PostFactory,
    PublishStepFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT: dict[str, Any] = {"wall": "2026-11-24 09:30", "zone": "Europe/Paris"}


@pytest.fixture
def mairi():
    return UserFactory(first_name="Mairi", last_name="Fraser")


def everything() -> tuple:
    """All that scheduling may write, so that "nothing changed" can be compared."""
    return (
        list(Post.objects.order_by("pk").values()),
        list(PostEvent.objects.order_by("pk").values_list("pk")),
        list(AuditEntry.objects.order_by("pk").values_list("pk")),
    )


def refused(post, mairi, error=ValidationError, **changes) -> str:
    before = everything()
    with pytest.raises(error) as refusal:
        schedule(post, **{**AT, **changes}, by=mairi, now=NOW)
    assert everything() == before
    return " ".join(getattr(refusal.value, "messages", None) or [str(refusal.value)])


def test_a_ready_post_is_scheduled_at_the_time_that_was_meant(mairi):
    post = PostFactory()
    schedule(post, **AT, by=mairi, now=NOW)
    assert (post.status, post.wall_time, post.zone, post.fold) == (
        Status.SCHEDULED, "2026-11-24T09:30:00", "Europe/Paris", 0,
    )  # fmt: skip
    assert post.due_at == post.wake_at == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_who_scheduled_it_stands_in_the_history_and_in_the_audit_log(mairi):
    post = PostFactory()
    schedule(post, **AT, by=mairi, now=NOW)
    sentence = "Mairi Fraser scheduled it for 24 November 2026 09:30, Europe/Paris."
    event = post.events.get()
    assert (event.old, event.new, event.sentence) == (Status.READY, Status.SCHEDULED, sentence)
    entry = AuditEntry.objects.get(verb="schedule")
    assert entry.user == mairi
    assert entry.subject_id == post.pk
    assert entry.brand == post.brand
    assert sentence in entry.sentence


def test_moving_a_scheduled_post_is_an_event_and_a_new_version(mairi):
    post = PostFactory(scheduled=True, due=NOW + timedelta(days=1))
    schedule(post, **AT, by=mairi, now=NOW)
    assert post.version == 2
    assert post.due_at == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert post.events.get().sentence.startswith("Mairi Fraser scheduled it")


def test_a_failed_post_starts_afresh_at_its_new_time(mairi):
    post = PostFactory(failed=True)
    schedule(post, **AT, by=mairi, now=NOW)
    assert (post.status, post.attempts, post.first_claimed_at, post.error_sentence) == (
        Status.SCHEDULED, 0, None, "",
    )  # fmt: skip


def test_a_past_time_is_refused_and_nothing_changes(mairi):
    said = refused(PostFactory(), mairi, wall="2026-11-22 12:58", zone="Europe/Paris")
    assert "is in the past. Nothing was scheduled." in said


def test_the_minute_it_takes_to_fill_in_a_form_is_not_the_past(mairi):
    post = PostFactory()
    schedule(post, wall="2026-11-22 11:59:30", zone="UTC", by=mairi, now=NOW)
    assert post.status == Status.SCHEDULED


def test_a_time_that_is_too_far_away_is_refused_and_nothing_changes(mairi):
    far = NOW + FURTHEST + timedelta(days=1)
    assert "Check the year" in refused(PostFactory(), mairi, wall=f"{far:%Y-%m-%d %H:%M}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"wall": "2027-03-28 02:30"},
        {"wall": "soon"},
        {"zone": "Europe/Pari"},
        {"fold": 2},
    ],
    ids=["gap", "unreadable", "unknown zone", "fold"],
)
def test_a_time_that_cannot_be_meant_is_refused_and_a_scheduled_post_keeps_its_own(mairi, wrong):
    refused(PostFactory(scheduled=True, due=NOW + timedelta(days=1)), mairi, **wrong)


def test_a_paused_account_is_refused_with_its_reason(mairi):
    account = AccountFactory(state=Account.State.PAUSED, state_reason="Paused by Callum Reid.")
    said = refused(PostFactory(account=account), mairi)
    assert "cannot send: paused. Paused by Callum Reid. Nothing was scheduled." in said


def test_a_text_the_platform_refuses_is_refused_here_with_the_numbers(mairi):
    account = AccountFactory(platform="mastodon")
    piece = PieceFactory(brand=account.brand, text="x" * 501)
    said = refused(PostFactory(account=account, piece=piece), mairi)
    assert "501 characters and Mastodon takes 500" in said


@pytest.mark.parametrize("state", ["publishing", "published", "removed"])
def test_what_is_out_or_on_its_way_keeps_its_time(mairi, state):
    refused(PostFactory(**{state: True}), mairi, NotPossible)


def test_an_unconfirmed_post_is_not_scheduled_past_the_person_who_must_look(mairi):
    assert "may be" in refused(PostFactory(unconfirmed=True), mairi, NotPossible)


def test_a_failed_post_that_may_be_out_is_not_scheduled(mairi):
    post = PostFactory(failed=True)
    PublishStepFactory(post=post)
    assert "may be" in refused(post, mairi, NotPossible)


def test_of_two_people_at_once_the_second_is_told_and_changes_nothing(mairi):
    post = PostFactory()
    stale = Post.objects.get(pk=post.pk)
    schedule(post, **AT, by=mairi, now=NOW)
    said = refused(stale, mairi, NotPossible, wall="2026-12-01 10:00")
    assert "Something changed this post a moment ago; it is scheduled now." in said


def test_two_moves_of_one_scheduled_post_do_not_overwrite_each_other(mairi):
    post = PostFactory(scheduled=True, due=NOW + timedelta(days=1))
    stale = Post.objects.get(pk=post.pk)
    schedule(post, **AT, by=mairi, now=NOW)
    refused(stale, mairi, NotPossible, wall="2026-12-01 10:00")


def test_a_claim_in_the_meantime_is_noticed_even_when_the_post_is_scheduled_again(mairi):
    post = PostFactory(scheduled=True, due=NOW + timedelta(days=1))
    stale = Post.objects.get(pk=post.pk)
    Post.objects.filter(pk=post.pk).update(lease_token=1)
    refused(stale, mairi, NotPossible)


def test_unscheduling_takes_the_time_away_and_says_who(mairi):
    post = PostFactory(scheduled=True, due=NOW + timedelta(days=1))
    unschedule(post, by=mairi, now=NOW)
    assert (post.status, post.due_at, post.wake_at, post.wall_time, post.zone) == (
        Status.READY, None, None, "", "",
    )  # fmt: skip
    assert AuditEntry.objects.get(verb="unschedule").user == mairi


@pytest.mark.parametrize("state", ["failed", "published", "unconfirmed", "publishing", "missed"])
def test_only_a_scheduled_post_can_be_unscheduled(mairi, state):
    post = PostFactory(**{state: True})
    before = everything()
    with pytest.raises(NotPossible):
        unschedule(post, by=mairi, now=NOW)
    assert everything() == before


def test_a_post_with_an_open_step_keeps_its_time(mairi):
    post = PostFactory(scheduled=True, due=NOW + timedelta(days=1))
    PublishStepFactory(post=post)
    with pytest.raises(NotPossible, match="may be"):
        unschedule(post, by=mairi, now=NOW)
