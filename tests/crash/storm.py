"""Blows to the whole product while it works, and a verdict: `python -m tests.crash.storm`.

Without `--minutes` every blow falls once, in order; with it they fall at random for so long. The
last line is the verdict, and the exit code is 1 unless nothing is out twice, nothing is lost, and
each unknown outcome has a kill or a fault between its `started` and its answer.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import django

from syndication_project.environment import VARIABLES
from tests.crash.product import Product, SandboxProcess
from tests.crash.servers import SETUPS, Database, Missing, Server
from tests.crash.verdict import Verdict, judge

if TYPE_CHECKING:  # these need settings, which are made when the servers run
    from tests.crash.blows import Scene
    from tests.crash.load import Load


class Stops(Protocol):
    def stop(self) -> None: ...


Running = TypeVar("Running", bound=Stops)
LEASE = 8  # seconds
SETTINGS = {
    **{variable.name: "" for variable in VARIABLES},  # so that nobody's .env is heard
    "SECRET_KEY": "only-for-storms-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "FERNET_KEYS": urlsafe_b64encode(b"only-for-storms".ljust(32)).decode(),
    "LEASE_SECONDS": str(LEASE),
    "SETTLE_SECONDS": "1",
    "CONNECT_TIMEOUT": "0.8",
    "READ_TIMEOUT": "4",
    "DB_CONNECTIONS": "2",
    "DJANGO_SETTINGS_MODULE": "syndication_project.settings",
}
OFTEN = {"posting.tasks.reap_abandoned": 1, "posting.tasks.reconcile_unconfirmed": 2}  # seconds
POSTS_PER_SECOND = 1.5
BETWEEN_BLOWS = (0.5, 4.0)  # seconds
WARM_UP = 8  # seconds
HERD, DUE_AFTER_DUMP = 8, 20  # posts; seconds
PATIENCE, IMPATIENCE = 90, 20  # seconds for somebody to come to a failpoint
BREATH = 2  # seconds between the blows of a full round, for the processes to start again


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", choices=SETUPS, default="sqlite", help="which database")
    parser.add_argument("--minutes", type=float, help="blows at random for so long")
    parser.add_argument("--only", default="", help="blows whose names begin so, such as kill")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="syndication-storm-"))
    try:
        verdict = storm(asked.on, asked.minutes, folder, asked.only)
    except Missing as missing:
        print(missing)
        return 1 if os.environ.get("CI", "").lower() == "true" else 0
    if verdict.holds:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        explain(verdict, folder)
    print(verdict.line, flush=True)
    return 0 if verdict.holds else 1


def storm(on: str, minutes: float | None, folder: Path, only: str = "") -> Verdict:
    """Raise the product, deal the blows, wait until it is quiet, and judge."""
    with ExitStack() as stack:
        new_database, new_broker = SETUPS[on]
        database = stack.enter_context(running(new_database(folder)))
        broker = stack.enter_context(running(new_broker(folder)))
        sandbox = stack.enter_context(running(SandboxProcess()))
        set_up(folder, database.url, broker.url, sandbox.address)
        scene = new_scene(folder, database, broker, sandbox.address)
        scene.patience = PATIENCE if minutes is None else IMPATIENCE
        load = new_load(sandbox.address)
        stack.callback(scene.product.stop)
        scene.product.start()
        load.start()
        time.sleep(WARM_UP)
        if minutes is None:
            return each_blow(scene, load)
        with watching(scene):
            deal_at_random(scene, minutes, only)
        return judged(scene, load)


@contextmanager
def watching(scene: "Scene") -> Iterator[None]:
    """Say in the end for how much of the time posts went out as they should."""
    from tests.crash.availability import Watch, availability

    watch = Watch()
    watch.start()
    yield
    watch.stop()
    print(availability(watch.samples, [strike.at for strike in scene.strikes]))


@contextmanager
def running(server: Running) -> Iterator[Running]:
    try:
        yield server
    finally:
        server.stop()


def set_up(folder: Path, database: str, broker: str, sandbox: str) -> None:
    """Make the environment that all processes share, and the tables."""
    os.environ.update(
        SETTINGS,
        DATA_DIR=str(folder),
        STATE_DIR=str(folder / "state"),
        DATABASE_URL=database,
        CELERY_BROKER_URL=broker,
        SANDBOX_URL=sandbox,
        FAILPOINTS=str(folder / "failpoints"),
    )
    django.setup()
    from django.core.management import call_command
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    call_command("migrate", verbosity=0, interactive=False)
    for task, seconds in OFTEN.items():
        interval, _ = IntervalSchedule.objects.get_or_create(every=seconds, period="seconds")
        PeriodicTask.objects.filter(task=task).update(interval=interval)


def new_scene(folder: Path, database: Database, broker: Server, sandbox: str) -> "Scene":
    from tests.crash.blows import Scene

    (folder / "failpoints").mkdir()
    product = Product(folder / "log")
    return Scene(product, database, broker, folder / "failpoints", sandbox, LEASE, PATIENCE)


def new_load(sandbox: str) -> "Load":
    from tests.crash.load import Load

    return Load(sandbox, POSTS_PER_SECOND)


def each_blow(scene: "Scene", load: "Load") -> Verdict:
    """Every blow there is, once, and in the end a dump from the beginning restored."""
    from tests.crash.blows import every_blow
    from tests.crash.restoring import sent_again

    load.herd(HERD, DUE_AFTER_DUMP)
    dump = scene.database.dump()
    for name, strike in every_blow():
        time.sleep(BREATH)
        began = time.monotonic()
        strike(scene)
        print(f"{name:<60} {time.monotonic() - began:5.1f} s", flush=True)
    verdict = judged(scene, load)
    verdict.duplicates += sent_again(scene, dump)
    return verdict


def deal_at_random(scene: "Scene", minutes: float, only: str) -> None:
    """Blows of all kinds, and in between moments for the product to get on its feet."""
    from tests.crash.blows import NeverReached, every_blow

    blows = [(name, strike) for name, strike in every_blow() if name.startswith(only)]
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        name, strike = random.choice(blows)
        try:
            strike(scene)
        except NeverReached:
            name = f"{name}: nobody came there"
        print(f"{(end - time.monotonic()) / 60:5.1f} min left  {name}", flush=True)
        time.sleep(random.uniform(*BETWEEN_BLOWS))


def judged(scene: "Scene", load: "Load") -> Verdict:
    """Let the sky clear, wait until all is settled, and judge."""
    from django.db import connections

    from tests.crash import evidence
    from tests.crash.quiet import wait_for_quiet

    load.stop()
    connections.close_all()  # an outage may have ended the one this thread had
    wait_for_quiet()
    strikes = [*scene.strikes, *evidence.spoilt(scene.sandbox)]
    copies = evidence.copies(scene.sandbox)
    verdict = judge(evidence.things(), load.accepted, copies, strikes)
    kinds = Counter(strike.kind for strike in strikes)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print(f"no post left for {evidence.longest_pause():.0f} s at the longest")
    print(", ".join(f"{count} {state}" for state, count in sorted(verdict.states.items())))
    return verdict


def explain(verdict: Verdict, folder: Path) -> None:
    """Say what a person has to look into."""
    for text in verdict.duplicates:
        print(f"out more than once: {text}")
    for text in verdict.lost:
        print(f"lost: {text}")
    for thing in verdict.unexplained:
        print(f"unconfirmed and nothing explains it: {thing}")
    print(f"The processes' own words are in {folder / 'log'}, the rows beside it.")


if __name__ == "__main__":
    sys.exit(main())
