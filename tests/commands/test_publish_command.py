"""`manage.py publish`: accepted at once, and followed on request until it is decided."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from organisation.clock import database_now
from platforms.models import Account
from posting.following import why_waiting
from posting.models import Post
from posting.states import Hold, Status
from tests.factories import HeartbeatFactory, PieceFactory, PostFactory, SwitchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("boss", "data_dir", "quiet_broker")]
TEXT = ("--text", "Smells of peat.")
TO_PAGE = ("--account", "facebook:The Page")


@pytest.fixture
def quiet_broker(monkeypatch):
    """Counts the wake-ups and sends none."""
    sent: list[None] = []
    monkeypatch.setattr("posting.waking.wake", lambda: sent.append(None))
    return sent


def test_a_post_is_due_at_once(run, page):
    post = PostFactory(account=page)
    before = database_now()
    said = run("publish", str(post.pk))
    post.refresh_from_db()
    assert post.status == Status.SCHEDULED
    assert before <= post.due_at <= database_now()
    assert said == f"Post {post.pk} to Facebook, The Page is accepted for delivery.\n"


def test_a_new_text_is_published_to_every_account(run, page, profile):
    run("publish", *TEXT, *TO_PAGE, "--account", "mastodon:The Profile")
    assert Post.objects.scheduled().count() == 2


def test_a_piece_is_published(run, page, brand):
    run("publish", "--piece", str(PieceFactory(brand=brand).pk), *TO_PAGE)
    assert Post.objects.get().status == Status.SCHEDULED


def test_one_post_that_cannot_leave_keeps_the_other_where_it_is(refused, page):
    fine, gone = PostFactory(account=page), PostFactory(account=page, published=True)
    said = refused("publish", str(fine.pk), str(gone.pk))
    assert "The post is published." in said


def test_an_unconfirmed_post_is_not_sent_again(refused, page):
    post = PostFactory(account=page, unconfirmed=True)
    assert "may be out already" in refused("publish", str(post.pk))


def test_a_post_that_a_worker_has_is_left_to_it(refused, page):
    post = PostFactory(account=page, publishing=True)
    assert "A worker has it already" in refused("publish", str(post.pk))


@pytest.mark.parametrize("arguments", [(), ("1", *TEXT)], ids=["nothing", "both"])
def test_either_posts_or_something_new_has_to_be_named(refused, page, arguments):
    assert "Name posts by their ids" in refused("publish", *arguments)


def test_a_post_of_nobodys_is_refused(refused, page):
    assert refused("publish", "999") == "There is no post 999. Nothing was done."


def in_a_moment(act) -> threading.Thread:
    """What a worker would do, on a connection of its own."""

    def later() -> None:
        time.sleep(0.3)
        act()
        connection.close()

    thread = threading.Thread(target=later)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_wait_follows_until_it_is_out_and_tells_its_address(run, page):
    post = PostFactory(account=page)

    def send() -> None:
        moves = ((Status.SCHEDULED, Status.PUBLISHING), (Status.PUBLISHING, Status.PUBLISHED))
        lease: dict[str, Any] = {
            "lease_until": timezone.now() + timedelta(minutes=2),
            "lease_token": 1,
        }
        out: dict[str, Any] = {"remote_id": "7", "remote_url": "https://example.org/7"}
        for (old, new), values in zip(moves, (lease, out), strict=True):
            Post.objects.advance(
                post.pk, old=old, new=new, sentence=f"It is {new} now.", values=values
            )

    worker = in_a_moment(send)
    said = run("publish", str(post.pk), "--wait", "--patience", "20")
    worker.join()
    assert f"Post {post.pk}: It is publishing now.\n" in said
    assert said.endswith(f"Post {post.pk} is out: https://example.org/7\n")


@pytest.mark.django_db(transaction=True)
def test_wait_ends_with_the_reason_when_the_platform_refuses(run, page):
    post = PostFactory(account=page)

    def refuse() -> None:
        values = {"error_sentence": "Facebook refused the text. It is not out."}
        Post.objects.advance(
            post.pk, old=Status.SCHEDULED, new=Status.FAILED, sentence="Refused.", values=values
        )

    worker = in_a_moment(refuse)
    with pytest.raises(CommandError) as end:
        run("publish", str(post.pk), "--wait", "--patience", "20")
    worker.join()
    assert str(end.value) == f"Post {post.pk} is failed. Facebook refused the text. It is not out."


def test_waiting_in_vain_says_that_no_worker_runs(run, page):
    post = PostFactory(account=page)
    with pytest.raises(CommandError, match="No sending worker is running"):
        run("publish", str(post.pk), "--wait", "--patience", "0.1")


def reason(post: Post) -> str:
    return why_waiting(Post.objects.for_list().get(pk=post.pk), timezone.now())


def test_each_reason_to_wait_has_its_sentence(page, boss):
    post = PostFactory(account=page, scheduled=True)
    HeartbeatFactory()
    assert reason(post) == "A worker takes it in a moment."
    Post.objects.update(wake_at=timezone.now() + timedelta(minutes=1), error_sentence="Not sent.")
    assert reason(post).startswith("Not sent. It is tried at ")
    Account.objects.update(blocked_until=timezone.now() + timedelta(minutes=5))
    assert "allows the next post at" in reason(post)
    Account.objects.update(state=Account.State.NEEDS_RECONNECT)
    assert "cannot send: needs reconnect" in reason(post)
    Post.objects.update(holds=Hold.PERSON)
    assert reason(post) == "It is on hold."
    Post.objects.update(holds=Hold.APPROVAL)
    assert reason(post) == "It waits for approval."
    SwitchFactory(stopped_by=boss)
    assert reason(post) == "Publishing is stopped by Callum Reid."
