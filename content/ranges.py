"""Serving a file whole or in part, by one range of RFC 9110: players ask for parts."""

import re
from collections.abc import Iterator

from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

BLOCK = 256 * 1024  # bytes held in memory for one answer
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def part_of(
    stored: "File[bytes]", request: HttpRequest, *, tag: str, mime: str
) -> HttpResponseBase:
    """Answer with what is asked for of an open file, which is closed when it was read.

    `tag`: what its ETag says, with its quotation marks. More than one range, and what is no range,
    is answered with the whole; a range that begins behind the end with 416.
    """
    response = _answer(stored, request, tag)
    response["Content-Type"] = mime
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    return response


def _answer(stored: "File[bytes]", request: HttpRequest, tag: str) -> HttpResponseBase:
    size = stored.size
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", tag) != tag:
        asked = ""
    first, last = _bounds(asked, size)
    if first >= size > 0 or first > last >= 0:
        stored.close()
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    length = last - first + 1
    if request.method == "HEAD":
        stored.close()
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(_Blocks(stored, first, length))
    response["Content-Length"] = str(length)
    if RANGE.fullmatch(asked) and asked != "bytes=-":
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _bounds(asked: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte; the whole for anything but one range, as is allowed."""
    match = RANGE.fullmatch(asked)
    if match is None or match.groups() == ("", ""):
        return 0, size - 1
    begin, end = match.groups()
    if begin == "":
        return (max(size - int(end), 0), size - 1) if int(end) else (size, size - 1)
    return int(begin), min(int(end), size - 1) if end else size - 1


class _Blocks:
    """A part of a file, block by block. Closed also by an answer that nobody reads."""

    def __init__(self, stored: "File[bytes]", first: int, length: int) -> None:
        self._stored, self._left = stored, length
        stored.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self._stored.read(min(BLOCK, self._left))
        if not block:  # the end, or the file was cut short: then fewer bytes come than promised
            self.close()
            raise StopIteration
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._stored.close()
