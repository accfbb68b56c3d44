"""X in the engine: what each fault leads to, what credit and duplicates do, threads that go on."""

import time
from decimal import Decimal

import pytest

from organisation.models import Notice
from platforms.models import Account, RateBudget
from posting import deciding, reconciling
from posting.models import FollowUp, Post, PublishStep
from posting.spending import CAPPED, spending_of
from posting.states import Status
from tests.engine.conftest import MakePost, later, live, make_account, send_due, wake
from tests.engine.working import PATIENCE, Workers, settled
from tests.factories import UserFactory
from tests.processes import wait_until
from tests.sandbox.conftest import Sandbox

THREAD = "One.\n---\nTwo.\n---\nThree."
# fault, state after the try, copies live, state once it was looked for
FAULTS = (
    ("refuse", Status.FAILED, 0, Status.FAILED),
    ("duplicate", Status.FAILED, 0, Status.FAILED),
    ("reset_before", Status.UNCONFIRMED, 0, Status.UNCONFIRMED),
    ("reset_after_accept", Status.UNCONFIRMED, 1, Status.PUBLISHED),
    ("error_500_before", Status.UNCONFIRMED, 0, Status.UNCONFIRMED),
    ("error_500_after_accept", Status.UNCONFIRMED, 1, Status.PUBLISHED),
    ("garbage", Status.UNCONFIRMED, 1, Status.PUBLISHED),
    ("rate_limit", Status.SCHEDULED, 0, Status.SCHEDULED),
    ("expired_token", Status.SCHEDULED, 0, Status.SCHEDULED),
    ("quota", Status.SCHEDULED, 0, Status.SCHEDULED),
)


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "state", "copies", "found"), FAULTS)
def test_it_is_never_sent_twice_and_is_looked_for_when_unclear(
    sandbox: Sandbox, make_post: MakePost, fault: str, state: str, copies: int, found: str
) -> None:
    post = make_post("twitter", text=f"Ferries & buses at example.org: {fault}")
    sandbox.arm("twitter", fault)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (state, copies)
    reconciling.reconcile(later(10))
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (found, copies)
    assert send_due() == 0


@pytest.mark.django_db
def test_without_credit_the_account_is_paused_and_people_are_told(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    account = make_account(sandbox, "twitter", limits={"credits": 0.001})
    first = make_post("twitter", account=account, text="One")
    second = make_post("twitter", account=account, text="Two")
    send_due()
    account.refresh_from_db()
    assert account.state == Account.State.PAUSED
    assert "no credit is left" in account.state_reason
    assert "no credit is left" in Notice.objects.get(fault=f"account:{account.pk}").sentence
    for post in (first, second):
        post.refresh_from_db()
        assert (post.status, live(sandbox, post)) == (Status.SCHEDULED, 0)


@pytest.mark.django_db
def test_a_duplicate_after_a_lost_answer_is_evidence_and_no_failure(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("twitter", text="Once and never twice")
    sandbox.arm("twitter", "reset_after_accept")
    send_due()
    Post.objects.filter(pk=post.pk).update(next_look_at=later(600))
    PublishStep.objects.filter(post=post).update(started_at=later(-30))
    post.refresh_from_db()
    deciding.send_again(post, by=UserFactory(), now=later(5))
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.UNCONFIRMED, 1)
    assert "duplicate content" in post.error_sentence


@pytest.mark.django_db
def test_what_is_left_of_each_limit_is_known_and_an_empty_one_is_waited_for(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    account = make_account(sandbox, "twitter", limits={"rate": 1})
    make_post("twitter", account=account, text="One")
    second = make_post("twitter", account=account, text="Two")
    send_due()
    budget = RateBudget.objects.get(account=account, name="1 requests in 15 minutes")
    assert budget.remaining == 0
    account.refresh_from_db()
    assert account.blocked_until is not None
    second.refresh_from_db()
    assert second.status == Status.SCHEDULED
    assert sandbox.texts(account=account.remote_id) == ["One"]


@pytest.mark.django_db
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_thread_goes_on_after_the_part_that_was_found(
    sandbox: Sandbox, make_post: MakePost, place: int
) -> None:
    post = make_post("twitter", channel="thread", text=THREAD)
    for _ in range(place - 2):
        sandbox.arm("twitter", "slow", call="comment")
    call = "publish" if place == 1 else "comment"
    sandbox.arm("twitter", "reset_after_accept", call=call)
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
    assert sandbox.texts() == ["One.", "Two.", "Three."]
    posts = sandbox.posts()
    assert [one["parent"] for one in posts] == [None, posts[0]["id"], posts[1]["id"]]
    assert post.remote_id == posts[0]["id"]
    assert set(post.steps.values_list("state", flat=True)) == {PublishStep.State.DONE}


@pytest.mark.django_db
def test_a_thread_of_which_a_part_is_refused_says_what_is_out_and_goes_on(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("twitter", channel="thread", text=THREAD)
    sandbox.arm("twitter", "refuse", call="comment")
    send_due()
    post.refresh_from_db()
    assert (post.status, post.irrevocable) == (Status.FAILED, True)
    assert "Part of the post is out and the rest is not" in post.error_sentence


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize(
    ("point", "channel"),
    [
        ("started: after the commit", "tweet"),
        ("request: before the answer", "tweet"),
        ("publishing to published: before the commit", "tweet"),
        ("post:2: answered", "thread"),
    ],
)
def test_after_a_kill_it_is_out_once_at_most(
    sandbox: Sandbox, make_post: MakePost, workers: Workers, point: str, channel: str
) -> None:
    post = make_post("twitter", channel=channel, text=THREAD if channel == "thread" else "One.")
    workers.kill_one_at(point)
    lost = point == "started: after the commit"
    wanted = Status.UNCONFIRMED if lost else Status.PUBLISHED
    with workers.two():
        wait_until(lambda: settled(post, wanted), PATIENCE, wanted)
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    out = ["One.", "Two.", "Three."] if channel == "thread" else ["One."]
    assert sandbox.texts() == ([] if lost else out)


THREAD_PAID = 3 * 15_000


@pytest.mark.django_db
def test_what_was_sent_is_charged_and_what_was_refused_is_not(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("twitter", channel="thread", text=THREAD)
    sandbox.arm("twitter", "refuse", call="comment")
    send_due()
    assert spent(post) == 15_000
    deciding.retry(fresh(post), by=UserFactory(), now=later(0))
    send_due()
    assert fresh(post).status == Status.PUBLISHED
    assert spent(post) == THREAD_PAID


@pytest.mark.django_db
def test_one_whose_answer_was_lost_counts_as_spent(sandbox: Sandbox, make_post: MakePost) -> None:
    post = make_post("twitter", text="Lost")
    sandbox.arm("twitter", "reset_before")
    send_due()
    assert spent(post) == 15_000


def spent(post: Post) -> int:
    return spending_of([post.account], later(0))[post.account_id].spent


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


@pytest.mark.django_db
def test_a_thread_that_failed_half_way_can_be_gone_on_with(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = half_out(sandbox, make_post)
    assert post.remote_id == sandbox.posts()[0]["id"]
    assert post.remote_url.endswith(f"/status/{post.remote_id}")
    deciding.retry(post, by=UserFactory(), now=later(0))
    send_due()
    assert fresh(post).status == Status.PUBLISHED
    assert sandbox.texts() == ["One.", "Two.", "Three."]


def half_out(sandbox: Sandbox, make_post: MakePost) -> Post:
    """A thread of which the third post was refused."""
    post = make_post("twitter", channel="thread", text=THREAD)
    sandbox.arm("twitter", "slow", call="comment")
    sandbox.arm("twitter", "refuse", call="comment")
    send_due()
    post = fresh(post)
    assert (post.status, sandbox.texts()) == (Status.FAILED, ["One.", "Two."])
    return post


@pytest.mark.django_db
def test_what_is_out_of_it_can_be_deleted_and_then_it_is_not_gone_on_with(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = half_out(sandbox, make_post)
    deciding.ask_delete(post, by=UserFactory(), now=later(0))
    with pytest.raises(deciding.NotPossible, match="being deleted"):
        deciding.retry(fresh(post), by=UserFactory(), now=later(0))
    send_due()
    assert (fresh(post).status, sandbox.texts()) == (Status.REMOVED, [])
    assert post.events.latest("pk").sentence == "The platform removed all 2 posts of the thread."


@pytest.mark.django_db
def test_going_on_and_deleting_at_once_is_one_of_them(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = half_out(sandbox, make_post)
    read_before = fresh(post)
    deciding.ask_delete(post, by=UserFactory(), now=later(0))
    FollowUp.objects.all().update(state=FollowUp.State.CANCELLED)  # so that only the row tells
    with pytest.raises(deciding.NotPossible, match="a moment ago"):
        deciding.retry(read_before, by=UserFactory(), now=later(0))
    read_before = fresh(post)
    deciding.retry(fresh(post), by=UserFactory(), now=later(0))
    with pytest.raises(deciding.NotPossible, match="a moment ago"):
        deciding.ask_delete(read_before, by=UserFactory(), now=later(0))


@pytest.mark.django_db
def test_deleting_a_thread_deletes_all_of_it_the_last_first(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("twitter", channel="thread", text=THREAD)
    send_due()
    ids = [one["id"] for one in sandbox.posts()]
    deciding.ask_delete(fresh(post), by=UserFactory(), now=later(0))
    send_due()
    assert fresh(post).status == Status.REMOVED
    assert sandbox.texts() == []
    asked = [r["path"].rpartition("/")[2] for r in sandbox.received() if r["method"] == "DELETE"]
    assert asked == ids[::-1]
    assert spent(post) == THREAD_PAID + 3 * 10_000


@pytest.mark.django_db
def test_what_x_keeps_of_a_thread_is_said_and_the_rest_is_deleted(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("twitter", channel="thread", text=THREAD)
    send_due()
    sandbox.arm("twitter", "slow", call="delete")
    sandbox.arm("twitter", "refuse", call="delete")
    deciding.ask_delete(fresh(post), by=UserFactory(), now=later(0))
    send_due()
    row = FollowUp.objects.get(post=post)
    assert row.state == FollowUp.State.FAILED
    assert "Post 2 of 3 could not be deleted. The others are deleted." in row.error_sentence
    assert "What is left of the thread is still out. Delete it there." in row.error_sentence
    assert (fresh(post).status, sandbox.texts()) == (Status.PUBLISHED, ["Two."])
    deciding.ask_delete(fresh(post), by=UserFactory(), now=later(0))
    send_due()
    assert (fresh(post).status, sandbox.texts()) == (Status.REMOVED, [])


@pytest.mark.django_db
def test_a_thread_of_which_some_is_deleted_is_not_gone_on_with(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = half_out(sandbox, make_post)
    sandbox.arm("twitter", "slow", call="delete")
    sandbox.arm("twitter", "refuse", call="delete")
    deciding.ask_delete(post, by=UserFactory(), now=later(0))
    send_due()
    assert sandbox.texts() == ["One."]
    for verb in (deciding.retry, deciding.publish_now):
        with pytest.raises(deciding.NotPossible, match="Some posts of this thread were deleted"):
            verb(fresh(post), by=UserFactory(), now=later(0))


@pytest.mark.django_db
def test_a_deletion_whose_answer_was_lost_goes_on_where_it_was(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("twitter", channel="thread", text=THREAD)
    send_due()
    sandbox.arm("twitter", "slow", call="delete")
    sandbox.arm("twitter", "reset_after_accept", call="delete")
    deciding.ask_delete(fresh(post), by=UserFactory(), now=later(0))
    send_due()
    assert FollowUp.objects.get(post=post).state == FollowUp.State.WAITING
    FollowUp.objects.update(wake_at=later(-1))
    send_due()
    assert (fresh(post).status, sandbox.texts()) == (Status.REMOVED, [])
    assert len([r for r in sandbox.received() if r["method"] == "DELETE"]) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("point", ["delete:2: begun", "delete:2: answered"])
def test_a_deletion_killed_in_the_middle_goes_on(
    sandbox: Sandbox, make_post: MakePost, workers: Workers, point: str
) -> None:
    post = make_post("twitter", channel="thread", text=THREAD)
    send_due()
    deciding.ask_delete(fresh(post), by=UserFactory(), now=later(0))
    workers.kill_one_at(point)
    with workers.two():
        wait_until(lambda: settled(post, Status.REMOVED), PATIENCE, Status.REMOVED)
    assert sandbox.texts() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.server
def test_two_workers_spend_what_the_account_may_and_no_more(
    sandbox: Sandbox, make_post: MakePost, workers: Workers
) -> None:
    account = make_account(sandbox, "twitter", monthly_cap=Decimal("0.05"))
    posts = [make_post("twitter", account=account, text=f"Post {n}") for n in range(8)]
    with workers.two():
        wait_until(lambda: all(decided(post) for post in posts), PATIENCE, "a word on each post")
    assert len(sandbox.texts()) == 3
    assert spent(posts[0]) == 3 * 15_000
    kept = [fresh(post) for post in posts if fresh(post).status == Status.SCHEDULED]
    assert [post.steps.count() for post in kept] == [0] * 5


def decided(post: Post) -> bool:
    """Out, or kept until the month is over; not only until others have spent."""
    post = fresh(post)
    if post.status == Status.SCHEDULED:
        return post.error_class == CAPPED and post.wake_at > later(10)
    return post.status == Status.PUBLISHED
