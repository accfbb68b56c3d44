"""The herd as jobs of one POST each in two job queues people use: Procrastinate and Celery's ETA.

`python -m benchmarks.peers --peer celery --posts 500` runs it with the same sandbox, accounts and
client as `benchmarks.herd`, on the same PostgreSQL or Redis. Neither peer keeps a journal, looks
for lost answers, asks for approvals or spares a platform: a job is gone or done twice when its
worker is killed. The figures say what all that costs. `make peers` installs both, in an environment
of their own; run it with that one's Python.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis

from benchmarks.herd import figures_of, lateness
from benchmarks.load import introduce
from benchmarks.running import (
    POSTGRES,
    ROOT,
    cpu_of,
    descendants,
    median_of,
    processes,
    renew_database,
    tell,
)

REDIS = "redis://127.0.0.1:6379/12"
DATABASE = f"{POSTGRES.rpartition('/')[0]}/syndication_peers"
STARTING = 6.0  # seconds a worker has to start
LOOK_EVERY = "0.1"  # seconds between looks for due jobs, as ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", choices=("celery", "procrastinate"), required=True)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--slots", type=int, default=16)
    parser.add_argument("--answer", type=float, default=0, help="seconds a platform takes")
    parser.add_argument("--rounds", type=int, default=1, help="the figures are their medians")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    asked = parser.parse_args()
    with sandbox() as address:
        os.environ.update(
            PEERS_SANDBOX=address,
            PEERS_ACCOUNTS=str(asked.accounts),
            PEERS_REDIS=REDIS,
            PEERS_POSTGRES=DATABASE,
        )
        rounds = [measure(asked, address, number) for number in range(asked.rounds)]
    tell(median_of(rounds), asked.json)


def measure(asked: argparse.Namespace, address: str, round_number: int) -> dict[str, Any]:
    from benchmarks.load import answer_after

    for number in range(asked.accounts):
        introduce(number, address)
    answer_after(address, asked.answer)
    texts = [f"Figure {number} of the peer, {round_number}" for number in range(asked.posts)]
    lead = timedelta(seconds=STARTING + 4 + asked.posts // 200)
    due = datetime.now(UTC).replace(microsecond=0) + lead
    plan, command = PEERS[asked.peer]
    plan(texts, due, asked.slots)
    worker = subprocess.Popen(
        [sys.executable, "-m", *command(asked.slots)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() - 0.5))
        before = cpu(worker.pid)
        late = sorted(lateness(dict.fromkeys(texts, due), address))
        used = {part: seconds - before[part] for part, seconds in cpu(worker.pid).items()}
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    return {"peer": asked.peer, "platform answers after s": asked.answer, "slots": asked.slots,
            **figures_of(late, asked.posts, used)}  # fmt: skip


def plan_celery(texts: list[str], due: datetime, slots: int) -> None:
    from benchmarks.peer_apps import send_by_celery

    redis.Redis.from_url(REDIS).flushdb()
    for number, text in enumerate(texts):
        send_by_celery.apply_async((number, text), eta=due)


def plan_procrastinate(texts: list[str], due: datetime, slots: int) -> None:
    from benchmarks.peer_apps import queue, send_by_procrastinate

    renew_database(POSTGRES, DATABASE.rpartition("/")[2])
    with queue.open():
        queue.schema_manager.apply_schema()
        jobs: list[Any] = [{"number": number, "text": text} for number, text in enumerate(texts)]
        send_by_procrastinate.configure(schedule_at=due).batch_defer(*jobs)


def celery_worker(slots: int) -> list[str]:
    return ["celery", "-A", "benchmarks.peer_apps:celery", "worker", "--pool", "threads",
            "--concurrency", str(slots), "--loglevel", "ERROR", "--without-gossip",
            "--without-mingle"]  # fmt: skip


def procrastinate_worker(slots: int) -> list[str]:
    return ["procrastinate", "--app", "benchmarks.peer_apps.queue", "worker", "--concurrency",
            str(slots), "--fetch-job-polling-interval", LOOK_EVERY]  # fmt: skip


PEERS = {
    "celery": (plan_celery, celery_worker),
    "procrastinate": (plan_procrastinate, procrastinate_worker),
}


def cpu(worker: int) -> dict[str, float]:
    """Seconds of processor used so far, by part."""
    return {
        "worker": sum(cpu_of(pid) for pid in (worker, *descendants(worker))),
        "database": sum(cpu_of(pid) for pid in processes("postgres")),
    }


@contextmanager
def sandbox() -> Iterator[str]:
    """Start a sandbox of its own and yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "8951"], cwd=ROOT, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield "http://127.0.0.1:8951"
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    main()
