"""Looking for posts whose outcome is unknown. It never guesses, and it always ends with an answer
or a question to a person.
"""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.models import Notice
from platforms.errors import NotSent
from platforms.models import Account
from platforms.values import Absent, CannotTell, Found
from posting.deciding import confirm_live, give_up
from posting.models import FollowUp, Post, PublishStep
from posting.reconciling import PAUSES, look_for, reconcile
from posting.states import Status
from tests.factories import (
    AccountFactory,
    PieceFactory,
    PostFactory,
    PublishStepFactory,
    SwitchFactory,
    UserFactory,
)
from tests.posting.conftest import fresh

pytestmark = pytest.mark.django_db


def unknown(**values):
    """An unconfirmed post that is due to be looked for, with its open step."""
    post = PostFactory(unconfirmed=True, next_look_at=timezone.now(), **values)
    PublishStepFactory(post=post, started_at=timezone.now() - timedelta(minutes=3))
    return post


def found(seconds=0, remote_id="55_7"):
    """A sighting of something made so long after the step began."""
    made = timezone.now() - timedelta(minutes=3) + timedelta(seconds=seconds)
    return Found(remote_id, made, "https://x.test/7", "Read the Page back: one with this text.")


def test_a_post_that_is_found_is_published_with_its_evidence(platform):
    post, platform.sighting = unknown(), found()
    assert reconcile(timezone.now()) == 1
    row = fresh(post)
    assert (row.status, row.remote_id, row.irrevocable) == (Status.PUBLISHED, "55_7", True)
    assert row.published_at == platform.sighting.created_at
    assert row.confirmed_at is not None
    assert post.steps.get().state == PublishStep.State.DONE
    assert post.events.get().evidence == platform.sighting.evidence


def test_the_first_comment_of_a_post_that_is_found_is_planned(platform):
    piece = PieceFactory(variants={"facebook/feed-post": {"first_comment": "More."}})
    unknown(piece=piece, account=AccountFactory(brand=piece.brand))
    platform.sighting = found()
    reconcile(timezone.now())
    assert FollowUp.objects.get().text == "More."


@pytest.mark.parametrize(
    ("sighting", "said"),
    [
        (Absent("Nothing there."), "did not see it"),
        (CannotTell("Cannot read."), "could not tell"),
        (NotSent("No route."), "could not tell"),
        (KeyError("a bug"), "could not tell"),
    ],
)
def test_anything_else_is_noted_and_a_person_is_asked(platform, sighting, said):
    post, platform.sighting = unknown(), sighting
    now = timezone.now()
    reconcile(now)
    row, event = fresh(post), post.events.get()
    assert (row.status, row.looks, row.next_look_at) == (Status.UNCONFIRMED, 1, now + PAUSES[0])
    assert said in event.sentence
    assert event.evidence
    assert Notice.objects.open().get().fault == f"unconfirmed:{post.pk}"


def test_one_look_that_fails_stops_no_other(platform, monkeypatch):
    post, other = unknown(), unknown()
    post.account.credentials.update(credential_value="")
    platform.sighting = found()
    reconcile(timezone.now())
    assert {fresh(post).status, fresh(other).status} >= {Status.PUBLISHED}
    looked = post.events.filter(actor="reconciler"), other.events.filter(actor="reconciler")
    assert [events.count() for events in looked] == [1, 1]


def test_a_platform_that_is_slow_keeps_no_other_waiting(platform, monkeypatch):
    """It is asked once in a run; the posts of the others are looked for all the same."""
    monkeypatch.setattr("posting.reconciling.SLOW", 0.05)
    platform.before["find"] = lambda: time.sleep(0.1)
    first, second = unknown(), unknown()
    elsewhere = unknown(account=AccountFactory(server="sandbox"))
    Post.objects.filter(pk=elsewhere.pk).update(next_look_at=timezone.now())
    assert reconcile(timezone.now()) == 2
    assert [fresh(post).looks for post in (first, second, elsewhere)] == [1, 0, 1]
    assert reconcile(timezone.now()) == 1  # quick again
    assert fresh(second).looks == 1


@pytest.mark.parametrize(("seconds", "ours"), [(-59, True), (-61, False)])
def test_what_was_there_before_the_request_is_not_ours(platform, seconds, ours):
    post = unknown()
    platform.sighting = Found("1", post.steps.get().started_at + timedelta(seconds=seconds))
    reconcile(timezone.now())
    assert (fresh(post).status == Status.PUBLISHED) == ours


def test_a_twin_that_is_another_post_is_not_ours(platform):
    post, platform.sighting = unknown(), found()
    PostFactory(published=True, account=post.account, remote_id="55_7")
    reconcile(timezone.now())
    assert fresh(post).status == Status.UNCONFIRMED
    assert platform.known_ids == {"55_7"}
    assert "not this one" in post.events.get().evidence


def test_a_twin_of_another_brand_on_the_same_page_is_not_ours(platform):
    post, platform.sighting = unknown(), found()
    same_page = AccountFactory(remote_id=post.account.remote_id)
    PostFactory(published=True, account=same_page, remote_id="55_7")
    reconcile(timezone.now())
    assert fresh(post).status == Status.UNCONFIRMED
    assert platform.known_ids == {"55_7"}


def test_two_that_find_the_same_one_end_as_one_published_and_one_asked(platform, monkeypatch):
    """The other's write came between our check and ours; the constraint settles it."""
    post, platform.sighting = unknown(), found()
    PostFactory(published=True, account=post.account, remote_id="55_7")
    monkeypatch.setattr("posting.reconciling._is_ours", lambda *_: True)
    reconcile(timezone.now())
    assert fresh(post).status == Status.UNCONFIRMED
    assert Notice.objects.open().exists()


def keyed(minutes=30, **values):
    post = PostFactory(unconfirmed=True, next_look_at=timezone.now(), **values)
    until = timezone.now() + timedelta(minutes=minutes)
    PublishStepFactory(post=post, kind=PublishStep.Kind.KEYED, valid_until=until)
    return post


def test_within_its_window_a_keyed_post_is_sent_again_with_its_key(platform):
    post = keyed()
    now = timezone.now()
    reconcile(now)
    row = fresh(post)
    assert (row.status, row.wake_at, row.next_look_at) == (Status.SCHEDULED, now, None)
    assert row.first_claimed_at is not None
    assert post.steps.get().state == PublishStep.State.STARTED


def test_a_keyed_post_that_is_there_is_published_without_its_key(platform):
    """A server may ignore keys, whatever it says."""
    post, platform.sighting = keyed(), found(seconds=180)
    reconcile(timezone.now())
    assert fresh(post).status == Status.PUBLISHED
    assert post.steps.get().state == PublishStep.State.DONE


def test_a_keyed_post_like_which_another_is_there_is_sent_again_with_its_key(platform):
    post, platform.sighting = keyed(), found(seconds=180)
    PostFactory(published=True, account=post.account, remote_id="55_7")
    reconcile(timezone.now())
    assert fresh(post).status == Status.SCHEDULED


@pytest.mark.parametrize(("minutes", "status"), [(30, Status.UNCONFIRMED), (0.9, Status.SCHEDULED)])
def test_what_cannot_be_read_is_read_again_as_long_as_the_key_lives(platform, minutes, status):
    post, platform.sighting = keyed(minutes), CannotTell("Cannot read.")
    now = timezone.now()
    reconcile(now)
    row = fresh(post)
    assert row.status == status
    assert row.next_look_at == (now + PAUSES[0] if status == Status.UNCONFIRMED else None)
    assert post.steps.get().state == PublishStep.State.STARTED


def test_after_its_window_a_keyed_post_is_looked_for(platform):
    post, platform.sighting = keyed(minutes=-1), found(seconds=180)
    reconcile(timezone.now())
    assert fresh(post).status == Status.PUBLISHED


@pytest.mark.parametrize("state", [Account.State.PAUSED, Account.State.NEEDS_RECONNECT])
def test_a_keyed_post_of_a_stopped_account_stays_where_a_person_can_decide(platform, state):
    post = keyed(account__state=state)
    reconcile(timezone.now())
    assert fresh(post).status == Status.UNCONFIRMED
    assert Notice.objects.open().exists()


def test_a_keyed_post_is_not_sent_again_through_the_kill_switch(platform):
    post = keyed()
    SwitchFactory(brand=post.brand)
    reconcile(timezone.now())
    assert fresh(post).status == Status.UNCONFIRMED


def test_a_look_is_not_due_before_its_time(platform):
    PostFactory(unconfirmed=True, next_look_at=timezone.now() + timedelta(seconds=30))
    assert reconcile(timezone.now()) == 0


def test_looks_back_off_and_then_stop(platform):
    post = unknown()
    pauses = []
    while now := fresh(post).next_look_at:
        reconcile(now)
        after = fresh(post).next_look_at
        pauses.append(after and after - now)
    assert pauses == [*PAUSES, None]
    assert post.events.count() == len(PAUSES) + 1
    assert Notice.objects.get().resolved_at is None


def test_two_reconcilers_at_once_look_once(platform):
    post, now = unknown(), timezone.now()
    first, second = fresh(post), fresh(post)
    assert [look_for(first, now), look_for(second, now)] == [True, False]
    assert post.events.count() == 1


@pytest.mark.parametrize("verb", [confirm_live, give_up])
def test_a_person_who_decides_during_a_look_is_not_asked_again(platform, verb):
    post = unknown()
    platform.before["find"] = lambda: verb(fresh(post), by=UserFactory(), now=timezone.now())
    reconcile(timezone.now())
    assert not Notice.objects.open().exists()
    assert fresh(post).next_look_at is None


def test_a_notice_is_opened_once_and_closed_when_the_post_is_found(platform):
    post = unknown()
    reconcile(timezone.now())
    Post.objects.filter(pk=post.pk).update(next_look_at=timezone.now())
    reconcile(timezone.now())
    assert Notice.objects.count() == 1
    Post.objects.filter(pk=post.pk).update(next_look_at=timezone.now())
    platform.sighting = found()
    reconcile(timezone.now())
    assert Notice.objects.get().resolved_at is not None


def test_a_post_without_an_open_step_is_never_taken_for_what_is_found(platform):
    post, platform.sighting = PostFactory(unconfirmed=True, next_look_at=timezone.now()), found()
    reconcile(timezone.now())
    assert fresh(post).status == Status.UNCONFIRMED
