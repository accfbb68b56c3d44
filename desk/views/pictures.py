"""Pictures, for those who may see them."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from content.models import MediaAsset

A_DAY = 86_400  # seconds


@login_required
@require_safe
@cache_control(private=True, max_age=A_DAY)
def picture(request: HttpRequest, sha256: str) -> FileResponse:
    """The bytes of a picture, named by their hash, so that they never change."""
    asset = MediaAsset.objects.visible_to(request.user).filter(sha256=sha256).first()
    if asset is None:
        raise Http404("No such picture.")
    try:
        return FileResponse(asset.file.open("rb"), content_type=asset.mime)
    except FileNotFoundError as error:
        raise Http404("The file of this picture is gone.") from error
