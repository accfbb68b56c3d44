"""Videos on their way: kept on the disk until they are published."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import IO

from sandbox import films
from sandbox.images import SHELF_BYTES, Shelf
from sandbox.ledger import Media

KEPT = 200  # uploads; the oldest are dropped first
CHUNK = 1024 * 1024  # bytes


@dataclass(slots=True)
class VideoUpload:
    """One upload. `edge` says what it becomes; `size` is 0 until it is known."""

    account: str
    id: str
    edge: str
    size: int = 0
    received: int = 0
    looks_left: int = 0
    published: bool = False
    file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    @property
    def complete(self) -> bool:
        return self.size > 0 and self.received == self.size

    def write(self, data: bytes) -> None:
        self.file.seek(self.received)
        self.file.write(data)
        self.received += len(data)

    def measured(self) -> films.Film | None:
        return films.measure(self.file)

    def media(self, shelf: Shelf) -> Media:
        """The video as the ledger keeps it; small ones are kept to be looked at."""
        film = self.measured()
        digest = hashlib.sha256()
        self.file.seek(0)
        while chunk := self.file.read(CHUNK):
            digest.update(chunk)
        if self.size <= SHELF_BYTES // 4:
            self.file.seek(0)
            shelf.keep(self.file.read())
        width, height = (film.width, film.height) if film else (None, None)
        return Media("video", "", digest.hexdigest(), width, height)


class VideoUploads:
    """Uploads by their id. Every method is safe from any thread."""

    def __init__(self) -> None:
        self.guard = threading.RLock()
        self._kept: OrderedDict[str, VideoUpload] = OrderedDict()

    def begin(self, upload: VideoUpload) -> None:
        with self.guard:
            self._kept[upload.id] = upload
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)[1].file.close()

    def get(self, account: str, name: str) -> VideoUpload | None:
        """The upload, if this Page began it."""
        with self.guard:
            upload = self._kept.get(name)
            return upload if upload and upload.account == account else None

    def clear(self) -> None:
        with self.guard:
            while self._kept:
                self._kept.popitem()[1].file.close()
