"""When an answer is stored, and what each step leaves on the post's own row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organisation.clock import database_now
from platforms.errors import NotSent, Rejected, Unclear
from posting.models import PostAttempt, PublishStep
from posting.reaping import reap
from posting.states import Status
from tests.factories import PostFactory
from tests.posting.conftest import end_lease, fresh, send, states, wake

pytestmark = pytest.mark.django_db
State = PublishStep.State


@pytest.fixture
def post():
    return PostFactory(scheduled=True)


THREAD = [("repeatable", "media:1"), ("once", "post"), ("once", "post:2")]


@pytest.mark.django_db(transaction=True)
def test_a_post_of_one_step_costs_three_commits(platform):
    PostFactory(scheduled=True)
    with CaptureQueriesContext(connection) as queries:
        assert send()
    said = [query["sql"] for query in queries]
    commits = [sql for sql in said if sql == "COMMIT"]
    assert len(commits) == 3
    assert not _written_outside(said)


def _written_outside(said):
    inside, found = False, []
    for sql in said:
        inside = sql.startswith("BEGIN") or (inside and sql != "COMMIT")
        if not inside and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(sql)
    return found


def test_the_answer_is_stored_with_the_last_move(post, platform):
    send()
    step = post.steps.get()
    assert (step.state, step.remote_id) == (State.DONE, "remote-post")
    assert step.result == {"id": "remote-post", "url": "https://x.test/1"}
    assert step.done_at >= step.started_at


def test_the_answer_is_stored_with_the_next_step(post, platform):
    platform.steps = THREAD
    seen = {}
    for step in ("post", "post:2"):
        platform.before[step] = lambda step=step: seen.update(
            {step: ({k: s for k, _, s in states(post)}, fresh(post).on_wire)}
        )
    send()
    assert seen["post"] == ({"media:1": State.DONE, "post": State.STARTED}, "post")
    assert seen["post:2"] == (
        {"media:1": State.DONE, "post": State.DONE, "post:2": State.STARTED}, "post:2",
    )  # fmt: skip
    assert fresh(post).status == Status.PUBLISHED


def test_nothing_is_on_the_wire_during_an_upload(post, platform):
    platform.steps = [("once", "post"), ("repeatable", "media:1")]
    seen = []
    platform.before["media:1"] = lambda: seen.append(fresh(post).on_wire)
    send()
    assert seen == [""]


def test_a_post_is_irrevocable_with_the_first_step_that_created(post, platform):
    platform.steps = THREAD
    seen = []
    for step in ("media:1", "post", "post:2"):
        platform.before[step] = lambda: seen.append(fresh(post).irrevocable)
    send()
    assert seen == [False, False, True]


@pytest.mark.parametrize("bug", [KeyError("id"), KeyboardInterrupt()], ids=["bug", "interrupt"])
def test_a_bug_after_the_answer_does_not_lose_it(post, platform, bug):
    platform.steps = [("once", "post"), ("outside", "permalink")]
    platform.says(bug, step="permalink")
    with pytest.raises(type(bug)):
        send()
    row = fresh(post)
    assert states(post) == [("post", 1, State.DONE)]
    assert (row.status, row.irrevocable, row.on_wire) == (Status.PUBLISHING, True, "")


def test_after_such_a_bug_the_post_is_published_from_the_journal(post, platform):
    platform.steps = [("once", "post"), ("outside", "permalink")]
    platform.says(KeyError("id"), step="permalink")
    with pytest.raises(KeyError):
        send()
    end_lease(post)
    reap(database_now())
    assert fresh(post).status == Status.SCHEDULED
    send()
    assert (fresh(post).status, fresh(post).remote_id) == (Status.PUBLISHED, "remote-post")
    assert platform.reached.count("post") == 1


def test_a_bug_before_the_answer_leaves_the_step_open(post, platform):
    platform.says(KeyError("parsing"))
    with pytest.raises(KeyError):
        send()
    assert states(post) == [("post", 1, State.STARTED)]
    assert (fresh(post).status, fresh(post).on_wire) == (Status.PUBLISHING, "post")


def test_a_fault_in_the_last_transaction_does_not_lose_the_answer(post, platform, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("posting.settling.write_attempt", fail)
    with pytest.raises(ZeroDivisionError):
        send()
    assert states(post) == [("post", 1, State.DONE)]
    assert (fresh(post).status, fresh(post).on_wire) == (Status.PUBLISHING, "")


def test_an_unclear_read_after_the_answer_does_not_lose_it(post, platform):
    platform.steps = [("once", "post"), ("outside", "permalink")]
    platform.says(Unclear("It timed out."), step="permalink")
    send()
    assert (fresh(post).status, fresh(post).irrevocable) == (Status.SCHEDULED, True)
    assert states(post) == [("post", 1, State.DONE)]
    wake(post)
    send()
    assert (fresh(post).status, platform.reached.count("post")) == (Status.PUBLISHED, 1)


def test_a_thread_goes_on_where_it_stopped(post, platform):
    platform.steps = THREAD
    platform.says(NotSent("Refused connection."), step="post:2")
    send()
    assert fresh(post).status == Status.SCHEDULED
    wake(post)
    send()
    assert platform.reached == ["media:1", "post", "post:2", "post:2"]
    assert (fresh(post).status, fresh(post).remote_id) == (Status.PUBLISHED, "remote-post")


def test_a_thread_whose_second_part_is_refused_fails_and_says_that_part_is_out(post, platform):
    platform.steps = THREAD
    platform.says(Rejected("Too long."), step="post:2")
    send()
    row = fresh(post)
    assert (row.status, row.irrevocable) == (Status.FAILED, True)
    assert "Part of the post is out" in row.error_sentence
    assert states(post)[1:] == [("post", 1, State.DONE), ("post:2", 1, State.VOID)]


def test_what_left_and_came_back_is_kept_with_the_attempt(post, platform):
    send()
    attempt = PostAttempt.objects.get(post=post)
    assert (attempt.status, attempt.remote_id) == (PostAttempt.Outcome.PUBLISHED, "remote-post")
    assert (attempt.attempt_number, fresh(post).attempts) == (1, 1)
