"""What a record may hold. Raises `Refused` in a server's own words where it does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox import characters
from sandbox.bluesky.errors import invalid
from sandbox.bluesky.shapes import POST, POSTGATE, THREADGATE

TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
GRAPHEMES_MAX, BYTES_MAX = 300, 3_000
IMAGE_MAX, THUMB_MAX, VIDEO_MAX = 2_000_000, 1_000_000, 300_000_000
FIELDS = {
    POST: {"$type", "text", "createdAt", "facets", "reply", "embed", "langs", "labels", "tags"},
    THREADGATE: {"$type", "post", "createdAt", "allow", "hiddenReplies"},
    POSTGATE: {"$type", "post", "createdAt", "embeddingRules", "detachedEmbeddingUris"},
}
FEATURES = {"link": "uri", "mention": "did", "tag": "tag"}

BlobOf = Callable[[Any, str, int], Any]


class Record:
    """A record to be checked; `wrong` makes the refusal that names it."""

    def __init__(self, collection: str, rkey: str, value: Any) -> None:
        self.collection, self.rkey = collection, rkey
        if collection not in FIELDS:
            raise invalid(f"This sandbox keeps no records of {collection}.")
        if not TID.fullmatch(rkey):
            raise invalid(f"Invalid record key for {collection}: not a valid TID (got {rkey!r})")
        if not isinstance(value, dict) or value.get("$type") != collection:
            raise invalid(f"Invalid $type: expected {collection}")
        self.value: dict[str, Any] = value
        unknown = set(value) - FIELDS[collection]
        if unknown:
            raise invalid(f"This sandbox knows no {', '.join(sorted(unknown))} of {collection}.")

    def wrong(self, words: str) -> Exception:
        return invalid(f"Invalid {self.collection} record: {words}")

    def check(self) -> None:
        if not MOMENT.fullmatch(str(self.value.get("createdAt"))):
            raise self.wrong("Record/createdAt must be an valid atproto datetime")
        datetime.fromisoformat(str(self.value["createdAt"]))
        if self.collection == POST:
            self._check_post()
        elif not str(self.value.get("post")).endswith(f"/{POST}/{self.rkey}"):
            raise self.wrong("Record/post must be the post of the same key")

    def _check_post(self) -> None:
        text = self.value.get("text")
        if not isinstance(text, str):
            raise self.wrong('Record must have the property "text"')
        if len(text.encode()) > BYTES_MAX:
            raise self._too_big("string", BYTES_MAX, len(text.encode()))
        if characters.count(text) > GRAPHEMES_MAX:
            raise self._too_big("grapheme", GRAPHEMES_MAX, characters.count(text))
        for facet in self.value.get("facets") or ():
            self._check_facet(facet)
        reply = self.value.get("reply")
        if reply is not None and not all(is_ref(reply.get(name)) for name in ("root", "parent")):
            raise self.wrong("Record/reply must have root and parent with uri and cid")
        if len(self.value.get("langs") or ()) > 3:
            raise self.wrong("Record/langs must not have more than 3 elements")

    def _too_big(self, what: str, most: int, got: int) -> Exception:
        return self.wrong(f"{what} too big (maximum {most}, got {got}) at $.record.text")

    def _check_facet(self, facet: Any) -> None:
        index = facet.get("index") if isinstance(facet, Mapping) else None
        ends = [index.get(n) for n in ("byteStart", "byteEnd")] if isinstance(index, dict) else []
        if len(ends) != 2 or not all(type(end) is int and end >= 0 for end in ends):
            raise self.wrong("Record/facets/0/index must have byteStart and byteEnd")
        for feature in facet.get("features") or [{}]:
            kind = str(feature.get("$type")).rpartition("#")[2]
            if kind not in FEATURES or not isinstance(feature.get(FEATURES[kind]), str):
                raise self.wrong("Record/facets/0/features/0 is not known")

    def media(self, blob_of: BlobOf) -> list[Any]:
        """What `blob_of` gives for each picture or video of the post, with its description."""
        embed = self.value.get("embed") or {}
        kind = str(embed.get("$type", "")).rpartition(".")[2]
        if kind == "images" or kind == "gallery":
            return self._pictures(
                embed.get("images" if kind == "images" else "items"), kind, blob_of
            )
        if kind == "video":
            return [blob_of(embed.get("video"), str(embed.get("alt", "")), VIDEO_MAX)]
        if kind == "external":
            external = embed.get("external") or {}
            if not all(isinstance(external.get(n), str) for n in ("uri", "title", "description")):
                raise self.wrong("Record/embed/external must have uri, title and description")
            if "thumb" in external:
                blob_of(external["thumb"], "", THUMB_MAX)
        elif kind and kind not in ("record", "recordWithMedia"):
            raise self.wrong(f"Record/embed $type {kind} is not known")
        return []

    def _pictures(self, items: Any, kind: str, blob_of: BlobOf) -> list[Any]:
        most = 4 if kind == "images" else 20
        if not isinstance(items, list) or len(items) > most:
            raise self.wrong(f"Record/embed/{kind} must not have more than {most} elements")
        for item in items:
            if not isinstance(item.get("alt"), str):
                raise self.wrong('Record/embed/images/0 must have the property "alt"')
            shape = item.get("aspectRatio")
            sizes = [shape.get(n) for n in ("width", "height")] if isinstance(shape, dict) else []
            if (shape or kind == "gallery") and not (
                len(sizes) == 2 and all(type(size) is int and size >= 1 for size in sizes)
            ):
                raise self.wrong("Record/embed/images/0/aspectRatio must have width and height")
        return [blob_of(item.get("image"), item["alt"], IMAGE_MAX) for item in items]


def is_ref(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(n), str) for n in ("uri", "cid"))
