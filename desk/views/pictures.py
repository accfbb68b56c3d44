"""Pictures and videos, for those who may see them."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from content.fitting import Unfit, fitted_file
from content.models import MediaAsset
from content.ranges import part_of

A_DAY = 86_400  # seconds


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
    return part_of(file, request, tag=f'"{sha256}"', mime=asset.mime)


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


@login_required
@require_safe
@cache_control(private=True, max_age=A_DAY)
def poster(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The still picture of a video."""
    asset = MediaAsset.objects.visible_to(request.user).filter(sha256=sha256).first()
    if asset is None or not asset.poster:
        raise Http404("No such picture.")
    try:
        return FileResponse(default_storage.open(asset.poster, "rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404("The still of this video is gone.") from error
