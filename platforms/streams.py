"""Bodies that are read while they are sent, so that no video is ever whole in memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from urllib3.fields import RequestField
from urllib3.filepost import choose_boundary


@dataclass(frozen=True)
class Stream:
    """A known number of bytes, made anew by each call of `chunks`."""

    size: int  # bytes
    chunks: Callable[[], Iterator[bytes]]

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return True  # an empty body is one too

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks()


Part = tuple[str, bytes | Stream, str]  # a file's name, content and type


def multipart(fields: Mapping[str, Any], files: Mapping[str, Part]) -> tuple[Stream, str]:
    """Return a form with files as RFC 7578 has it, and its Content-Type."""
    boundary = choose_boundary()
    parts: list[bytes | Stream] = [
        _field(boundary, name, str(value)) for name, value in fields.items()
    ]
    for name, part in files.items():
        parts += _file(boundary, name, part)
    parts.append(f"--{boundary}--\r\n".encode())

    def chunks() -> Iterator[bytes]:
        for part in parts:
            if isinstance(part, Stream):
                yield from part
            else:
                yield part

    return Stream(sum(map(len, parts)), chunks), f"multipart/form-data; boundary={boundary}"


def _field(boundary: str, name: str, value: str) -> bytes:
    field = RequestField(name, value)
    field.make_multipart()
    return f"--{boundary}\r\n{field.render_headers()}{value}\r\n".encode()


def _file(boundary: str, name: str, part: Part) -> list[bytes | Stream]:
    filename, content, mime = part
    field = RequestField(name, b"", filename)
    field.make_multipart(content_type=mime)
    return [f"--{boundary}\r\n{field.render_headers()}".encode(), content, b"\r\n"]
