"""Sending first, and taking one's turn again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.models import AuditEntry
from posting.claiming import claim_next
from posting.deciding import NotPossible
from posting.models import Post
from posting.models.post import BEFORE_SENDING
from posting.prioritising import send_first, send_in_turn
from posting.states import Status
from tests.factories import AccountFactory, PostFactory, UserFactory
from tests.posting.conftest import WORKER

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def test_a_post_that_is_to_go_first_is_taken_before_earlier_ones():
    account, by = AccountFactory(), UserFactory()
    early, late = (
        PostFactory(account=account, scheduled=True, due=now() - timedelta(seconds=s))
        for s in (30, 10)
    )
    send_first(late, by=by, now=now())
    assert claim_next(WORKER).pk == late.pk
    assert claim_next(WORKER).pk == early.pk


def test_it_is_written_down_and_can_be_taken_back():
    post, by = PostFactory(scheduled=True), UserFactory()
    send_first(post, by=by, now=now())
    send_in_turn(post, by=by, now=now())
    assert Post.objects.get().priority == Post.Priority.NORMAL
    assert [event.sentence for event in post.events.order_by("id")] == [
        f"{by} let it go before the others of its account.",
        f"{by} let it take its turn among the others again.",
    ]
    verbs = AuditEntry.objects.filter(user=by).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["send first", "send in turn"]


@pytest.mark.parametrize("state", [s for s in Status if s not in BEFORE_SENDING])
def test_what_does_not_wait_has_no_place(state):
    post = PostFactory(**{state.value: True})
    for verb in (send_first, send_in_turn):
        with pytest.raises(NotPossible, match="does not matter any more"):
            verb(post, by=UserFactory(), now=now())


def test_two_people_at_once_change_it_once():
    post = PostFactory(scheduled=True)
    stale = Post.objects.get()
    send_first(post, by=UserFactory(), now=now())
    with pytest.raises(NotPossible, match="a moment ago"):
        send_first(stale, by=UserFactory(), now=now())
    with pytest.raises(NotPossible, match="already"):
        send_first(stale, by=UserFactory(), now=now())
    assert post.events.count() == 1
