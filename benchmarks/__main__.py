"""`make bench`: every measurement, the median of several runs, as a table and as JSON."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.running import ROOT, WAYS

OUT = ROOT / "build" / "figures.json"
# The peers bring psycopg 3, which Django would take in the place of psycopg2.
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
# name, module and arguments; {posts} and {seconds} differ between the short and the full run
MEASUREMENTS = (
    ("herd", "herd", "--posts {posts} --accounts 50"),
    ("herd, answers take 0.2 s", "herd", "--posts {posts} --accounts 50 --answer 0.2 --slots 20"),
    ("herd, answers take 1 s", "herd", "--posts {posts} --accounts 50 --answer 1 --slots 100"),
    ("backlog", "herd", "--posts {posts} --accounts 50 --backlog {backlog}"),
    ("steady", "steady", "--seconds {seconds}"),
    ("sick", "steady", "--seconds {seconds} --sick"),
    ("video", "video", "--megabytes {megabytes}"),
)
PEERS = (
    ("peers: Procrastinate", "peers", "--peer procrastinate --posts {posts}"),
    ("peers: Celery with ETA", "peers", "--peer celery --posts {posts}"),
)
SHORT = {"posts": 300, "backlog": 200_000, "seconds": 20, "megabytes": 200}
FULL = {"posts": 10_000, "backlog": 1_000_000, "seconds": 300, "megabytes": 500}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="measurements whose name begins so")
    parser.add_argument("--way", choices=WAYS, action="append", help="default: both")
    asked = parser.parse_args()
    sizes = FULL if asked.full else SHORT
    figures: dict[str, dict[str, Any]] = {}
    for name, words in plan(asked.way or list(WAYS), sizes):
        if name.startswith(asked.only):
            figures[name] = measured([*words, "--rounds", str(asked.rounds)])
            show(name, figures[name])
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nAll figures: {OUT.relative_to(ROOT)}")


def plan(ways: list[str], sizes: dict[str, int]) -> Iterator[tuple[str, list[str]]]:
    """Yield every measurement's name and its words for the command line."""
    for way in ways:
        for name, module, arguments in MEASUREMENTS:
            yield f"{name} ({way})", [module, "--way", way, *arguments.format(**sizes).split()]
    for name, module, arguments in PEERS:
        yield name, [module, *arguments.format(**sizes).split()]


def measured(words: list[str]) -> dict[str, Any]:
    """Measure in a process of its own, whose settings name a fresh database."""
    python = PEERS_PYTHON if words[0] == "peers" else sys.executable
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        command = [python, "-m", f"benchmarks.{words[0]}", *words[1:], "--json", str(out)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        result: dict[str, Any] = json.loads(out.read_text())
    return result


def show(title: str, figures: dict[str, Any]) -> None:
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:34} {value}", flush=True)


if __name__ == "__main__":
    main()
