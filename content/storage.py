"""Where uploaded files live on a local disk."""

import uuid
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Local files that are there whole or not at all, however many write one name at once.

    Django's own storage writes in place, so that another process can read, or take for a file cut
    short by a crash, what is only half written. Here the bytes go to a neighbouring name first,
    and the rename that follows is one step. A name that exists is replaced.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: "File[Any]") -> str:
        part = super()._save(f"{name}.{uuid.uuid4().hex}.part", content)  # type: ignore[misc]
        try:
            Path(self.path(part)).replace(self.path(name))
        except OSError:
            self.delete(part)
            raise
        return name
