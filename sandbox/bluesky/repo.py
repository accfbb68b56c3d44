"""An account's records: written once under their key, read by it, deleted."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sandbox.accounts import Account
from sandbox.bluesky import blobs, shapes
from sandbox.bluesky.errors import invalid, refused
from sandbox.bluesky.lexicon import Record
from sandbox.bluesky.shapes import NAME, POST
from sandbox.ledger import Draft, Entry
from sandbox.world import World


@dataclass
class Gates:
    """Records beside posts, which no wall shows: who may reply to one, and who may quote it."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)


class Repo:
    """The records of one account. `world.ledger.lock` is held around what looks and then writes."""

    def __init__(self, world: World, account: Account, gates: Gates) -> None:
        self.world, self.account, self.gates = world, account, gates

    def find(self, collection: str, rkey: str) -> dict[str, Any] | None:
        """A record as `getRecord` answers it, or None."""
        uri = shapes.uri(self.account, collection, rkey)
        if collection != POST:
            value = self.gates.kept.get(uri)
            return {"uri": uri, "cid": shapes.cid_of(value), "value": value} if value else None
        entry = self.world.ledger.live(NAME, uri)
        return shown(entry) if entry else None

    def put(self, said: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """`putRecord`: its answer, and whether something is new. Raises `Refused`."""
        record = self._record(said.get("collection"), said.get("rkey"), said.get("record"))
        with self.world.ledger.lock:
            there = self.find(record.collection, record.rkey)
            if there is not None and there["value"] == record.value:
                return {"uri": there["uri"], "cid": there["cid"]}, False
            if "swapRecord" in said and said["swapRecord"] != (there and there["cid"]):
                now = there["cid"] if there else "null"
                raise refused(400, "InvalidSwap", f"Record was at {now}")
            if there is not None:
                raise invalid("This sandbox changes no record that is there.")
            return self._written(record), True

    def apply(self, said: dict[str, Any]) -> dict[str, Any]:
        """`applyWrites`: all of them or none. Raises `Refused`."""
        writes = said.get("writes")
        if not isinstance(writes, list) or not 0 < len(writes) <= 200:
            raise invalid("Too many writes. Max: 200")
        records = []
        for write in writes:
            if write.get("$type") != "com.atproto.repo.applyWrites#create":
                raise invalid("This sandbox applies creates only.")
            records.append(
                self._record(write.get("collection"), write.get("rkey"), write.get("value"))
            )
        with self.world.ledger.lock:
            taken = [one for one in records if self.find(one.collection, one.rkey)]
            if taken:
                raise refused(500, "InternalServerError", "Internal Server Error")
            results = [self._written(record) for record in records]
        kind = "com.atproto.repo.applyWrites#createResult"
        return {"results": [{"$type": kind, **one, "validationStatus": "valid"} for one in results]}

    def delete(self, said: dict[str, Any]) -> None:
        """`deleteRecord`: deleting what is not there is fine."""
        uri = shapes.uri(self.account, str(said.get("collection")), str(said.get("rkey")))
        with self.gates.guard:
            self.gates.kept.pop(uri, None)
        entry = self.world.ledger.live(NAME, uri)
        if entry:
            self.world.ledger.delete(entry)

    def _record(self, collection: Any, rkey: Any, value: Any) -> Record:
        record = Record(str(collection), str(rkey), value)
        record.check()
        return record

    def _written(self, record: Record) -> dict[str, Any]:
        uri, cid = (
            shapes.uri(self.account, record.collection, record.rkey),
            shapes.cid_of(record.value),
        )
        if record.collection != POST:
            with self.gates.guard:
                self.gates.kept[uri] = record.value
            return {"uri": uri, "cid": cid}
        media = record.media(partial(blobs.used, self.world, self.account))
        embed = record.value.get("embed") or {}
        reply = record.value.get("reply") or {}
        self.world.ledger.add(
            Draft(
                platform=NAME,
                account=self.account.id,
                text=record.value["text"],
                name=lambda moment, number: (uri, shapes.path(self.account, record.rkey)),
                media=tuple(media),
                parent=reply.get("parent", {}).get("uri"),
                notes={
                    "record": record.value,
                    "cid": cid,
                    "link": embed.get("external", {}).get("uri", ""),
                },
            )
        )
        return {"uri": uri, "cid": cid}


def shown(entry: Entry) -> dict[str, Any]:
    return {"uri": entry.id, "cid": entry.notes["cid"], "value": entry.notes["record"]}
