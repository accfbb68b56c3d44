"""`kill -9` of a real worker process, at every moment that matters, on both databases.

Never more than one copy. Exactly one where the kill fell before `started` was committed, after the
platform accepted, or where the platform has a real key. Otherwise none, and the post is
unconfirmed with its evidence.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from posting.models import Post
from posting.states import Status
from tests.engine.conftest import MakePost, live
from tests.processes import ROOT, wait_until
from tests.sandbox.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LEASE = 2  # seconds
SHORT = {
    "LEASE_SECONDS": str(LEASE),
    "SETTLE_SECONDS": "1",
    "CONNECT_TIMEOUT": "0.5",
    "READ_TIMEOUT": "0.5",
    "DB_CONNECTIONS": "2",
}
POINTS = (
    ("before started", 1, Status.PUBLISHED),
    ("inside the started transaction", 1, Status.PUBLISHED),
    ("before the first byte", 0, Status.UNCONFIRMED),
    ("after the answer", 1, Status.PUBLISHED),
    ("inside the last transaction", 1, Status.PUBLISHED),
)


@contextmanager
def worker(
    environment: dict[str, str],
    sandbox: Sandbox,
    kill_at: str = "",
    seconds: float = 30,
    **more: str,
) -> Iterator[subprocess.Popen[bytes]]:
    settings = {**environment, **SHORT, "SANDBOX_URL": sandbox.address, "KILL_AT": kill_at, **more}
    command = [sys.executable, "-m", "tests.engine.worker", str(seconds)]
    process = subprocess.Popen(command, cwd=ROOT, env=settings)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill_once(environment: dict[str, str], sandbox: Sandbox, point: str) -> None:
    """Run a worker until it has killed itself at the point."""
    with worker(environment, sandbox, point) as victim:
        assert victim.wait(timeout=30) == -9


def settled(post: Post, state: str) -> bool:
    post.refresh_from_db()
    looked = post.status != Status.UNCONFIRMED or post.looks > 0
    return post.status == state and looked


@pytest.mark.parametrize(("point", "copies", "state"), POINTS)
def test_facebook_after_a_kill(
    sandbox: Sandbox,
    make_post: MakePost,
    process_environment: dict[str, str],
    point: str,
    copies: int,
    state: str,
) -> None:
    post = make_post("facebook")
    kill_once(process_environment, sandbox, point)
    post.refresh_from_db()
    assert post.status == Status.PUBLISHING
    with worker(process_environment, sandbox):
        wait_until(lambda: settled(post, state), 30, f"{state}, not {post.status}")
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    assert (live(sandbox, post), post.status) == (copies, state)
    if state == Status.UNCONFIRMED:
        said = [event.sentence for event in post.events.all()]
        assert any("may be out" in sentence for sentence in said)
        assert post.events.last().evidence


@pytest.mark.parametrize("point", [point for point, *_ in POINTS])
def test_mastodon_after_a_kill_is_out_once(
    sandbox: Sandbox, make_post: MakePost, process_environment: dict[str, str], point: str
) -> None:
    post = make_post("mastodon")
    kill_once(process_environment, sandbox, point)
    with worker(process_environment, sandbox):
        wait_until(lambda: settled(post, Status.PUBLISHED), 30, "published")
        time.sleep(0.5)
    assert live(sandbox, post) == 1


@pytest.mark.parametrize("platform", ["facebook", "mastodon"])
def test_a_kill_while_the_platform_keeps_us_waiting(
    sandbox: Sandbox, make_post: MakePost, process_environment: dict[str, str], platform: str
) -> None:
    post = make_post(platform)
    sandbox.arm(platform, "slow", seconds=5)
    with worker(process_environment, sandbox, READ_TIMEOUT="20") as victim:
        wait_until(lambda: live(sandbox, post) == 1, 20, "accepted")
        victim.kill()
        victim.wait()
    with worker(process_environment, sandbox):
        wait_until(lambda: settled(post, Status.PUBLISHED), 30, "published")
    assert live(sandbox, post) == 1


def test_five_kills_in_preparation_end_as_failed_and_nothing_is_out(
    sandbox: Sandbox, make_post: MakePost, process_environment: dict[str, str]
) -> None:
    post = make_post("facebook")
    Post.objects.filter(pk=post.pk).update(unanswered_claims=4)
    kill_once(process_environment, sandbox, "before started")
    with worker(process_environment, sandbox):
        wait_until(lambda: settled(post, Status.FAILED), 30, "failed")
    assert live(sandbox, post) == 0
    assert "stopped each time" in post.error_sentence
