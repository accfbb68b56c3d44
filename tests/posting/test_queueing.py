"""Making posts: every refusal says why, and keeps the piece."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from content.models import Piece
from organisation.models import AuditEntry
from platforms.models import Account, ChannelType
from posting.models import Post
from posting.queueing import queue_post
from posting.states import Hold, Status
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db


def channel(platform="facebook"):
    return ChannelType.objects.filter(platform__slug=platform).first()


def queue(piece, account, *, again=False, channel_type=None):
    return queue_post(
        piece.current, account, channel_type or channel(account.platform.slug),
        by=UserFactory(), now=timezone.now(), again=again,
    )  # fmt: skip


@pytest.fixture
def account():
    return AccountFactory()


@pytest.fixture
def piece(account):
    return PieceFactory(brand=account.brand)


def test_a_post_is_made_ready_with_its_event_and_its_entry(piece, account):
    post = queue(piece, account)
    assert (post.status, post.copy, post.holds, post.due_at) == (Status.READY, 1, 0, None)
    assert (post.brand, post.platform) == (account.brand, account.platform)
    assert "made the post" in post.events.get().sentence
    assert AuditEntry.objects.filter(verb="make post", subject_id=post.pk).exists()


@pytest.mark.parametrize("rule", [Account.ApprovalRule.ANYONE, Account.ApprovalRule.FOUR_EYES])
def test_where_approval_is_asked_for_it_is_held_from_the_start(piece, account, rule):
    account.approval_rule = rule
    account.save()
    assert queue(piece, account).held_by == Hold.APPROVAL


def refused(piece, account, match, **more):
    with pytest.raises(ValidationError, match=match):
        queue(piece, account, **more)
    assert not Post.objects.filter(piece=piece, status=Status.READY).exists()
    assert Piece.objects.filter(pk=piece.pk).exists()


def test_another_brands_account_is_refused(piece):
    refused(piece, AccountFactory(), "another brand")


def test_another_platforms_channel_is_refused(piece, account):
    refused(piece, account, "has no channel", channel_type=channel("mastodon"))


@pytest.mark.parametrize(
    ("state", "words"), [("paused", "paused"), ("needs_reconnect", "needs reconnect")]
)
def test_an_account_that_cannot_send_is_refused(piece, account, state, words):
    account.state, account.state_reason = state, "Meta ended the permission."
    refused(piece, account, f"{words}. Meta ended the permission")


def test_content_the_platform_would_refuse_is_refused(account):
    piece = PieceFactory(brand=account.brand, text="x" * 63_300)
    refused(piece, account, "Shorten it by .* No post was made")


def test_a_second_post_of_one_piece_has_to_be_meant(piece, account):
    PostFactory(piece=piece, account=account, published=True)
    refused(piece, account, "already. No second one was made")
    assert queue(piece, account, again=True).copy == 2


@pytest.mark.parametrize("state", ["cancelled", "removed"])
def test_a_piece_whose_post_is_gone_may_go_out_again(piece, account, state):
    PostFactory(piece=piece, account=account, **{state: True})
    assert queue(piece, account).copy == 2


def test_two_who_make_one_copy_at_once_make_one_post(piece, account, monkeypatch):
    """Both saw no copy; the constraint lets one through, and the other reads a sentence."""
    queue(piece, account)
    monkeypatch.setattr("posting.queueing._next_copy", lambda *_: 1)
    with pytest.raises(ValidationError, match=r"a moment ago\. No second one was made"):
        queue(piece, account)
    assert Post.objects.count() == 1
