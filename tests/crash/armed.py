"""Runs a module of the product that can be struck down at a failpoint.

`python -m tests.crash.armed MODULE ARGUMENTS…` with FAILPOINTS naming a folder. A file there, named
after a failpoint, holds the name of a signal. The process that comes to the point first takes the
file, writes down what it does, and sends itself that signal.
"""

import json
import os
import runpy
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platforms import failpoints

STRUCK = "struck.log"


def order(folder: Path, point: str, number: signal.Signals = signal.SIGKILL) -> None:
    """Let the next process that comes to the point send itself the signal."""
    folder.mkdir(exist_ok=True)
    part = folder / f".{point}"
    part.write_text(number.name)
    part.rename(folder / point)


def withdraw(folder: Path, point: str) -> bool:
    """Take an order back; say whether nobody had come to the point."""
    try:
        (folder / point).unlink()
    except FileNotFoundError:
        return False
    return True


def struck(folder: Path) -> list[dict[str, Any]]:
    """Return the orders that were carried out, oldest first: pid, point, signal and time."""
    log = folder / STRUCK
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def install(environment: Mapping[str, str] = os.environ) -> None:
    """Put the hook into this process."""
    folder = Path(environment["FAILPOINTS"])

    def strike(point: str) -> None:
        path = folder / point
        try:
            name = path.read_text()
            path.unlink()  # of several that read it, one deletes it
        except FileNotFoundError:
            return
        note = {"pid": os.getpid(), "point": point, "signal": name, "at": time.time()}
        with (folder / STRUCK).open("a") as log:
            log.write(json.dumps(note) + "\n")
        os.kill(os.getpid(), signal.Signals[name])

    failpoints.hook = strike


if __name__ == "__main__":
    install()
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
