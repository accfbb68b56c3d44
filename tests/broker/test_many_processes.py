"""Real workers and several producers share the embedded broker without losing a message."""

import multiprocessing
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

PRODUCERS, EACH = 4, 800
WORKERS = 4
PATIENCE = 90  # seconds

# In one process of a parallel run, so that the workers start once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("broker")]


@pytest.fixture(scope="module")
def counting(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("counting")
        patch.setenv("COUNTING_FOLDER", str(folder))
        yield folder


@pytest.fixture(scope="module")
def workers(counting):
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "tests.broker.counting_app"]
    command += ["worker", "--pool", "threads", "--concurrency", "4", "--without-gossip"]
    command += ["--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    processes = [
        subprocess.Popen([*command, "--hostname", f"{number}@counting"])
        for number in range(WORKERS)
    ]
    produce("warm-up", 20)
    wait_for_lines(counting, "warm-up", 20)
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def produce(name: str, count: int = EACH) -> None:
    """Send messages, in a process of its own or in this one."""
    from tests.broker.counting_app import produce

    produce(name, count)


def wait_for_lines(folder: Path, name: str, count: int) -> list[str]:
    deadline = time.monotonic() + PATIENCE
    lines: list[str] = []
    while len(lines) < count and time.monotonic() < deadline:
        time.sleep(0.1)
        lines = lines_of(folder, name)
    return lines


def lines_of(folder: Path, name: str) -> list[str]:
    path = folder / "lines"
    lines = path.read_text().split() if path.exists() else []
    return [line for line in lines if line.startswith(name)]


def test_four_processes_send_800_messages_each_and_every_one_is_handled_once(counting, workers):
    context = multiprocessing.get_context("spawn")
    producers = [context.Process(target=produce, args=(f"many{n}",)) for n in range(PRODUCERS)]
    for producer in producers:
        producer.start()
    wait_for_lines(counting, "many", PRODUCERS * EACH)
    for producer in producers:
        producer.join()
    time.sleep(0.5)  # a message handled twice would show up now
    assert [producer.exitcode for producer in producers] == [0] * PRODUCERS
    assert [worker.poll() for worker in workers] == [None] * WORKERS
    assert Counter(lines_of(counting, "many")) == Counter(
        f"many{producer}-{number}" for producer in range(PRODUCERS) for number in range(EACH)
    )


def test_an_idle_worker_takes_next_to_no_processor_time(workers):
    worker = workers[0]
    before = processor_seconds(worker.pid)
    time.sleep(3)
    assert worker.poll() is None
    assert processor_seconds(worker.pid) - before < 0.15  # 5 %, with room for a busy machine


def processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        pytest.skip("this system tells processor time in another way")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
