"""Files that platforms fetch, for whoever holds a signed address."""

from hashlib import sha256

from csp.decorators import csp_replace
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from content.public_media import PublicFile, public_file
from content.ranges import part_of

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
    response = part_of(stored, request, tag=_tag(file), mime=file.mime)
    response["X-Robots-Tag"] = "noindex"
    left = file.expires_at - timezone.now()
    patch_cache_control(response, public=True, max_age=max(int(left.total_seconds()), 0))
    return response


def _plainly(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def _tag(file: PublicFile) -> str:
    """Names hold the hash of what they name, so a name stands for its bytes."""
    return f'"{sha256(file.name.encode()).hexdigest()[:32]}"'
