"""A post that is out: its evidence, its first comment, and answers that cannot be."""

import pytest

from organisation.models import Notice
from posting.models import FollowUp, Post
from posting.states import Status
from tests.factories import AccountFactory, PieceFactory, PostFactory
from tests.posting.conftest import fresh, send, states

pytestmark = pytest.mark.django_db


def test_a_published_post_carries_the_platforms_id_address_and_time(platform):
    post = PostFactory(scheduled=True, error_class="NotSent", error_sentence="Earlier.")
    platform.says({"id": "55_9", "url": "https://x.test/55_9"})
    send()
    row = fresh(post)
    assert (row.status, row.remote_id, row.remote_url) == (
        Status.PUBLISHED, "55_9", "https://x.test/55_9",
    )  # fmt: skip
    assert (row.irrevocable, row.error_class, row.error_sentence) == (True, "", "")
    assert row.published_at == post.attempt_rows.get().posted_at
    assert post.events.last().evidence == "55_9"


def with_comment():
    piece = PieceFactory(variants={"facebook/feed-post": {"first_comment": "More in the shop."}})
    return PostFactory(scheduled=True, piece=piece, account=AccountFactory(brand=piece.brand))


def test_the_first_comment_is_planned_with_the_publication(platform):
    post = with_comment()
    send()
    comment = FollowUp.objects.get()
    assert (comment.post, comment.account, comment.text) == (
        post, post.account, "More in the shop.",
    )  # fmt: skip
    assert (comment.kind, comment.state) == ("comment", "waiting")


def test_neither_is_there_without_the_other(platform, monkeypatch):
    post = with_comment()

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(FollowUp.objects, "create", fail)
    monkeypatch.setattr("posting.models.followup.FollowUpQuerySet.plan_comment", fail)
    with pytest.raises(ZeroDivisionError):
        send()
    assert fresh(post).status == Status.PUBLISHING
    assert not post.attempt_rows.exists()


def test_a_post_without_a_comment_plans_none(platform):
    PostFactory(scheduled=True)
    send()
    assert not FollowUp.objects.exists()


def test_an_answer_that_names_another_post_leaves_this_one_unconfirmed(platform):
    other = PostFactory(published=True)
    post = PostFactory(scheduled=True, account=other.account)
    platform.says({"id": other.remote_id})
    send()
    row = fresh(post)
    assert (row.status, row.remote_id, row.irrevocable) == (Status.UNCONFIRMED, "", False)
    assert f"{other.remote_id}, which is another post of ours" in row.error_sentence
    assert states(post) == [("post", 1, "started")]
    assert row.next_look_at is not None
    assert post.attempt_rows.get().status == "unknown"


def test_the_same_id_on_another_account_is_another_post(platform):
    other = PostFactory(published=True)
    post = PostFactory(scheduled=True)
    platform.says({"id": other.remote_id})
    send()
    assert fresh(post).remote_id == other.remote_id


def test_an_address_too_long_to_keep_does_not_lose_the_post(platform):
    post = PostFactory(scheduled=True)
    platform.says({"id": "55_1", "url": f"https://x.test/{'x' * 600}"})
    send()
    assert (fresh(post).remote_id, fresh(post).remote_url) == ("55_1", "")


def test_rubbish_in_the_answer_does_not_lose_the_post(platform):
    post = PostFactory(scheduled=True)
    platform.says({"id": "55_1", "name": "half \ud83d and \x00"})
    send()
    assert fresh(post).status == Status.PUBLISHED
    assert post.steps.get().result["name"] == "half � and �"


def test_publishing_tells_nobody(platform):
    PostFactory(scheduled=True)
    send()
    assert not Notice.objects.exists()
    assert Post.objects.published().count() == 1
