"""What a request's body says: URL-encoded, JSON or multipart, as one `Form`."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

DISPOSITION = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)


class Unreadable(Exception):
    """The body is not what its Content-Type says."""


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file as received."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """`fields` by name (a list for names that end in `[]`), and uploaded `files`."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """The parameters for the request log: a file is described, not repeated."""
        if not self.files:
            return self.fields
        return self.fields | {name: describe(file) for name, file in self.files.items()}


def describe(file: File) -> dict[str, Any]:
    return {
        "filename": file.filename,
        "type": file.content_type,
        "bytes": len(file.data),
        "sha256": hashlib.sha256(file.data).hexdigest(),
    }


def read_form(content_type: str, body: bytes) -> Form:
    """Parses `body`. Raises `Unreadable`. A body of any other type says nothing."""
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return Form()
    if kind == "application/json":
        return Form(read_json(body))
    if kind == "multipart/form-data":
        return read_multipart(content_type, body)
    if kind in ("application/x-www-form-urlencoded", ""):
        return Form(gather(read_pairs(body)))
    return Form()


def read_json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        raise Unreadable("the body is not JSON") from None
    if not isinstance(data, dict):
        raise Unreadable("the body is not a JSON object")
    return data


def read_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Unreadable("the body is not UTF-8") from None


def gather(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Pairs as a mapping: `media_ids[]=1&media_ids[]=2` becomes `media_ids: [1, 2]`."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name.endswith("[]"):
            fields.setdefault(name[:-2], []).append(value)
        else:
            fields[name] = value
    return fields


def read_multipart(content_type: str, body: bytes) -> Form:
    match = BOUNDARY.search(content_type)
    if match is None:
        raise Unreadable("the multipart body has no boundary")
    delimiter = b"\r\n--" + match[1].encode("latin-1")
    pieces = (b"\r\n" + body).split(delimiter)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise Unreadable("the multipart body does not end")
    pairs: list[tuple[str, str]] = []
    files: dict[str, File] = {}
    for piece in pieces[1:-1]:
        add_part(piece, pairs, files)
    return Form(gather(pairs), files)


def add_part(piece: bytes, pairs: list[tuple[str, str]], files: dict[str, File]) -> None:
    head, blank, data = piece.partition(b"\r\n\r\n")
    headers = part_headers(head)
    names = dict(DISPOSITION.findall(headers.get("content-disposition", "")))
    if not blank or "name" not in names:
        raise Unreadable("a part of the multipart body has no name")
    if "filename" in names:
        kind = headers.get("content-type", "application/octet-stream")
        files[names["name"]] = File(names["filename"], kind, data)
        return
    try:
        pairs.append((names["name"], data.decode()))
    except UnicodeDecodeError:
        raise Unreadable(f"the field {names['name']} is not UTF-8") from None


def part_headers(head: bytes) -> dict[str, str]:
    headers = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers
