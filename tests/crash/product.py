"""The product's processes as real ones: two of each kind, started again when they end."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from syndication_project.supervisor import children
from syndication_project.supervisor.family import Child, Spec
from syndication_project.supervisor.terminal import Terminal
from tests.processes import wait_until

SLOTS = 4
LOOK = 0.1  # seconds between two looks whether a process has ended
PATIENCE = 60  # seconds


class Product:
    """Starts the processes, which end with it, however it ends."""

    def __init__(self, log: Path) -> None:
        self._terminal = Terminal(log.open("a"))
        self._lifeline, self._own_end = os.pipe()
        self.senders = [self._child("send", number) for number in (1, 2)]
        self.clocks = [self._child("clock", number) for number in (1, 2)]
        self.beats = [self._child("beat", number) for number in (1, 2)]
        self._ending = threading.Event()
        self._watch: threading.Thread | None = None

    def _child(self, kind: str, number: int) -> Child:
        spec = children.beat() if kind == "beat" else children.worker(kind, SLOTS)
        return Child(self._armed(spec, f"{kind}{number}"), self._terminal, self._lifeline)

    def _armed(self, spec: Spec, name: str) -> Spec:
        return replace(
            spec,
            name=name,
            module="tests.crash.armed",
            arguments=(spec.module, *spec.arguments),
        )

    @property
    def everyone(self) -> list[Child]:
        return [*self.senders, *self.clocks, *self.beats]

    def start(self) -> None:
        self._ending.clear()
        for child in self.everyone:
            child.start()
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)
        self._watch.start()

    def _keep_alive(self) -> None:
        while not self._ending.wait(LOOK):
            for child in self.everyone:
                child.keep_alive()

    def restart(self, child: Child) -> None:
        """Tell the process to end in good order, and wait until there is another."""
        pid = child.pid
        child.send(signal.SIGTERM)
        wait_until(lambda: child.pid not in (pid, 0), PATIENCE, f"{child.spec.name} again")

    def stop(self) -> None:
        self._ending.set()
        if self._watch is not None:
            self._watch.join()
        for child in self.everyone:
            child.kill()


class SandboxProcess:
    """The stand-in for the platforms. Nothing here ever harms it: it is the referee."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().split()[1].rstrip("/")

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()
