"""A message broker made of files, for one machine: `CELERY_BROKER_URL=embedded://`.

Each queue is a folder and each message a file. A file gets its final name only when it is
complete, and belongs to the process that manages to delete it, so any number of producers and
consumers can share a queue. Messages are only wake-ups: rows say what there is to do, and what a
power cut or a killed worker loses here costs a moment, never a post.
"""

import logging
import os
import re
import shutil
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import virtual
from kombu.utils.json import dumps, loads

QUEUE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
COMPLETE = ".message"
UNFINISHED = ".part"

logger = logging.getLogger(__name__)


def empty(folder: Path) -> None:
    """Throw away every message, of every queue. The rows they point to stay."""
    shutil.rmtree(folder, ignore_errors=True)


class Channel(virtual.Channel):
    """Puts messages into folders and takes them out again, oldest first."""

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self._root = Path(connection.client.transport_options["folder"])
        # What the last look at each folder found. Names that others have taken are passed over,
        # so that a look at a full folder pays for many messages.
        self._seen: dict[str, deque[str]] = defaultdict(deque)

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        folder = self._folder(queue)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        part = folder / f".{name}{UNFINISHED}"
        # Not synced: the supervisor starts with empty folders, so no message outlives a crash.
        part.write_text(dumps(message), encoding="utf-8")
        part.rename(folder / f"{name}{COMPLETE}")

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        folder = self._folder(queue)
        seen = self._seen[queue] or self._look(queue, folder)
        while seen:
            message = self._take(folder / seen.popleft())
            if message is not None:
                return message
        raise Empty

    def _look(self, queue: str, folder: Path) -> deque[str]:
        self._seen[queue] = deque(sorted(_messages(folder)))
        return self._seen[queue]

    def _take(self, path: Path) -> dict[str, Any] | None:
        """Return the message if this process is the one that takes it, and it can be read."""
        try:
            content = path.read_bytes()
            path.unlink()  # of several that read it, one deletes it
        except FileNotFoundError:
            return None
        try:
            return _message(content)
        except ValueError:
            logger.warning("Threw away an unreadable message: %s", path.name)
            return None

    def _size(self, queue: str) -> int:
        return sum(1 for _ in _messages(self._folder(queue)))

    def _purge(self, queue: str) -> int:
        folder = self._folder(queue)
        return sum(self._take(folder / name) is not None for name in list(_messages(folder)))

    def _folder(self, queue: str) -> Path:
        if not QUEUE_NAME.fullmatch(queue):
            raise ChannelError(f"Not a name for a queue: {queue!r}")
        folder = self._root / queue
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _messages(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(COMPLETE):
                yield entry.name


def _message(content: bytes) -> dict[str, Any]:
    """Raises ValueError unless `content` is what `_put` wrote."""
    message = loads(content.decode("utf-8"))
    if not isinstance(message, dict) or not {"body", "properties"} <= message.keys():
        raise ValueError("not a message")
    return message


class Transport(virtual.Transport):
    """The kombu transport.

    Options: `folder`, where the queues' folders are, and `longest_wait` in seconds, after which a
    consumer that waits for longer is told that nothing came. A Celery worker then asks again, and
    between two questions it notices that it should stop.
    """

    Channel = Channel

    driver_type = "embedded"
    driver_name = "embedded"
    # How long a waiting consumer sleeps between two looks, which delays a post by half of it.
    polling_interval = 0.05  # seconds

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self._longest_wait: float | None = client.transport_options.get("longest_wait")

    @property
    def default_connection_params(self) -> dict[str, Any]:
        return {}  # there is no host

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        waits = [wait for wait in (timeout, self._longest_wait) if wait is not None]
        super().drain_events(connection, timeout=min(waits, default=None), **kwargs)

    def driver_version(self) -> str:
        return "1"
