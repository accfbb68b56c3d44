"""A label that is held keeps the posts of its pieces back, whoever changes what in which order."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from organisation.models import AuditEntry
from posting import deciding
from posting.claiming import claim_next
from posting.deciding import NotPossible
from posting.dispatching import dispatch, mark_late
from posting.labels import hold_label, release_elapsed, release_label
from posting.queueing import queue_post
from posting.states import Hold, Status
from tests.factories import LabelFactory, PostFactory, UserFactory
from tests.posting.conftest import WORKER, fresh

pytestmark = pytest.mark.django_db
A_MOMENT_AGO = timedelta(seconds=1)


def now():
    return timezone.now()


@pytest.fixture
def post():
    return PostFactory(scheduled=True, due=now() - A_MOMENT_AGO)


@pytest.fixture
def label(post):
    label = LabelFactory(brand=post.brand)
    post.piece.labels.add(label)
    return label


def test_a_held_label_keeps_its_posts_and_no_others(post, label):
    other = PostFactory(scheduled=True, due=now() - A_MOMENT_AGO)
    by = UserFactory()
    assert hold_label(label, by=by, now=now()) == 1
    assert (label.held, label.held_by) == (True, by)
    assert claim_next(WORKER).pk == other.pk
    assert claim_next(WORKER) is None
    assert release_label(label, by=by, now=now()) == 1
    assert claim_next(WORKER).pk == post.pk
    verbs = AuditEntry.objects.filter(user=by).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["hold label", "release label"]


def test_two_labels_hold_until_both_are_released(post, label):
    second, by = LabelFactory(brand=post.brand), UserFactory()
    post.piece.labels.add(second)
    hold_label(label, by=by, now=now())
    assert hold_label(second, by=by, now=now()) == 0
    release_label(label, by=by, now=now())
    assert fresh(post).held_by == Hold.LABEL
    release_label(second, by=by, now=now())
    assert fresh(post).held_by == Hold.NONE


def test_other_holds_stay_as_they_are(post, label):
    type(post).objects.filter(pk=post.pk).update(holds=int(Hold.APPROVAL | Hold.PERSON))
    hold_label(label, by=UserFactory(), now=now())
    assert fresh(post).held_by == Hold.APPROVAL | Hold.PERSON | Hold.LABEL
    release_label(label, by=UserFactory(), now=now())
    assert fresh(post).held_by == Hold.APPROVAL | Hold.PERSON


@pytest.mark.parametrize(
    "lose",
    [
        lambda piece, label: piece.labels.remove(label),
        lambda piece, label: piece.labels.clear(),
        lambda piece, label: piece.labels.set([]),
        lambda piece, label: label.pieces.remove(piece),
        lambda piece, label: label.pieces.clear(),
        lambda piece, label: label.delete(),
    ],
)
def test_a_piece_that_loses_the_label_is_free(post, label, lose):
    hold_label(label, by=UserFactory(), now=now())
    lose(post.piece, label)
    assert fresh(post).held_by == Hold.NONE


@pytest.mark.parametrize(
    "get",
    [lambda piece, label: piece.labels.add(label), lambda piece, label: label.pieces.add(piece)],
)
def test_a_piece_that_gets_a_held_label_waits(post, get):
    label = LabelFactory(brand=post.brand, held=True)
    get(post.piece, label)
    assert fresh(post).held_by == Hold.LABEL


def test_a_new_post_of_such_a_piece_waits_from_the_start(post, label):
    hold_label(label, by=UserFactory(), now=now())
    again = queue_post(
        post.piece_version, post.account, post.channel_type, by=UserFactory(), now=now(), again=True
    )
    assert again.held_by == Hold.LABEL


@pytest.mark.parametrize("state", ["failed", "missed"])
def test_what_stopped_before_is_not_tried_again_while_its_label_is_held(label, post, state):
    stuck = PostFactory(piece=post.piece, **{state: True})
    hold_label(label, by=UserFactory(), now=now())
    with pytest.raises(NotPossible, match="label"):
        deciding.retry(fresh(stuck), by=UserFactory(), now=now())
    release_label(label, by=UserFactory(), now=now())
    deciding.retry(fresh(stuck), by=UserFactory(), now=now())
    assert fresh(stuck).status == Status.SCHEDULED


def test_what_is_out_is_left_alone(label, post):
    out = PostFactory(piece=post.piece, published=True)
    before = fresh(out).updated_at
    hold_label(label, by=UserFactory(), now=now())
    assert (fresh(out).holds, fresh(out).updated_at) == (0, before)


def test_a_hold_until_a_time_ends_by_itself_and_not_before(post, label):
    end = now() + timedelta(hours=1)
    hold_label(label, by=UserFactory(), now=now(), until=end)
    release_elapsed(end - timedelta(seconds=1))
    assert claim_next(WORKER) is None
    release_elapsed(end)
    label.refresh_from_db()
    assert (label.held, label.held_until, label.held_by) == (False, None, None)
    assert claim_next(WORKER).pk == post.pk


def test_the_clock_ends_what_has_elapsed(post, label):
    hold_label(label, by=UserFactory(), now=now(), until=now() - A_MOMENT_AGO)
    dispatch(lambda: None, seconds=0)
    assert fresh(post).held_by == Hold.NONE


def test_released_long_after_its_time_a_post_is_missed_and_asks(post, label):
    hold_label(label, by=UserFactory(), now=now())
    type(post).objects.filter(pk=post.pk).update(due_at=now() - timedelta(hours=7))
    assert mark_late(now()) == 0
    release_label(label, by=UserFactory(), now=now())
    assert mark_late(now()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_label_that_is_held_while_a_post_is_made_holds_it():
    """One of the two waits for the other, so none misses what the other did."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; this needs PostgreSQL (make services)")
    post = PostFactory(scheduled=True)
    label = LabelFactory(brand=post.brand)
    post.piece.labels.add(label)
    by = UserFactory()

    def hold():
        try:
            hold_label(label, by=by, now=now())
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    with transaction.atomic():
        made = queue_post(
            post.piece_version, post.account, post.channel_type, by=by, now=now(), again=True
        )
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert fresh(made).held_by == Hold.LABEL
