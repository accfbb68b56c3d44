"""Pictures and videos that were uploaded and wait to be attached to a post."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from sandbox.ledger import Media

KEPT = 5_000  # uploads that nobody attached; the oldest are dropped first


@dataclass(slots=True)
class Upload:
    """One upload. `looks_left` counts the looks that still find it being processed."""

    platform: str
    account: str
    id: str
    media: Media
    mime: str
    caption: str = ""
    focus: tuple[float, float] = (0.0, 0.0)
    looks_left: int = 0
    attached: bool = False
    broken: bool = False  # nothing will come of it, however often it is looked at


class Uploads:
    """Uploads by platform and id. Every method is safe from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Upload] = OrderedDict()

    def keep(self, upload: Upload) -> None:
        with self._guard:
            self._kept[upload.platform, upload.id] = upload
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def get(self, platform: str, account: str, name: str) -> Upload | None:
        """The upload, if this account made it."""
        upload = self._kept.get((platform, name))
        return upload if upload and upload.account == account else None

    def look(self, upload: Upload) -> bool:
        """One look at the upload: True once it is ready."""
        with self._guard:
            if upload.looks_left > 0:
                upload.looks_left -= 1
                return False
            return True

    def clear(self) -> None:
        with self._guard:
            self._kept.clear()
