"""The content id that a record will have, worked out before it is sent.

A reply names what it answers by address and content id. To send all posts of a thread in one
request, the ids of the earlier ones have to be known beforehand.

Sources: the AT Protocol's data model (DAG-CBOR, CIDv1, SHA-256) and RFC 8949 for CBOR itself.
"""

import hashlib
from base64 import b32decode, b32encode
from collections.abc import Mapping
from typing import Any

HEAD = bytes((1, 0x71, 0x12, 0x20))  # version 1, DAG-CBOR, SHA-256, 32 bytes
UNSIGNED, NEGATIVE, TEXT, BYTES, LIST, MAP, TAG = 0, 1, 3, 2, 4, 5, 6
LINK_TAG = 42


def cid_of(record: Mapping[str, Any]) -> str:
    """Return the content id of a record in JSON form. Raises TypeError for what no record holds."""
    return _base32(HEAD + hashlib.sha256(encoded(record)).digest())


def encoded(value: Any) -> bytes:
    """Return the one encoding that DAG-CBOR allows for a value."""
    if isinstance(value, bool) or value is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return _head(UNSIGNED, value) if value >= 0 else _head(NEGATIVE, -1 - value)
    if isinstance(value, str):
        data = value.encode()
        return _head(TEXT, len(data)) + data
    if isinstance(value, list | tuple):
        return _head(LIST, len(value)) + b"".join(map(encoded, value))
    if isinstance(value, Mapping):
        return _link(str(value["$link"])) if set(value) == {"$link"} else _mapping(value)
    raise TypeError(f"A record holds no {type(value).__name__}.")


def _mapping(value: Mapping[str, Any]) -> bytes:
    """Keys are sorted by length first, then by their bytes."""
    names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
    return _head(MAP, len(names)) + b"".join(encoded(n) + encoded(value[n]) for n in names)


def _link(cid: str) -> bytes:
    data = b"\0" + _bytes_of(cid)
    return _head(TAG, LINK_TAG) + _head(BYTES, len(data)) + data


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes((major << 5 | extra,)) + number.to_bytes(size, "big")
    raise TypeError("A record holds no number as large as that.")


def _base32(data: bytes) -> str:
    return "b" + b32encode(data).decode().rstrip("=").lower()


def _bytes_of(cid: str) -> bytes:
    letters = cid[1:].upper()
    return b32decode(letters + "=" * (-len(letters) % 8))
