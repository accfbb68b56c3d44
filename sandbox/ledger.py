"""What is live: every post, reply and comment that a platform accepted, in order."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any


@dataclass(frozen=True, slots=True)
class Media:
    """One picture or video of a post, measured from the bytes received."""

    type: str
    alt: str
    sha256: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is, or was, live. `path` is its address below the sandbox's own."""

    platform: str
    account: str
    id: str
    path: str
    text: str
    created_at: datetime
    media: tuple[Media, ...] = ()
    parent: str | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    aliases: tuple[str, ...] = ()  # further ids that name the same thing, such as a photo's
    notes: dict[str, Any] = field(default_factory=dict)  # what only its platform needs to know

    def shown(self, origin: str) -> dict[str, Any]:
        """The entry as the control interface shows it."""
        return {
            "platform": self.platform,
            "account": self.account,
            "id": self.id,
            "url": origin + self.path,
            "text": self.text,
            "media": [asdict(item) for item in self.media],
            "parent": self.parent,
            "created_at": iso(self.created_at),
            "deleted_at": iso(self.deleted_at) if self.deleted_at else None,
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to become an entry. `name` makes its id and path from its instant and number."""

    platform: str
    account: str
    text: str
    name: Callable[[datetime, int], tuple[str, str]]
    media: tuple[Media, ...] = ()
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds: `2026-11-22T09:00:00.000001Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Ledger:
    """Entries in the order they were accepted. Every method is safe from any thread.

    `lock` may be held (it is re-entrant) to look and add in one step. `changed` is told of
    every entry that is new or changed, and of None when all are forgotten.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.changed: Callable[[Entry | None], None] = lambda entry: None
        self._last = datetime.now(UTC)
        self._number = 0
        self._forget()

    def _forget(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._aliases: dict[tuple[str, str], str] = {}
        self._paths: dict[str, tuple[str, str]] = {}
        self._children: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._of_account: dict[tuple[str, str], list[str]] = defaultdict(list)

    def now(self) -> datetime:
        """An instant later than every one given before, even if the clock steps back."""
        with self.lock:
            self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
            return self._last

    def next_number(self) -> int:
        """A number never given before in this run, for ids."""
        with self.lock:
            self._number += 1
            return self._number

    def add(self, draft: Draft) -> Entry:
        """Makes `draft` live."""
        with self.lock:
            moment = self.now()
            name, path = draft.name(moment, self.next_number())
            entry = Entry(
                platform=draft.platform,
                account=draft.account,
                id=name,
                path=path,
                text=draft.text,
                created_at=moment,
                media=draft.media,
                parent=draft.parent,
                aliases=draft.aliases,
                notes=draft.notes,
            )
            self._put(entry)
            self.changed(entry)
            return entry

    def _put(self, entry: Entry) -> None:
        key = (entry.platform, entry.id)
        if key not in self._entries:
            self._of_account[entry.platform, entry.account].append(entry.id)
            self._paths[entry.path] = key
            if entry.parent is not None:
                self._children[entry.platform, entry.parent].append(entry.id)
            for alias in entry.aliases:
                self._aliases[entry.platform, alias] = entry.id
        self._entries[key] = entry

    def restore(self, record: dict[str, Any]) -> None:
        """Takes back an entry of an earlier run, as `as_record` wrote it."""
        with self.lock:
            entry = from_record(record)
            self._put(entry)
            self._last = max(self._last, entry.created_at)
            self._number += 1

    def get(self, platform: str, name: str) -> Entry | None:
        """The entry by its id or an alias, deleted or not."""
        with self.lock:
            name = self._aliases.get((platform, name), name)
            return self._entries.get((platform, name))

    def live(self, platform: str, name: str) -> Entry | None:
        """As `get`, but None once it is deleted."""
        entry = self.get(platform, name)
        return entry if entry and not entry.deleted_at else None

    def at_path(self, path: str) -> Entry | None:
        with self.lock:
            key = self._paths.get(path)
            return self._entries[key] if key else None

    def children(self, entry: Entry) -> list[Entry]:
        """Live replies and comments, oldest first."""
        return [child for child in self._replies(entry) if not child.deleted_at]

    def _replies(self, entry: Entry) -> list[Entry]:
        with self.lock:
            names = self._children.get((entry.platform, entry.id), ())
            return [self._entries[entry.platform, name] for name in names]

    def below(self, entry: Entry) -> list[Entry]:
        """Everything that answers the entry or an answer to it, deleted too, oldest first."""
        found = self._replies(entry)
        for reply in found:
            found += self._replies(reply)  # the loop goes on into what is added here
        return sorted(found, key=lambda reply: reply.created_at)

    def latest(self, platform: str, account: str, most: int) -> list[Entry]:
        """The newest entries of one account that answer nothing, deleted too, newest first."""
        with self.lock:
            names = self._of_account.get((platform, account), ())
            found = (self._entries[platform, name] for name in reversed(names))
            return list(islice((entry for entry in found if entry.parent is None), most))

    def newest(self, platform: str, account: str) -> Iterator[Entry]:
        """Live entries of one account, newest first; looks only as far as it is asked."""
        with self.lock:
            names, entries = list(self._of_account.get((platform, account), ())), self._entries
        for name in reversed(names):
            entry = entries[platform, name]
            if not entry.deleted_at:
                yield entry

    def count(self, platform: str, account: str) -> int:
        """How many entries the account ever made."""
        return len(self._of_account.get((platform, account), ()))

    def all(self, platform: str = "", account: str = "") -> list[Entry]:
        """Every entry, deleted ones too, oldest first; '' = any."""
        with self.lock:
            entries = list(self._entries.values())
        return [
            entry
            for entry in entries
            if platform in ("", entry.platform) and account in ("", entry.account)
        ]

    def revise(self, entry: Entry, **values: Any) -> Entry:
        """Changes text, media or notes of a live entry."""
        with self.lock:
            current = self._entries[entry.platform, entry.id]
            return self._change(replace(current, edited_at=self.now(), **values))

    def delete(self, entry: Entry) -> None:
        """Marks the entry deleted; the first time stands."""
        with self.lock:
            current = self._entries.get((entry.platform, entry.id))
            if current and not current.deleted_at:
                self._change(replace(current, deleted_at=self.now()))

    def _change(self, entry: Entry) -> Entry:
        self._put(entry)
        self.changed(entry)
        return entry

    def clear(self) -> int:
        """Forgets everything; answers how many entries there were."""
        with self.lock:
            count = len(self._entries)
            self._forget()
            self.changed(None)
            return count


def as_record(entry: Entry) -> dict[str, Any]:
    """The whole entry as JSON can hold it."""
    record = asdict(entry)
    for name in ("created_at", "edited_at", "deleted_at"):
        record[name] = iso(record[name]) if record[name] else None
    return record


def from_record(record: dict[str, Any]) -> Entry:
    values = dict(record)
    for name in ("created_at", "edited_at", "deleted_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["media"] = tuple(Media(**item) for item in values["media"])
    values["aliases"] = tuple(values["aliases"])
    return Entry(**values)
