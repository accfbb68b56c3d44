"""The whole product as people run it, for a measurement: in a folder and a database of its own."""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 120  # seconds
POSTGRES = "postgres://syndication:syndication@127.0.0.1:5432/syndication"
OWN = f"{POSTGRES.rpartition('/')[0]}/syndication_figures"
WAYS = {
    "embedded": {},  # SQLite and messages as files: what `make run` gives
    "server": {"DATABASE_URL": OWN, "CELERY_BROKER_URL": "redis://127.0.0.1:6379/13"},
}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Product:
    """A product that runs. `sandbox` is the address of its stand-in for the platforms."""

    sandbox: str
    process: subprocess.Popen[str]

    def cpu(self) -> dict[str, float]:
        """Seconds of processor used so far, by part."""
        used = {"worker": 0.0, "clock and beat": 0.0, "web": 0.0, "sandbox": 0.0}
        for pid in descendants(self.process.pid):
            used[part_of(pid)] += cpu_of(pid)
        used["database"] = sum(cpu_of(pid) for pid in processes("postgres"))
        return used

    def memory(self) -> float:
        """Megabytes, counting what processes share once (Linux)."""
        return sum(
            proportional_memory(pid) for pid in [self.process.pid, *descendants(self.process.pid)]
        )


@dataclass(frozen=True)
class Measurement(ABC):
    """Something to measure on a product that runs, once or several times in a row."""

    running: Product
    asked: argparse.Namespace

    @abstractmethod
    def prepare(self) -> Any:
        """Make what all rounds share."""

    @abstractmethod
    def measure(self, shared: Any, number: int) -> dict[str, Any]:
        """Return the figures of one round. What it makes must not disturb the next."""


def run(parser: argparse.ArgumentParser, kind: type[Measurement]) -> None:
    """Start the product the way that is asked for, measure, and show or keep the medians."""
    parser.add_argument("--way", choices=WAYS, default="embedded")
    parser.add_argument("--slots", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=1, help="the figures are their medians")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    asked = parser.parse_args()
    # Told to end, it ends the product too: one left behind would take the next one's messages.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Told to end."))
    with product(asked.way, asked.slots) as running:
        os.environ.update(
            SANDBOX_URL=running.sandbox, DJANGO_SETTINGS_MODULE="syndication_project.settings"
        )
        django.setup()
        measurement = kind(running, asked)
        shared = measurement.prepare()
        rounds = [measurement.measure(shared, number) for number in range(asked.rounds)]
    tell({"way": asked.way, **median_of(rounds)}, asked.json)


def median_of(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of each figure; what is no number is the same in all."""
    return {
        name: round(statistics.median(r[name] for r in rounds), 3)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for name, value in rounds[0].items()
    }


def tell(figures: dict[str, Any], file: Path | None) -> None:
    """Show the figures, and keep them in the file if there is one."""
    for name, value in figures.items():
        print(f"{name:34} {value}")
    if file:
        file.write_text(json.dumps(figures, indent=2) + "\n")


@contextmanager
def product(way: str, slots: int) -> Iterator[Product]:
    """Start the supervisor and all its children on free ports, and end them afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="syndication-figures-"))
    os.environ.update(
        DATA_DIR=str(folder / "data"),
        PORT="8200",
        SANDBOX_PORT="8950",
        SEND_SLOTS=str(slots),
        LOG_LEVEL="WARNING",
        DEBUG="no",
        **WAYS[way],
    )
    if way == "server":
        renew_database(POSTGRES, "syndication_figures")
        redis.Redis.from_url(WAYS["server"]["CELERY_BROKER_URL"]).flushdb()
    command = [sys.executable, "-m", "syndication_project.supervisor"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield Product(address(process), process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=90)
        shutil.rmtree(folder, ignore_errors=True)


def renew_database(url: str, name: str) -> None:
    """Drop a PostgreSQL database and make it anew, from a connection to another one."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()


def address(process: subprocess.Popen[str]) -> str:
    """Return the sandbox's address once everything has started."""
    assert process.stdout is not None
    found, end = "", time.monotonic() + START_LIMIT
    for line in process.stdout:
        if line.startswith("Sandbox: "):
            found = line.split()[1].rstrip("/")
        if line.startswith("Sign in: ") or time.monotonic() > end:
            return found
    raise SystemExit("The product did not start.")


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [below for child in map(int, children) for below in (child, *descendants(child))]


def processes(name: str) -> list[int]:
    """Every process of this name on the machine."""
    names = ((path.parent.name, path) for path in Path("/proc").glob("[0-9]*/comm"))
    return [int(pid) for pid, path in names if read(path).strip() == name]


def read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def part_of(pid: int) -> str:
    words = read(Path(f"/proc/{pid}/cmdline")).split("\0")
    if "sandbox" in words:
        return "sandbox"
    if "celery" not in words:
        return "web"
    return "worker" if "send" in words else "clock and beat"


def cpu_of(pid: int) -> float:
    fields = read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def proportional_memory(pid: int) -> float:
    lines = read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
