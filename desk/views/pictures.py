"""Pictures and videos, for those who may see them."""

import re
from collections.abc import Iterator
from typing import IO

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from content.fitting import Unfit, fitted_file
from content.models import MediaAsset

A_DAY = 86_400  # seconds
CHUNK = 256 * 1024  # bytes
ONE_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


@login_required
@require_safe
@cache_control(private=True, max_age=A_DAY)
def picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The bytes of a picture or video, named by their hash, so that they never change."""
    asset = MediaAsset.objects.visible_to(request.user).filter(sha256=sha256).first()
    if asset is None:
        raise Http404("No such picture.")
    try:
        file = asset.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file of this picture is gone.") from error
    if asset.is_video and (wanted := ONE_RANGE.fullmatch(request.headers.get("Range", ""))):
        return _part(file, asset, int(wanted[1]), int(wanted[2] or asset.size - 1))
    answer = FileResponse(file, content_type=asset.mime)
    if asset.is_video:
        answer["Accept-Ranges"] = "bytes"
    return answer


@login_required
@require_safe
@cache_control(private=True, max_age=A_DAY)
def fitted_picture(request: HttpRequest, sha256: str, recipe: str) -> HttpResponseBase:
    """A picture as a channel will show it: cut and converted, made when it is first looked at."""
    asset = MediaAsset.objects.visible_to(request.user).filter(sha256=sha256).first()
    if asset is None or asset.is_video:
        raise Http404("No such picture.")
    try:
        name = fitted_file(asset, recipe)
    except (BadSignature, Unfit, FileNotFoundError) as error:
        raise Http404("This picture cannot be shown so.") from error
    return FileResponse(default_storage.open(name, "rb"), content_type="image/jpeg")


def _part(file: IO[bytes], asset: MediaAsset, first: int, last: int) -> HttpResponseBase:
    """One range of a video: players ask for parts, and Safari plays nothing without them."""
    last = min(last, asset.size - 1)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{asset.size}"})
    part = _Bytes(file, first, last)
    answer = StreamingHttpResponse(part, status=206, content_type=asset.mime)
    answer["Content-Range"] = f"bytes {first}-{last}/{asset.size}"
    answer["Content-Length"] = str(last - first + 1)
    answer["Accept-Ranges"] = "bytes"
    return answer


class _Bytes:
    """Some bytes of a file, from `first` to `last`; it is closed also when nobody reads them."""

    def __init__(self, file: IO[bytes], first: int, last: int) -> None:
        self.file, self.first, self.last = file, first, last

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.first)
        left = self.last - self.first + 1
        while left > 0 and (chunk := self.file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()
