"""What a claim takes first, and what it writes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.writing import save_version
from platforms.values import Rendition
from posting.claiming import claim_next
from posting.models import FollowUp, Post, PublishStep
from posting.preparing import rendition_of
from posting.states import Hold, Status
from tests.factories import (
    AccountFactory,
    FollowUpFactory,
    PieceFactory,
    PostFactory,
    PublishStepFactory,
)
from tests.posting.conftest import WORKER, claimed, fresh

pytestmark = pytest.mark.django_db


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def test_the_account_served_longest_ago_comes_first():
    lately = PostFactory(scheduled=True, due=ago(5), account__last_served_at=ago(1))
    never = PostFactory(scheduled=True, due=ago(1))
    assert [claimed().pk, claimed().pk] == [never.pk, lately.pk]


def test_a_busy_account_does_not_keep_a_quiet_one_waiting():
    busy, quiet = AccountFactory(), AccountFactory()
    for _ in range(3):
        PostFactory(scheduled=True, account=busy, due=ago(9))
    PostFactory(scheduled=True, account=quiet, due=ago(1))
    assert [claimed().account.pk for _ in range(3)] == [busy.pk, quiet.pk, busy.pk]


def test_priority_then_time_decides_within_an_account():
    account = AccountFactory()
    late, soon, first = [
        PostFactory(scheduled=True, account=account, due=ago(seconds), priority=priority)
        for seconds, priority in ((9, 0), (5, 0), (1, Post.Priority.FIRST))
    ]
    assert [claimed().pk for _ in range(3)] == [first.pk, late.pk, soon.pk]


def test_a_claim_is_a_new_token_a_lease_and_the_content_as_it_stands(settings):
    settings.LEASE_SECONDS = 90
    post = PostFactory(scheduled=True, lease_token=6, unanswered_claims=1)
    claim = claimed()
    row = fresh(post)
    assert (row.status, row.lease_token, row.unanswered_claims) == (Status.PUBLISHING, 7, 2)
    assert row.lease_until - claim.claimed_at == timedelta(seconds=90)
    assert Rendition.from_snapshot(row.snapshot) == claim.rendition
    assert claim.rendition.text == post.piece_version.text
    assert (claim.token, row.first_claimed_at) == (7, claim.claimed_at)


def test_a_second_claim_keeps_the_time_of_the_first():
    first = ago(30)
    post = PostFactory(scheduled=True, first_claimed_at=first, attempts=2)
    claim = claimed()
    assert fresh(post).first_claimed_at == claim.first_claimed_at == first
    assert claim.attempt == 3


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"holds": Hold.PERSON},
        {"version": 2},  # other words
        {"lease_token": 1},  # a worker had it and has lost it
        {"wake_at": timezone.now() + timedelta(days=1)},  # from when tests are collected
        {"status": Status.CANCELLED},
    ],
)
def test_what_changed_while_the_claim_decides_is_not_taken(monkeypatch, meanwhile):
    """What the claim read is old by the time it writes: its guards find that out."""
    post = PostFactory(scheduled=True)

    def slowly(*args):
        Post.objects.filter(pk=post.pk).update(**meanwhile)
        return rendition_of(*args)

    monkeypatch.setattr("posting.claiming.rendition_of", slowly)
    assert claim_next(WORKER) is None
    assert not Post.objects.publishing().exists()


def test_a_claim_serves_the_account_and_is_told():
    post = PostFactory(scheduled=True)
    claim = claimed()
    post.account.refresh_from_db()
    assert post.account.last_served_at == claim.claimed_at
    assert post.events.get().new == Status.PUBLISHING


def test_the_content_is_rendered_anew_while_nothing_of_it_is_out():
    post = PostFactory(scheduled=True, snapshot={"text": "old"}, piece__text="As it stands")
    assert claimed().rendition.text == "As it stands"
    assert fresh(post).snapshot["text"] == "As it stands"


def edited_behind_its_back(**values):
    """A post whose version says something else than its snapshot."""
    piece = PieceFactory(text="As it went out")
    post = PostFactory(
        piece=piece, account__brand=piece.brand, publishing=True, lease_until=None, **values
    )
    version = save_version(piece, text="Changed since", by=None, expected_edits=1)
    Post.objects.filter(pk=post.pk).update(piece_version=version)
    return post


def test_the_content_is_frozen_once_part_of_it_is_out():
    edited_behind_its_back(status=Status.SCHEDULED, irrevocable=True)
    assert claimed().rendition.text == "As it went out"


def test_the_content_is_frozen_while_a_step_is_open():
    post = edited_behind_its_back(status=Status.SCHEDULED)
    PublishStepFactory(post=post, kind=PublishStep.Kind.KEYED)
    assert claimed().rendition.text == "As it went out"


def test_the_content_is_not_frozen_by_a_step_that_is_proven_void():
    post = edited_behind_its_back(status=Status.SCHEDULED)
    PublishStepFactory(post=post, state=PublishStep.State.VOID)
    assert claimed().rendition.text == "Changed since"


@pytest.fixture
def broken():
    """A due post with a variant no renderer understands, first in line of its account."""
    piece = PieceFactory(variants={"facebook/feed-post": {"text": 7, "options": 7}})
    return PostFactory(
        scheduled=True, due=ago(9), piece=piece, account__brand=piece.brand, account__server=""
    )


def test_a_post_that_cannot_be_prepared_fails_by_itself(broken):
    behind = PostFactory(scheduled=True, account=broken.account, due=ago(1))
    assert claimed().pk == behind.pk
    row = fresh(broken)
    assert (row.status, row.error_class, row.lease_token) == (Status.FAILED, "Fault", 0)
    assert "fault on our side" in row.error_sentence


def test_a_queue_of_posts_that_cannot_be_prepared_stops_no_other_account(broken):
    for _ in range(25):
        PostFactory(scheduled=True, account=broken.account, piece=PieceFactory(
            brand=broken.brand, variants={"facebook/feed-post": {"options": 7}}), due=ago(9)
        )  # fmt: skip
    other = PostFactory(scheduled=True, due=ago(1))
    assert claimed().pk == other.pk
    assert claim_next(WORKER) is None
    assert not Post.objects.due(timezone.now()).exists()


def test_a_follow_up_is_taken_when_no_post_is_due():
    follow_up = FollowUpFactory(wake_at=ago(1), post__remote_id="55_1")
    claim = claimed()
    assert (claim.owner, claim.pk, claim.remote_id) == (FollowUp, follow_up.pk, "55_1")
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.lease_token) == ("sending", 1)
    assert claim_next(WORKER) is None
