"""Real processes in tests: what they say, line by line, and whether they are gone."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def wait_until(truth: Callable[[], object], seconds: float, what: str) -> None:
    """Raises AssertionError with `what` unless `truth` holds in time."""
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether there is such a process. One that ended but was not reaped yet still counts."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not _is_a_reparented_zombie(pid)


def _is_a_reparented_zombie(pid: int) -> bool:
    """In a container without a proper first process nobody reaps what was orphaned."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] == "Z" and fields[1] == "1"


class Running:
    """A program in a session of its own, with everything it said so far."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
    ) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self._each(self.process.stdout))

    def _each(self, stream: Iterator[str]) -> Iterator[str]:
        for line in stream:
            yield line.rstrip("\n")

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, beginning: str, seconds: float = 20, times: int = 1) -> str:
        """Return the last of the first `times` lines that begin so.

        Raises AssertionError when the time is over, or the program is.
        """

        def matching() -> list[str]:
            return [line for line in list(self.lines) if line.startswith(beginning)]

        deadline = time.monotonic() + seconds
        while len(matching()) < times:
            silent = not self._reader.is_alive()
            assert not silent, f"it ended without a line {beginning!r}, saying:\n{self.said}"
            assert time.monotonic() < deadline, f"no line {beginning!r}, only:\n{self.said}"
            time.sleep(0.02)
        return matching()[times - 1]

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def seconds_to_end(self, limit: float = 40) -> float:
        """Wait for the end and return how long that took."""
        began = time.monotonic()
        self.process.wait(timeout=limit)
        taken = time.monotonic() - began
        self._reader.join(timeout=5)
        return taken

    def end(self) -> None:
        """Clean up after a test, whatever it did."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(timeout=5)
        if self.process.stdout is not None:
            self.process.stdout.close()
