"""Starts the processes that the units in deploy/ name, with a test's own settings."""

import contextlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.processes import ROOT, Running

UNITS = ROOT / "deploy" / "systemd"
WORKERS = ("send@", "clock", "work", "beat")


def command_of(unit: str, slots: int = 16) -> list[str]:
    """What systemd would run, from this environment instead of /opt/syndication."""
    lines = (UNITS / f"syndication-{unit}.service").read_text().splitlines()
    [text] = [line.partition("=")[2] for line in lines if line.startswith("ExecStart=")]
    text = text.replace("${SEND_SLOTS}", str(slots)).replace("%i", "1").replace("%%", "%")
    program, *arguments = shlex.split(text)
    return [str(Path(sys.prefix) / "bin" / Path(program).name), *arguments]


@contextlib.contextmanager
def workers(environment: dict[str, str]) -> Iterator[dict[str, Running]]:
    """All but the pages; ended in the end, whatever happened."""
    started: dict[str, Running] = {}
    try:
        for unit in WORKERS:
            started[unit] = Running(command_of(unit), environment)
        yield started
    finally:
        for one in started.values():
            one.end()
