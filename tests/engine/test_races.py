"""Two processes that want the same row: one of them gets it, on both databases."""

import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from organisation.clock import database_now
from platforms.clock import boottime
from posting import reaping
from posting.claiming import claim_next
from posting.claims import Claim, latest_start
from posting.connecting import client_until, target_of
from posting.database_threads import here
from posting.journal import Journal, LeaseLost
from posting.models import Post, PublishStep
from posting.states import Status
from tests.engine.conftest import MakePost, make_account
from tests.processes import ROOT
from tests.sandbox.conftest import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)

POSTS = 60


@pytest.mark.slow
def test_two_processes_never_claim_one_post_twice(
    sandbox: Sandbox, make_post: MakePost, process_environment: dict[str, str]
) -> None:
    accounts = [make_account(sandbox, "facebook", max_in_flight=POSTS) for _ in range(2)]
    for number in range(POSTS):
        make_post("facebook", account=accounts[number % 2], text=f"Text {number}")
    racers = [_racer(process_environment, number) for number in range(2)]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    start = time.time() + 0.2
    claims = [racer.communicate(f"{start}\n", timeout=60)[0] for racer in racers]
    assert sum(int(said) for said in claims) == POSTS
    assert set(Post.objects.values_list("lease_token", flat=True)) == {1}
    assert Post.objects.publishing().count() == POSTS


def _racer(environment: dict[str, str], number: int) -> Any:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engine.racer", str(number)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_threads_move_a_post_once(sandbox: Sandbox, make_post: MakePost) -> None:
    post = make_post("facebook")
    won: list[bool] = []
    barrier = threading.Barrier(2)

    def move() -> None:
        barrier.wait()
        won.append(
            Post.objects.advance(
                post.pk, old=Status.SCHEDULED, new=Status.CANCELLED, sentence="A race."
            )
        )
        connection.close()

    _together(move, move)
    assert sorted(won) == [False, True]
    assert post.events.count() == 1


@pytest.fixture
def claim(sandbox: Sandbox, make_post: MakePost) -> Claim:
    make_post("facebook")
    claim = claim_next("worker")
    assert claim is not None
    return claim


def journal_of(claim: Claim) -> Journal:
    deadline = latest_start(boottime())
    return Journal(claim, client_until(deadline, target_of(claim.account)), here)


def test_the_reaper_stands_back_when_started_commits_first(
    claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`once` is held open before its commit while the reaper runs, and the post must not move."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; this needs PostgreSQL (make services)")
    inside, go_on = threading.Event(), threading.Event()
    save = PublishStep.save

    def slow_save(self: PublishStep, *args: Any, **kwargs: Any) -> None:
        save(self, *args, **kwargs)
        inside.set()
        go_on.wait(10)

    monkeypatch.setattr(PublishStep, "save", slow_save)
    sent: list[str] = []

    def publish() -> None:
        journal_of(claim).once("post", lambda: sent.append("sent") or {"id": "1"}, {"text": "x"})
        connection.close()

    moved: list[int] = []

    def reap() -> None:
        inside.wait(10)
        threading.Timer(0.3, go_on.set).start()
        moved.append(reaping.reap(database_now() + timedelta(hours=1)))
        connection.close()

    _together(publish, reap)
    assert (moved, sent) == ([0], ["sent"])
    post = Post.objects.get(pk=claim.pk)
    assert (post.status, post.on_wire) == (Status.PUBLISHING, "post")


def test_a_worker_that_comes_after_the_reaper_sends_nothing(claim: Claim) -> None:
    assert reaping.reap(database_now() + timedelta(hours=1)) == 1
    sent: list[str] = []
    with pytest.raises(LeaseLost):
        journal_of(claim).once("post", lambda: sent.append("sent") or {"id": "1"}, {"text": "x"})
    assert sent == []
    post = Post.objects.get(pk=claim.pk)
    assert (post.status, post.steps.count()) == (Status.SCHEDULED, 0)


def test_a_worker_whose_post_was_taken_by_another_sends_nothing(claim: Claim) -> None:
    reaping.reap(database_now() + timedelta(hours=1))
    second = claim_next("another worker")
    assert second is not None
    assert second.token == claim.token + 1
    with pytest.raises(LeaseLost):
        journal_of(claim).once("post", lambda: {"id": "1"}, {"text": "x"})
    with transaction.atomic():
        assert Post.objects.get(pk=claim.pk).lease_token == second.token


def _together(*functions: Any) -> None:
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
