"""A worker that stands still past its lease and wakes up: SIGSTOP, then SIGCONT.

Wherever it froze, others have gone on without it by then, and it sends nothing a second time.
"""

import signal
import time

import pytest

from posting.states import Status
from tests.engine.conftest import MakePost, live
from tests.engine.working import LEASE, PATIENCE, Workers, settled
from tests.processes import wait_until
from tests.sandbox.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.server]

POINTS = (
    "claim: before the commit",
    "claim: after the commit",
    "started: before the commit",
    "started: after the commit",
    "request: before the first byte",
    "request: before the answer",
    "request: after the answer",
    "publishing to published: before the commit",
)


WITH_A_KEY = ("started: after the commit", "request: before the answer")


@pytest.mark.parametrize(
    ("platform", "point"),
    [*(("facebook", point) for point in POINTS), *(("mastodon", point) for point in WITH_A_KEY)],
)
def test_a_post_is_out_once_when_its_worker_slept_past_the_lease(
    sandbox: Sandbox,
    make_post: MakePost,
    workers: Workers,
    platform: str,
    point: str,
) -> None:
    post = make_post(platform)
    with workers.frozen_at(point) as sleeper, workers.one():
        time.sleep(LEASE + 2)  # and the time that the other needs to start
        sleeper.send_signal(signal.SIGCONT)
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, "published")
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    assert live(sandbox, post) == 1
