"""Posts that are later than their account allows: asked about, sent or skipped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from platforms.models import Account
from posting.claiming import claim_next
from posting.dispatching import mark_late
from posting.states import Hold, Status
from tests.factories import PostFactory
from tests.posting.conftest import WORKER, fresh

pytestmark = pytest.mark.django_db
Policy = Account.LatePolicy
LIMIT = timedelta(hours=6)


def late_post(policy=Policy.ASK, by=LIMIT + timedelta(minutes=3), **values):
    return PostFactory(
        scheduled=True,
        due=timezone.now() - by,
        account__late_policy=policy,
        account__late_limit=LIMIT,
        **values,
    )


@pytest.mark.parametrize(
    ("policy", "taken", "state"),
    [
        (Policy.ASK, False, Status.MISSED),
        (Policy.SKIP, False, Status.CANCELLED),
        (Policy.SEND, True, Status.SCHEDULED),
    ],
)
def test_a_late_post_is_treated_as_its_account_wants(policy, taken, state):
    post = late_post(policy)
    mark_late(timezone.now())
    assert fresh(post).status == state
    assert (claim_next(WORKER) is not None) == taken


@pytest.mark.parametrize("policy", [Policy.ASK, Policy.SKIP])
def test_a_worker_that_comes_before_the_dispatcher_leaves_it(policy):
    late_post(policy)
    assert claim_next(WORKER) is None


@pytest.mark.parametrize("seconds", [1, 120])
def test_a_post_within_the_limit_is_taken(seconds):
    post = late_post(by=LIMIT - timedelta(seconds=seconds + 5))
    assert mark_late(timezone.now()) == 0
    assert claim_next(WORKER).pk == post.pk


def test_the_sentence_says_when_and_how_late():
    post = late_post()
    mark_late(timezone.now())
    assert f"It was due at {post.due_at:%d %B %H:%M} UTC" in fresh(post).error_sentence
    assert "6 h 3 min late" in fresh(post).error_sentence
    assert "Publish it now or choose a new time." in post.events.get().sentence


@pytest.mark.parametrize(
    "values",
    [
        {"first_claimed_at": timezone.now()},
        {"irrevocable": True, "snapshot": {"channel": "feed-post", "text": "x", "link": "",
                                           "media": [], "options": {}}},
    ],
    ids=["claimed before", "partly out"],
)  # fmt: skip
def test_a_post_that_was_begun_ignores_the_limit(values):
    post = late_post(**values)
    assert mark_late(timezone.now()) == 0
    assert claim_next(WORKER).pk == post.pk


def test_marking_twice_is_harmless():
    post = late_post()
    assert [mark_late(timezone.now()), mark_late(timezone.now())] == [1, 0]
    assert post.events.count() == 1


def test_a_late_post_that_a_person_holds_is_not_missed():
    post = late_post(holds=int(Hold.PERSON))
    assert mark_late(timezone.now()) == 0
    assert fresh(post).status == Status.SCHEDULED


@pytest.mark.parametrize("hold", [Hold.APPROVAL, Hold.APPROVAL | Hold.LABEL])
def test_a_post_that_is_due_and_not_approved_is_missed(hold):
    post = PostFactory(scheduled=True, due=timezone.now() - timedelta(seconds=1), holds=int(hold))
    assert mark_late(timezone.now()) == 1
    assert fresh(post).status == Status.MISSED
    assert "nobody had approved it" in fresh(post).error_sentence


def test_an_unapproved_post_is_not_missed_before_its_time():
    PostFactory(scheduled=True, due=timezone.now() + timedelta(minutes=1), holds=int(Hold.APPROVAL))
    assert mark_late(timezone.now()) == 0


def test_many_held_posts_do_not_hide_an_unapproved_one(monkeypatch):
    monkeypatch.setattr("posting.dispatching.BATCH", 2)
    for minutes in (9, 8, 7):
        PostFactory(
            scheduled=True,
            due=timezone.now() - timedelta(minutes=minutes),
            holds=int(Hold.PERSON),
        )
    post = PostFactory(
        scheduled=True, due=timezone.now() - timedelta(minutes=1), holds=int(Hold.APPROVAL)
    )
    mark_late(timezone.now())
    assert fresh(post).status == Status.MISSED
