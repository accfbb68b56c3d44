"""Starts child processes, passes on what they say, starts dead ones again, and ends them all."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from syndication_project.supervisor.terminal import Terminal

LIFELINE = Path(__file__).with_name("lifeline.py")
TICK = 0.1  # seconds between two looks at the children
FIRST_DELAY = 0.2  # seconds before a dead child starts again; doubles with each early death
LONGEST_DELAY = 10.0  # seconds
SETTLED = 5.0  # seconds after which a death no longer counts as an early one
WORRYING = 5  # early deaths in a row
QUIET_GRACE = 2.5  # seconds to end in, when nothing is on the wire
LAST_GRACE = 0.7  # seconds to end in, for those that serve the others
WIRE_GRACE = 30.0  # seconds to end in, when something is
GLIMPSE = 0.3  # seconds that a post may need to leave before anybody is told of the wait
ECHO = 0.2  # seconds in which a second signal is the same one, passed on by `make` too
CHILD_ENVIRONMENT = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


@dataclass(frozen=True)
class Spec:
    """A child to run.

    `module` and `arguments` are what `python -m` would get. `ready` is how the line begins by
    which the child says that it is ready; that line is not passed on. One that `serves_others`
    is told to end only when the others have.
    """

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    ready: str = ""
    serves_others: bool = False


class Child:
    """One process, through all its lives."""

    def __init__(self, spec: Spec, terminal: Terminal, lifeline: int) -> None:
        self.spec = spec
        self.ready = threading.Event()
        self._terminal = terminal
        self._lifeline = lifeline
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._started = 0.0
        self._early_deaths = 0
        self._start_at = 0.0

    @property
    def pid(self) -> int:
        """The process's number, or 0 between two lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process in a session of its own, where the terminal's Ctrl-C is not heard."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            self._command(),
            env={**os.environ, **CHILD_ENVIRONMENT, **self.spec.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(self._lifeline, *self.spec.descriptors),
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(
            target=self._relay, args=(self._process.stdout,), daemon=True
        )
        self._reader.start()

    def _command(self) -> list[str]:
        # -P: the folder of lifeline.py must not be searched for modules.
        python = [sys.executable, "-P", str(LIFELINE), str(self._lifeline)]
        return [*python, self.spec.module, *self.spec.arguments]

    def _relay(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                if self.spec.ready and line.startswith(self.spec.ready):
                    self.ready.set()
                elif line.strip():
                    self._terminal.relay(self.spec.name, line.rstrip())

    def keep_alive(self) -> None:
        """Notice a death, say so, and start again after a while that grows with each one."""
        if self.alive:
            return
        now = time.monotonic()
        if self._process is not None:
            self._note_death(self._process.returncode, now)
        if now >= self._start_at:
            self.start()

    def _note_death(self, code: int, now: float) -> None:
        early = now - self._started < SETTLED
        self._early_deaths = self._early_deaths + 1 if early else 1
        delay = min(FIRST_DELAY * 2 ** (self._early_deaths - 1), LONGEST_DELAY)
        self._start_at = now + delay
        self._close()
        self._terminal.say(self._sentence(how_it_ended(code), delay))

    def _sentence(self, ending: str, delay: float) -> str:
        if self._early_deaths < WORRYING:
            return f"The {self.spec.name} process {ending}. It starts again in {delay:.1f} s."
        return (
            f"The {self.spec.name} process has ended {self._early_deaths} times in a row; the last "
            f"time it {ending}. Its own words are above. It is tried again in {delay:.0f} s."
        )

    def send(self, number: int) -> None:
        if self._process is not None and self.alive:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End the process and all it started, now, and wait until it is gone."""
        if self._process is not None:
            if self.alive:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._close()

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.join(timeout=1)  # so that its last words come before ours
        self._process = None


def how_it_ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


class Family:
    """All children of one supervisor.

    `on_wire` counts the posts being sent at this moment, which a stop waits for.
    """

    def __init__(self, terminal: Terminal, on_wire: Callable[[], int] = lambda: 0) -> None:
        self._terminal = terminal
        self._on_wire = on_wire
        self._children: list[Child] = []
        self._lifeline, self._own_end = os.pipe()
        self._interruptions = 0
        self._interrupted_at = -ECHO
        self._told = False
        self._parent = os.getppid()

    def heed_signals(self) -> None:
        """From now on the first signal asks for an orderly end, and the second cuts it short."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)

    def _interrupt(self, *_: object) -> None:
        now = time.monotonic()
        if now - self._interrupted_at >= ECHO:
            self._interruptions += 1
            self._interrupted_at = now

    @property
    def interrupted(self) -> bool:
        """Whether somebody wants an end: by signal, or because the `make` above us is gone."""
        return self._interruptions > 0 or ("MAKELEVEL" in os.environ and self._is_orphan())

    def _is_orphan(self) -> bool:
        return os.getppid() != self._parent

    def start(self, *specs: Spec) -> list[Child]:
        children = [Child(spec, self._terminal, self._lifeline) for spec in specs]
        for child in children:
            child.start()
        self._children += children
        return children

    def wait_until_ready(self, child: Child, seconds: float) -> bool:
        """Return whether the child says in time that it is ready; False also on a wish to end."""
        for _ in _ticks(seconds):
            if child.ready.is_set():
                return True
            if not child.alive or self.interrupted:
                break
        return child.ready.is_set()

    def run(self) -> None:
        """Keep every child alive until somebody wants an end."""
        while not self.interrupted:
            for child in self._children:
                child.keep_alive()
            time.sleep(TICK)

    def stop(self) -> None:
        """End the children in order: those that use others first. Nothing is left behind."""
        servers = [child for child in self._children if child.spec.serves_others]
        others = [child for child in self._children if not child.spec.serves_others]
        self._tell_to_end(others)
        self._wait_while_posts_leave(others)
        self._tell_to_end(servers)
        self._wait(servers, LAST_GRACE)
        self.kill()

    def _tell_to_end(self, children: Sequence[Child]) -> None:
        for child in children:
            child.send(signal.SIGTERM)

    def _wait_while_posts_leave(self, children: Sequence[Child]) -> None:
        began = time.monotonic()
        while (left := began + WIRE_GRACE - time.monotonic()) > 0:
            if self._wait(children, min(GLIMPSE, left)) or self._in_a_hurry:
                return
            posts = self._on_wire()
            if posts == 0:
                self._wait(children, QUIET_GRACE)
                return
            self._tell_once(waiting_sentence(posts))

    def _wait(self, children: Sequence[Child], seconds: float) -> bool:
        """Return whether all of them ended in time, and nobody was in a hurry."""
        for _ in _ticks(seconds):
            if self._in_a_hurry or not any(child.alive for child in children):
                break
        return not any(child.alive for child in children)

    @property
    def _in_a_hurry(self) -> bool:
        return self._interruptions > 1

    def _tell_once(self, sentence: str) -> None:
        if not self._told:
            self._terminal.say(sentence)
            self._told = True

    def kill(self) -> None:
        """End every child now."""
        for child in self._children:
            child.kill()


def waiting_sentence(posts: int) -> str:
    noun = "post" if posts == 1 else "posts"
    return f"waiting for {posts} {noun} (at most {WIRE_GRACE:.0f} s), Ctrl-C again to cut"


def _ticks(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(TICK / 2)
