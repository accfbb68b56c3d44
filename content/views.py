"""Files that platforms fetch, for whoever holds a signed address."""

import re
from collections.abc import Iterator
from hashlib import sha256

from csp.decorators import csp_replace
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from content.public_media import PublicFile, public_file

BLOCK = 256 * 1024  # bytes held in memory for one fetch
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
NOT_THERE = "There is nothing at this address.\n"
OVER = "This address is no longer valid.\n"


@require_safe
@csp_replace({"default-src": ["'none'"], "sandbox": [True]})  # type: ignore[arg-type]
def public_media(request: HttpRequest, token: str) -> HttpResponseBase:
    """One stored file, whole or in part. It asks for no session, and lists nothing."""
    try:
        file = public_file(token)
    except BadSignature:
        return _plainly(NOT_THERE, 404)
    if file.expires_at <= timezone.now():
        return _plainly(OVER, 410)
    try:
        stored = default_storage.open(file.name, "rb")
    except (OSError, ValueError, SuspiciousFileOperation):
        return _plainly(NOT_THERE, 404)
    response = _part_of(stored, request, _tag(file))
    response["Content-Type"] = file.mime
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = _tag(file)
    response["X-Robots-Tag"] = "noindex"
    left = file.expires_at - timezone.now()
    patch_cache_control(response, public=True, max_age=max(int(left.total_seconds()), 0))
    return response


def _plainly(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def _tag(file: PublicFile) -> str:
    """Names hold the hash of what they name, so a name stands for its bytes."""
    return f'"{sha256(file.name.encode()).hexdigest()[:32]}"'


def _part_of(stored: "File[bytes]", request: HttpRequest, tag: str) -> HttpResponseBase:
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
