"""Mastodon in the engine: threads that go on, keys that a server ignores, and what is deleted."""

import time
from datetime import timedelta

import pytest

from posting import deciding, reconciling
from posting.models import FollowUp, Post, PublishStep
from posting.states import Status
from tests.engine.conftest import MakePost, later, live, make_account, send_due, wake
from tests.engine.working import PATIENCE, Workers, settled
from tests.factories import UserFactory
from tests.processes import wait_until
from tests.sandbox.conftest import Sandbox

THREAD = "One.\n---\nTwo.\n---\nThree."
OUT = ["One.", "Two.", "Three."]
OTHERS = {"software": "pleroma"}


def created(sandbox: Sandbox) -> int:
    """How many requests for a status arrived."""
    received = sandbox.received(platform="mastodon")
    return sum(r["method"] == "POST" and r["path"].endswith("/statuses") for r in received)


def lose(sandbox: Sandbox, place: int, fault: str) -> None:
    """Let the request for one post of a thread go wrong. To faults a further post is a comment."""
    for _ in range(place - 2):
        sandbox.arm("mastodon", "slow", call="comment")
    sandbox.arm("mastodon", fault, call="publish" if place == 1 else "comment")


@pytest.mark.django_db
@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("facts", [{"software": "mastodon"}, OTHERS])
def test_a_thread_goes_on_after_the_part_that_was_found(
    sandbox: Sandbox, make_post: MakePost, place: int, facts: dict[str, str]
) -> None:
    account = make_account(sandbox, "mastodon", server_facts=facts, limits={"idempotency": False})
    post = make_post("mastodon", account=account, channel="thread", text=THREAD)
    lose(sandbox, place, "reset_after_accept")
    send_due()
    post.refresh_from_db()
    assert post.status == Status.UNCONFIRMED
    assert len(sandbox.texts()) == place

    reconciling.reconcile(later(10))
    post.refresh_from_db()
    assert post.status == (Status.PUBLISHED if place == 3 else Status.SCHEDULED)
    wake(post)
    send_due()
    post.refresh_from_db()
    assert post.status == Status.PUBLISHED
    assert sandbox.texts() == OUT
    posts = sandbox.posts()
    assert [one["parent"] for one in posts] == [None, posts[0]["id"], posts[1]["id"]]
    assert (post.remote_id, post.remote_url) == (posts[0]["id"], posts[0]["url"])
    assert set(post.steps.values_list("state", flat=True)) == {PublishStep.State.DONE}


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["reset_before", "maintenance", "redirect"])
def test_a_lost_part_that_never_arrived_is_sent_under_its_key(
    sandbox: Sandbox, make_post: MakePost, fault: str
) -> None:
    post = make_post("mastodon", channel="thread", text=THREAD)
    lose(sandbox, 2, fault)
    send_due()
    reconciling.reconcile(later(10))
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, sandbox.texts()) == (Status.PUBLISHED, OUT)


@pytest.mark.django_db
def test_a_thread_of_which_a_part_is_refused_says_what_is_out_and_goes_on(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("mastodon", channel="thread", text=THREAD)
    sandbox.arm("mastodon", "refuse", call="comment")
    send_due()
    post.refresh_from_db()
    assert (post.status, post.irrevocable) == (Status.FAILED, True)
    assert "Part of the post is out and the rest is not" in post.error_sentence
    deciding.retry(post, by=UserFactory(), now=later(0))
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, sandbox.texts()) == (Status.PUBLISHED, OUT)


@pytest.mark.django_db
def test_where_the_key_is_ignored_what_arrived_is_seen_and_not_sent_again(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    """Whatever a server calls itself: before its key is relied on, the account is looked at."""
    account = make_account(sandbox, "mastodon", limits={"idempotency": False})
    post = make_post("mastodon", account=account)
    sandbox.arm("mastodon", "reset_after_accept")
    send_due()
    assert post.steps.get().kind == PublishStep.Kind.KEYED
    reconciling.reconcile(later(10))
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post), created(sandbox)) == (Status.PUBLISHED, 1, 1)


@pytest.mark.django_db
def test_an_account_that_cannot_be_read_is_read_again_before_the_key_is_relied_on(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    account = make_account(sandbox, "mastodon", limits={"idempotency": False})
    post = make_post("mastodon", account=account)
    sandbox.arm("mastodon", "reset_after_accept")
    sandbox.arm("mastodon", "maintenance", call="read")
    send_due()
    reconciling.reconcile(later(5))
    post.refresh_from_db()
    assert (post.status, created(sandbox)) == (Status.UNCONFIRMED, 1)
    reconciling.reconcile(later(10))
    post.refresh_from_db()
    assert (post.status, live(sandbox, post), created(sandbox)) == (Status.PUBLISHED, 1, 1)


@pytest.mark.django_db
def test_an_account_that_stays_unread_is_not_waited_for_beyond_the_key(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("mastodon")
    sandbox.arm("mastodon", "reset_before")
    sandbox.arm("mastodon", "maintenance", call="read", times=0)
    send_due()
    post.steps.update(valid_until=later(10) + timedelta(seconds=30))
    reconciling.reconcile(later(10))
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.PUBLISHED, 1)


def delete(post: Post) -> FollowUp:
    """Ask for the deletion, and let a worker try it once."""
    deciding.ask_delete(post, by=UserFactory(), now=later(0))
    send_due()
    return post.follow_ups.get(kind=FollowUp.Kind.DELETE)


@pytest.mark.django_db
@pytest.mark.parametrize("platform", ["mastodon", "twitter"])
def test_deleting_a_thread_deletes_all_its_posts(
    sandbox: Sandbox, make_post: MakePost, platform: str
) -> None:
    post = make_post(platform, channel="thread", text=THREAD)
    other = make_post(platform, account=post.account, text="Another")
    send_due()
    post.refresh_from_db()
    assert len(sandbox.texts()) == 4
    delete(post)
    post.refresh_from_db()
    assert (post.status, sandbox.texts()) == (Status.REMOVED, ["Another"])
    removed = post.events.get(new=Status.REMOVED).sentence
    assert removed == "The platform removed all 3 posts of the thread."
    other.refresh_from_db()
    assert other.status == Status.PUBLISHED


@pytest.mark.django_db
@pytest.mark.parametrize("platform", ["mastodon", "twitter"])
def test_what_the_platform_keeps_of_a_thread_is_named_and_the_rest_deleted(
    sandbox: Sandbox, make_post: MakePost, platform: str
) -> None:
    post = make_post(platform, channel="thread", text=THREAD)
    send_due()
    post.refresh_from_db()
    sandbox.arm(platform, "slow", call="delete")
    sandbox.arm(platform, "refuse", call="delete")
    asked = delete(post)
    assert sandbox.texts() == OUT[1:2]
    assert "Post 2 of 3 could not be deleted. The others are deleted." in asked.error_sentence
    post.refresh_from_db()
    assert post.status == Status.PUBLISHED


@pytest.mark.django_db
def test_a_part_whose_id_nobody_knows_is_said_to_be_left(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    account = make_account(sandbox, "mastodon", server_facts=OTHERS)
    post = make_post("mastodon", account=account, channel="thread", text=THREAD)
    lose(sandbox, 3, "reset_after_accept")
    send_due()
    post.refresh_from_db()
    deciding.confirm_live(post, by=UserFactory(), now=later(0))
    first = sandbox.posts()[0]
    Post.objects.filter(pk=post.pk).update(remote_id=first["id"])
    post.refresh_from_db()
    delete(post)
    post.refresh_from_db()
    assert (post.status, sandbox.texts()) == (Status.REMOVED, OUT[2:])
    assert "One post of its thread may be left there" in post.events.last().sentence


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize(
    ("point", "channel"),
    [
        ("request: before the answer", "status"),
        ("post:2: begun", "thread"),
        ("post:2: answered", "thread"),
        ("post:3: answered", "thread"),
    ],
)
def test_after_a_kill_between_parts_each_is_out_once(
    sandbox: Sandbox,
    make_post: MakePost,
    workers: Workers,
    point: str,
    channel: str,
    ignored: bool,
) -> None:
    limits = {"idempotency": False} if ignored else {}
    account = make_account(sandbox, "mastodon", limits=limits)
    text = THREAD if channel == "thread" else "One."
    post = make_post("mastodon", account=account, channel=channel, text=text)
    workers.kill_one_at(point)
    with workers.two():
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, Status.PUBLISHED)
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    assert sandbox.texts() == (OUT if channel == "thread" else ["One."])
