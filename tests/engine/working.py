"""Starting real workers in tests, and striking them down."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from posting.models import Post
from posting.states import Status
from tests.crash import armed
from tests.processes import ROOT, wait_until
from tests.sandbox.conftest import Sandbox

LEASE = 2  # seconds
SHORT = {
    "LEASE_SECONDS": str(LEASE),
    "SETTLE_SECONDS": "1",
    "CONNECT_TIMEOUT": "0.5",
    "READ_TIMEOUT": "0.5",
    "DB_CONNECTIONS": "2",
}
PATIENCE = 40  # seconds


class Workers:
    """Starts workers on this test's database that send to its sandbox."""

    def __init__(self, environment: Mapping[str, str], sandbox: Sandbox, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            **environment,
            **SHORT,
            "SANDBOX_URL": sandbox.address,
            "FAILPOINTS": str(folder),
        }

    @contextmanager
    def one(self, seconds: float = 60, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "tests.engine.worker", str(seconds)]
        process = subprocess.Popen(command, cwd=ROOT, env={**self._environment, **more})
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def two(self, **more: str) -> Iterator[None]:
        with self.one(60, **more), self.one(60, **more):
            yield

    def kill_one_at(self, point: str, **more: str) -> None:
        """Run a worker until it has killed itself there."""
        armed.order(self.folder, point)
        with self.one(60, **more) as victim:
            assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL

    @contextmanager
    def frozen_at(self, point: str) -> Iterator[subprocess.Popen[bytes]]:
        """A worker that stands still there, as if its machine slept. SIGCONT wakes it."""
        armed.order(self.folder, point, signal.SIGSTOP)
        before = len(armed.struck(self.folder))
        with self.one() as victim:
            wait_until(lambda: len(armed.struck(self.folder)) > before, PATIENCE, point)
            yield victim


def settled(post: Post, state: str) -> bool:
    """Whether the post is in that state, and was looked for if nobody knows."""
    post.refresh_from_db()
    looked = post.status != Status.UNCONFIRMED or post.looks > 0
    return post.status == state and looked
