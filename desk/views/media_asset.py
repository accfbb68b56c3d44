"""The page of one asset of the media library, and what is done to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView

from content import films
from content.library import Said, StillUsed, change, delete
from content.models import MediaAsset
from content.videos import add_poster
from desk.asking import ask, asked_back
from desk.media.listing import Tile, pieces_with
from desk.media.page import AssetPage
from desk.numbers import whole
from organisation.models import User
from organisation.rights import WRITE_PIECE, may

PAGE = "syndication/media/asset.html"


class _Overtaken(Exception):
    """Somebody else changed the same words since the page was shown."""


def visible_assets(request: HttpRequest) -> QuerySet[MediaAsset]:
    rows = MediaAsset.objects.visible_to(request.user).select_related("brand", "uploaded_by")
    return rows.select_related("brand", "uploaded_by", "folder").prefetch_related("tags")


@method_decorator(never_cache, name="dispatch")
class MediaDetail(LoginRequiredMixin, DetailView):
    """Everything about one picture or video. Another brand's is not found."""

    template_name = PAGE
    context_object_name = "asset"

    def get_queryset(self) -> QuerySet[MediaAsset]:
        return visible_assets(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = AssetPage(self.object, self.request.user)  # type: ignore[arg-type]
        return super().get_context_data(page=page, errors={}, **kwargs)


@login_required
@never_cache
@require_POST
def media_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Say something else of an asset, describe it from the list, or ask for a video's still."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404("There is no such act.")
    return act(request, _writable(request, pk))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def media_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to delete an asset, or say where it is used (GET); then delete it (POST)."""
    asset = _writable(request, pk)
    if request.method == "POST":
        try:
            delete(asset, by=_person(request))
        except StillUsed as refusal:
            messages.error(request, f"{refusal} This page says where it is used.")
            return redirect("desk:media_asset", pk=pk)
        messages.success(request, f"“{asset}” is deleted.")
        return redirect("desk:media")
    context = {"asset": asset, "page": AssetPage(asset, _person(request))}
    return ask(request, "syndication/media/_delete.html", context, title=f"Delete “{asset}”?")


def _save(request: HttpRequest, asset: MediaAsset) -> HttpResponse:
    """Save what was changed on the page; what others changed meanwhile stays."""
    errors: dict[str, list[str]] = {}
    try:
        change(asset, _said(request.POST, asset), by=_person(request))
    except _Overtaken as overtaken:
        errors = {"": [str(overtaken)]}
    except ValidationError as refusal:
        errors = refusal.message_dict
    if errors:
        fresh = get_object_or_404(visible_assets(request), pk=asset.pk)
        context = {
            "asset": fresh,
            "page": AssetPage(fresh, _person(request)),
            "errors": errors,
            "typed": request.POST,
        }
        return render(request, PAGE, context, status=422)
    messages.success(request, "Saved. Pieces that use it keep the words they have.")
    return redirect("desk:media_asset", pk=asset.pk)


def _said(form: QueryDict, asset: MediaAsset) -> Said:
    """Return what the form changed. Raises _Overtaken when somebody else changed the same."""
    tags = ", ".join(tag.name for tag in asset.tags.all())
    now = {"name": str(asset), "alt": asset.alt, "tags": tags,
           "folder": str(asset.folder_id or 0)}  # fmt: skip
    new = {name: str(form[name]) for name in now if name in form and _differs(form, name)}
    for name, mine in new.items():
        if _plain(now[name]) not in (_plain(form.get(f"was_{name}", "")), _plain(mine)):
            raise _Overtaken(
                "Somebody else changed the same a moment ago. Yours was not saved; it still "
                "stands in the form. Look at what is there now, and save again."
            )
    decorative = bool(form.get("decorative"))
    return Said(
        name=new.get("name"),
        alt=new.get("alt"),
        tags=tuple(new["tags"].split(",")) if "tags" in new else None,
        folder=whole(new["folder"]) if "folder" in new else None,
        decorative=decorative if decorative != bool(form.get("was_decorative")) else None,
        focus=_focus(form),
    )


def _differs(form: QueryDict, name: str) -> bool:
    return _plain(str(form[name])) != _plain(form.get(f"was_{name}", ""))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _focus(form: QueryDict) -> tuple[float, float] | None:
    """The focus where its sliders were moved."""
    shares = [form.get(f"focus-{way}", "") for way in "xy"]
    if shares == [form.get(f"was_focus-{way}", "") for way in "xy"]:
        return None
    x, y = (min(whole(share), 100) / 100 for share in shares)
    return x, y


def _describe(request: HttpRequest, asset: MediaAsset) -> HttpResponse:
    """Fill in a description from the list; the tile comes back."""
    said = Said(
        alt=request.POST.get("alt", ""), decorative=bool(request.POST.get("decorative")) or None
    )
    refused: list[str] = []
    try:
        change(asset, said, by=_person(request))
    except ValidationError as refusal:
        refused = refusal.messages
    if "HX-Request" in request.headers:
        tile = Tile(asset, pieces_with([asset.pk]).get(asset.pk, 0), may_write=True)
        context = {"tile": tile, "refused": refused}
        return render(request, "syndication/media/_tile.html", context)
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(asked_back(request) or "desk:media")


def _poster(request: HttpRequest, asset: MediaAsset) -> HttpResponse:
    if not asset.is_video:
        raise Http404("Only videos have a still picture.")
    try:
        add_poster(asset)
    except films.NoPicture as why:
        messages.error(request, str(why))
    except FileNotFoundError:
        messages.error(request, "The file of this video is gone. Upload it again.")
    else:
        messages.success(request, "The still picture is made.")
    return redirect("desk:media_asset", pk=asset.pk)


ACTS: dict[str, Callable[[HttpRequest, MediaAsset], HttpResponse]] = {
    "save": _save,
    "describe": _describe,
    "poster": _poster,
}


def _writable(request: HttpRequest, pk: int) -> MediaAsset:
    """Return the asset. Raises Http404 or PermissionDenied for who may not change it."""
    asset = get_object_or_404(visible_assets(request), pk=pk)
    if not may(request.user, WRITE_PIECE, asset.brand):
        raise PermissionDenied(f"Your role at {asset.brand} does not include writing.")
    return asset


def _person(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
