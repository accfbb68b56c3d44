"""One supervisor to a data folder: two would take each other's messages."""

import fcntl
import os
from pathlib import Path


class AlreadyRunningError(Exception):
    """Syndication already runs from {folder} (process {pid}). Stop that one first, or give this
    one a folder of its own: make run DATA_DIR=/another/folder"""

    def __init__(self, folder: Path, pid: str) -> None:
        sentence = " ".join((self.__doc__ or "").split())
        super().__init__(sentence.format(folder=folder, pid=pid or "unknown"))


class FolderUnusableError(Exception):
    """The folder {folder} cannot be used ({reason}). DATA_DIR names another."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__((self.__doc__ or "").format(folder=folder, reason=reason))


class OnlyOne:
    """A lock on the folder. It ends with the block it is for, or with the process."""

    def __init__(self, folder: Path) -> None:
        """Raises AlreadyRunningError when another process holds it, or FolderUnusableError."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / "supervisor.lock").open("a+")
        except OSError as error:
            raise FolderUnusableError(folder, error.strerror or str(error)) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            pid = self._file.read().strip()
            self._file.close()
            raise AlreadyRunningError(folder, pid) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def __enter__(self) -> "OnlyOne":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
