"""People are told of a post that needs one: once, and once that it is over."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from organisation.models import Notice
from posting import deciding
from posting.dispatching import mark_late
from posting.models import Post
from posting.reaping import CLAIMS_WITHOUT_ANSWER, reap
from posting.states import Status
from tests.factories import AccountFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db


def fail(post, sentence="Facebook refused it. It is not out."):
    return Post.objects.advance(post.pk, old=Status.SCHEDULED, new=Status.FAILED, sentence=sentence)


def test_a_post_that_fails_opens_one_notice_that_names_it_and_its_author():
    author = UserFactory()
    post = PostFactory(scheduled=True, author=author, piece__title="Cullen skink")
    assert [fail(post), fail(post)] == [True, False]
    notice = Notice.objects.get()
    assert notice.fault == f"failed:{post.pk}"
    assert (notice.brand, notice.author, notice.user) == (post.brand, author, None)
    assert (
        notice.sentence == f"“Cullen skink” to {post.account}. Facebook refused it. It is not out."
    )


@pytest.mark.parametrize("verb", [deciding.retry, deciding.cancel])
def test_what_a_person_decides_closes_it_and_says_how(verb):
    post = PostFactory(scheduled=True)
    fail(post)
    post.refresh_from_db()
    mairi = UserFactory(first_name="Mairi", last_name="Fraser")
    verb(post, by=mairi, now=timezone.now())
    notice = Notice.objects.get()
    assert notice.resolved_at is not None
    assert notice.ending.startswith("Mairi Fraser ")


def test_failing_again_is_a_fault_of_its_own():
    post = PostFactory(scheduled=True)
    for _ in range(3):
        fail(post)
        post.refresh_from_db()
        deciding.retry(post, by=UserFactory(), now=timezone.now())
    assert Notice.objects.count() == 3
    assert not Notice.objects.open().exists()


def test_a_post_that_is_missed_opens_one_notice_however_often_it_is_looked_at():
    account = AccountFactory()
    past = timezone.now() - account.late_limit * 2
    post = PostFactory(scheduled=True, due=past, account=account)
    mark_late(timezone.now())
    mark_late(timezone.now())
    notice = Notice.objects.get()
    assert notice.fault == f"missed:{post.pk}"
    assert "We did not send it." in notice.sentence
    post.refresh_from_db()
    deciding.publish_now(post, by=UserFactory(), now=timezone.now())
    assert not Notice.objects.open().exists()


def test_a_post_whose_workers_all_died_is_told_of():
    PostFactory(
        publishing=True,
        lease_until=timezone.now(),
        unanswered_claims=CLAIMS_WITHOUT_ANSWER,
    )
    reap(timezone.now() + timedelta(seconds=1))
    assert "The worker stopped each time" in Notice.objects.get().sentence


def test_giving_up_closes_the_question_and_asks_no_new_one():
    post = PostFactory(unconfirmed=True)
    deciding.give_up(post, by=UserFactory(), now=timezone.now())
    assert not Notice.objects.open().exists()


def test_a_post_that_waits_with_its_key_again_is_no_longer_asked_about():
    post = PostFactory(unconfirmed=True)
    Notice.objects.create(fault=f"unconfirmed:{post.pk}", sentence="May be out.", brand=post.brand)
    sentence = "The post is sent again with the same key."
    Post.objects.advance(
        post.pk, old=Status.UNCONFIRMED, new=Status.SCHEDULED, sentence=sentence,
        values={"wake_at": timezone.now()},
    )  # fmt: skip
    assert Notice.objects.get().ending == sentence


def test_a_move_that_is_undone_tells_nobody():
    post = PostFactory(scheduled=True)
    with transaction.atomic():
        fail(post)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
