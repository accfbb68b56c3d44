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


@pytest.fixture
def counting(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTING_FOLDER", str(tmp_path))
    return tmp_path


@pytest.fixture
def workers(counting):
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "tests.broker.counting_app"]
    command += ["worker", "--pool", "threads", "--concurrency", "4", "--without-gossip"]
    command += ["--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    processes = [
        subprocess.Popen([*command, "--hostname", f"{number}@counting"])
        for number in range(WORKERS)
    ]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def produce(name: str) -> None:
    from tests.broker.counting_app import produce

    produce(name, EACH)


@pytest.mark.slow
def test_four_processes_send_800_messages_each_and_every_one_is_handled_once(counting, workers):
    context = multiprocessing.get_context("spawn")
    producers = [context.Process(target=produce, args=(f"p{n}",)) for n in range(PRODUCERS)]
    for producer in producers:
        producer.start()
    lines = wait_for_lines(counting / "lines", PRODUCERS * EACH)
    for producer in producers:
        producer.join()
    assert [producer.exitcode for producer in producers] == [0] * PRODUCERS
    assert [worker.poll() for worker in workers] == [None] * WORKERS
    assert Counter(lines) == Counter(
        f"p{producer}-{number}" for producer in range(PRODUCERS) for number in range(EACH)
    )


def wait_for_lines(path: Path, count: int) -> list[str]:
    deadline = time.monotonic() + PATIENCE
    lines: list[str] = []
    while len(lines) < count and time.monotonic() < deadline:
        time.sleep(0.2)
        lines = path.read_text().split() if path.exists() else []
    time.sleep(0.5)  # a message handled twice would show up now
    return path.read_text().split()


@pytest.mark.slow
def test_an_idle_worker_takes_next_to_no_processor_time(workers):
    worker = workers[0]
    time.sleep(6)  # for starting
    before = processor_seconds(worker.pid)
    time.sleep(5)
    assert worker.poll() is None
    assert processor_seconds(worker.pid) - before < 0.25  # 5 %, with room for a busy machine


def processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        pytest.skip("this system tells processor time in another way")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
