"""Approval is for exact content, account and channel, and is gone when either changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.writing import save_version
from platforms.models import Account
from posting.approvals import MayNotApprove, approve, content_hash, covers, withdraw
from posting.claiming import claim_next
from posting.models import Approval, Post
from posting.preparing import rendition_of
from posting.states import Hold, Status
from tests.factories import AccountFactory, PostFactory, UserFactory
from tests.posting.conftest import WORKER, fresh

pytestmark = pytest.mark.django_db
Rule = Account.ApprovalRule


@pytest.fixture
def post():
    """A due post to an account that asks for approval, held for it."""
    return PostFactory(scheduled=True, account__approval_rule=Rule.ANYONE, holds=int(Hold.APPROVAL))


def approved(post, **window):
    return approve(fresh(post), by=UserFactory(), now=timezone.now(), **window)


def edit(post):
    """Another text, without the flag that an edit should have set."""
    version = save_version(post.piece, text="Changed", by=None, expected_edits=1)
    Post.objects.filter(pk=post.pk).update(piece_version=version, version=2)


def test_an_approved_post_is_sent(post):
    approved(post)
    assert (fresh(post).holds, claim_next(WORKER).pk) == (0, post.pk)


def test_approving_leaves_other_holds_alone(post):
    Post.objects.update(holds=int(Hold.APPROVAL | Hold.PERSON | Hold.LABEL))
    approved(post)
    assert fresh(post).held_by == Hold.PERSON | Hold.LABEL


def test_a_stale_approval_sets_the_flag_and_does_not_send(post):
    approved(post)
    edit(post)
    assert claim_next(WORKER) is None
    row = fresh(post)
    assert (row.status, row.held_by, row.lease_token) == (Status.SCHEDULED, Hold.APPROVAL, 0)
    assert "No approval covers" in post.events.last().sentence


def test_a_post_that_waits_for_approval_keeps_no_other_waiting(post):
    Post.objects.update(holds=0)
    other = PostFactory(scheduled=True, account=post.account)
    approve(other, by=UserFactory(), now=timezone.now())
    assert claim_next(WORKER).pk == other.pk


def test_approval_no_longer_matters_once_part_of_it_is_out(post):
    snapshot = rendition_of(post, post.account).as_snapshot()
    Post.objects.update(holds=0, irrevocable=True, snapshot=snapshot)
    assert claim_next(WORKER).pk == post.pk


@pytest.mark.parametrize(
    ("window", "counts"),
    [
        ({"not_before": -1}, True),
        ({"not_before": 1}, False),
        ({"not_after": 1}, True),
        ({"not_after": -1}, False),
    ],
)
def test_an_approval_counts_within_its_window(post, window, counts):
    moments = {name: timezone.now() + timedelta(hours=h) for name, h in window.items()}
    approved(post, **moments)
    assert (claim_next(WORKER) is not None) == counts


def test_a_withdrawn_approval_counts_no_more(post):
    approval = approved(post)
    withdraw(approval, by=UserFactory(), now=timezone.now())
    assert fresh(post).held_by == Hold.APPROVAL
    assert not covers(post, rendition_of(post, post.account), timezone.now())


def test_withdrawing_after_a_part_is_out_holds_nothing(post):
    approval = approved(post)
    Post.objects.update(irrevocable=True, snapshot={})
    withdraw(approval, by=UserFactory(), now=timezone.now())
    assert fresh(post).holds == 0


def test_under_four_eyes_the_author_may_not_approve(post):
    author = UserFactory()
    Account.objects.update(approval_rule=Rule.FOUR_EYES)
    Post.objects.update(author=author)
    with pytest.raises(MayNotApprove):
        approve(fresh(post), by=author, now=timezone.now())
    assert (fresh(post).held_by, Approval.objects.count()) == (Hold.APPROVAL, 0)
    approved(post)
    assert fresh(post).holds == 0


def test_the_same_words_elsewhere_are_another_thing(post):
    rendition = rendition_of(post, post.account)
    other = PostFactory(piece=post.piece, account=AccountFactory(brand=post.brand))
    assert content_hash(post, rendition) != content_hash(other, rendition)


def test_an_approval_given_while_the_claim_decides_is_not_undone(post, monkeypatch):
    """The claim read no approval, then waited for the row that the approving person held."""
    Post.objects.update(holds=0)
    seen = iter([False])

    def covers_late(*args):
        if next(seen, True):
            return covers(*args)
        approve(fresh(post), by=UserFactory(), now=timezone.now())
        return False

    monkeypatch.setattr("posting.claiming.covers", covers_late)
    claim_next(WORKER)
    assert fresh(post).holds == 0
    assert claim_next(WORKER).pk == post.pk
