"""What is done to the product while it works. Each blow says what it was by a Strike."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import requests

from syndication_project.celery import app
from syndication_project.supervisor.family import Child
from tests.crash import armed
from tests.crash.product import Product
from tests.crash.servers import Database, Server
from tests.crash.verdict import Strike
from tests.processes import wait_until

POINTS = (
    *(f"{what}: {side} the commit" for side in ("before", "after") for what in (
        "claim",
        "started",
        "renewed",
        "scheduled to publishing",
        "publishing to published",
        "publishing to scheduled",
        "publishing to unconfirmed",
        "unconfirmed to published",
        "unconfirmed to scheduled",
    )),
    "request: before the first byte",
    "request: before the answer",
    "request: after the answer",
    "post: begun",
    "post: answered",
)  # fmt: skip
# Where a worker holds no lock that everybody else would have to wait for.
FREEZING_POINTS = (
    "claim: after the commit",
    "started: after the commit",
    "request: before the first byte",
    "request: before the answer",
    "request: after the answer",
)
PATIENCE = 60  # seconds
OUTAGE = 2.0  # seconds


@dataclass
class Scene:
    """Everything that can be struck, and the list of what was."""

    product: Product
    database: Database
    broker: Server
    failpoints: Path
    sandbox: str
    lease: float  # seconds
    patience: float  # seconds for somebody to come to a failpoint
    strikes: list[Strike] = field(default_factory=list)


class NeverReached(Exception):
    """Nobody came to a failpoint, so nothing was proven there."""


def kill(scene: Scene, *victims: Child) -> None:
    """`kill -9`, wherever they may be."""
    pids = [_pid_of(child) for child in victims]
    for child, pid in zip(victims, pids, strict=True):
        now = time.time()
        child.send(signal.SIGKILL)
        scene.strikes.append(Strike("kill", now, now, pid))
    for child, pid in zip(victims, pids, strict=True):
        wait_until(partial(_is_another, child, pid), PATIENCE, f"{child.spec.name} dead")


def kill_at(scene: Scene, point: str) -> None:
    pid, at = _struck_at(scene, point, signal.SIGKILL)
    scene.strikes.append(Strike("kill", at, at, pid))


def freeze_at(scene: Scene, point: str) -> None:
    """Stand still past the lease, as on a machine that sleeps, and go on as if nothing was."""
    pid, at = _struck_at(scene, point, signal.SIGSTOP)
    _thaw_late(scene, pid, at)


def freeze(scene: Scene, child: Child) -> None:
    """The same, wherever it may be."""
    pid, at = _pid_of(child), time.time()
    child.send(signal.SIGSTOP)
    _thaw_late(scene, pid, at)


def _is_another(child: Child, pid: int) -> bool:
    return child.pid != pid


def _pid_of(child: Child) -> int:
    """Return the number of the living process; one that has just ended is started again first."""
    wait_until(lambda: child.pid, PATIENCE, f"{child.spec.name} alive")
    return child.pid


def _thaw_late(scene: Scene, pid: int, at: float) -> None:
    time.sleep(scene.lease + 1)
    scene.strikes.append(Strike("freeze", at, time.time(), pid))
    os.kill(pid, signal.SIGCONT)


def _struck_at(scene: Scene, point: str, number: signal.Signals) -> tuple[int, float]:
    """Order the signal and return who got it and when. Raises NeverReached."""
    if "unconfirmed to scheduled" in point:
        _lose_requests(scene)
    elif "unconfirmed" in point:
        _lose_answers(scene)
    before = len(armed.struck(scene.failpoints))
    armed.order(scene.failpoints, point, number)
    end = time.monotonic() + scene.patience
    while len(armed.struck(scene.failpoints)) == before:
        if time.monotonic() > end and armed.withdraw(scene.failpoints, point):
            raise NeverReached(point)
        time.sleep(0.05)
    note = armed.struck(scene.failpoints)[-1]
    return note["pid"], note["at"]


def _lose_answers(scene: Scene) -> None:
    """Let the platforms swallow an answer or two, so that something becomes unconfirmed."""
    for platform in ("facebook", "mastodon"):
        _order(scene, platform, "reset_after_accept")


def _lose_requests(scene: Scene) -> None:
    """Let a platform that knows keys drop a request: what is not seen there is sent by its key.

    Answers that are still to be lost would come first, and whatever they hit is found there.
    """
    requests.delete(f"{scene.sandbox}/_sandbox/faults", timeout=30).raise_for_status()
    _order(scene, "mastodon", "reset_before")


def _order(scene: Scene, platform: str, fault: str) -> None:
    said = {"platform": platform, "call": "publish", "fault": fault, "times": 3}
    answer = requests.post(f"{scene.sandbox}/_sandbox/faults", json=said, timeout=30)
    answer.raise_for_status()


def stop_database(scene: Scene, seconds: float = OUTAGE) -> None:
    began = time.time()
    scene.database.interrupt(seconds)
    scene.strikes.append(Strike("outage", began, time.time()))


def freeze_database(scene: Scene) -> None:
    """Away for longer than a lease."""
    stop_database(scene, scene.lease + 1)


def empty_broker(scene: Scene) -> None:
    """Harmless by design, so there is nothing it could explain."""
    scene.broker.interrupt(1)


def replay_ticks(scene: Scene) -> None:
    """Four more dispatchers at once."""
    for _ in range(4):
        app.send_task("posting.tasks.dispatch_due", queue="clock")


def rolling_restart(scene: Scene) -> None:
    """As an update does it: one after the other, in good order, so it explains nothing."""
    for child in scene.product.senders:
        scene.product.restart(child)


def every_blow() -> list[tuple[str, Callable[[Scene], None]]]:
    """Every blow there is, with its name."""
    return [
        *((f"kill at “{point}”", lambda scene, p=point: kill_at(scene, p)) for point in POINTS),
        *((f"freeze at “{p}”", lambda s, p=p: freeze_at(s, p)) for p in FREEZING_POINTS),
        ("kill a sending worker", lambda s: kill(s, random.choice(s.product.senders))),
        ("kill a clock worker", lambda s: kill(s, random.choice(s.product.clocks))),
        ("kill a beat", lambda s: kill(s, random.choice(s.product.beats))),
        ("kill both beats", lambda s: kill(s, *s.product.beats)),
        ("kill everyone", lambda s: kill(s, *s.product.everyone)),
        ("freeze a sending worker", lambda s: freeze(s, random.choice(s.product.senders))),
        ("stop the database hard", stop_database),
        ("stop the database for longer than a lease", freeze_database),
        ("empty the broker", empty_broker),
        ("four more dispatchers", replay_ticks),
        ("rolling restart", rolling_restart),
    ]
