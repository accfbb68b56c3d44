"""SIGTERM to a sending worker, as an update does it: what is on the wire goes out, nothing else."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from organisation.models import Heartbeat
from posting.dispatching import dispatch
from posting.models import Post, PostAttempt
from posting.states import Status
from posting.waking import wake
from syndication_project import embedded_broker
from syndication_project.supervisor import children
from tests import settings as test_settings
from tests.engine.conftest import MakePost, live, make_account
from tests.processes import Running
from tests.sandbox.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.server]

SLOTS = 2
PATIENCE = 60  # seconds
StartSender = Callable[[], Running]


@pytest.fixture
def start_sender(process_environment: dict[str, str], sandbox: Sandbox) -> Iterator[StartSender]:
    """Starts a sending worker, the product's own, that hears this process's wake-ups."""
    embedded_broker.empty(test_settings.FOLDER / "messages")
    spec = children.worker("send", SLOTS)
    settings = {
        **process_environment,
        **spec.environment,
        "DATA_DIR": str(test_settings.FOLDER),
        "SANDBOX_URL": sandbox.address,
        "READ_TIMEOUT": "20",
    }
    with ExitStack() as stack:

        def start() -> Running:
            worker = Running([sys.executable, "-m", spec.module, *spec.arguments], settings)
            stack.callback(worker.end)
            return worker

        yield start


def in_state(status: str) -> int:
    return Post.objects.filter(status=status).count()


def test_a_worker_told_to_stop_finishes_what_is_on_the_wire_and_takes_no_more(
    sandbox: Sandbox, make_post: MakePost, start_sender: StartSender
) -> None:
    account = make_account(sandbox, "facebook")
    posts = [make_post(account=account, text=f"Text {number}") for number in range(6)]
    sandbox.arm("facebook", "slow", times=0, seconds=4)
    worker = start_sender()
    send_until(lambda: len(sandbox.texts()) == SLOTS)

    worker.send(signal.SIGTERM)
    for _ in posts:
        wake()
    assert worker.seconds_to_end() < 15
    assert worker.process.returncode == 0, worker.said
    assert (in_state(Status.PUBLISHED), in_state(Status.SCHEDULED)) == (SLOTS, len(posts) - SLOTS)
    assert [live(sandbox, post) for post in posts].count(1) == SLOTS
    assert not Heartbeat.objects.exists()


def test_a_rolling_restart_under_load_loses_and_doubles_nothing(
    sandbox: Sandbox, make_post: MakePost, start_sender: StartSender
) -> None:
    accounts = [make_account(sandbox, platform) for platform in ("facebook", "mastodon") * 2]
    posts = [make_post(account=accounts[number % 4], text=f"Text {number}") for number in range(80)]
    for platform in ("facebook", "mastodon"):
        sandbox.arm(platform, "slow", times=0, seconds=0.4)
    workers = [start_sender(), start_sender()]
    send_until(lambda: in_state(Status.PUBLISHED) > 5)
    for old in workers:
        start_sender()
        old.send(signal.SIGTERM)
        send_until(partial(has_ended, old))
        assert old.process.returncode == 0, old.said
    assert in_state(Status.SCHEDULED) > 0, "the restart was over before the load"
    send_until(lambda: in_state(Status.PUBLISHED) == len(posts))
    assert sorted(sandbox.texts()) == sorted(f"Text {number}" for number in range(80))
    assert PostAttempt.objects.count() == len(posts)


def has_ended(worker: Running) -> bool:
    return worker.process.poll() is not None


def send_until(truth: Callable[[], bool]) -> None:
    """Wake workers as the clock does, until it is so."""
    end = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < end, Post.objects.values_list("status", flat=True)
        dispatch(wake, seconds=0.3)
