"""An append-only file of JSON lines, so that a restarted sandbox still knows what is live.

Lines are flushed to the operating system, not to the disk: a killed sandbox loses nothing, a
power cut may lose the last lines.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Archive:
    """Reads the records of an earlier run, then takes new ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def read(self) -> Iterator[Record]:
        """The records, oldest first. A line cut short by a crash is reported and left out."""
        with self.path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield json.loads(line)
                except ValueError:
                    print(f"{self.path}: line {number} is unreadable, left out.", file=sys.stderr)

    def rewrite(self, records: Iterable[Record]) -> None:
        """Replaces the file by `records` alone, and opens it for those to come."""
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("w", encoding="utf-8") as out:
            out.writelines(as_line(record) for record in records)
        fresh.replace(self.path)
        self._out = self.path.open("a", encoding="utf-8")

    def append(self, record: Record) -> None:
        self._out.write(as_line(record))
        self._out.flush()

    def close(self) -> None:
        self._out.close()


def as_line(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"
