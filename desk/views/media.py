"""The media library: the list, taking in files and addresses, folders, choosing for a post."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView

from content.importing import import_media
from content.library import Said, change, make_folder, remove_folder, rename_folder
from content.models import MediaAsset, MediaFolder
from content.uploads import TAKEN, keep_upload
from desk.asking import ask, wants_part
from desk.media.listing import Library, Tile, pieces_with
from desk.numbers import whole
from desk.reach import asked_of, reach_of
from organisation.models import Brand, User
from organisation.rights import WRITE_PIECE, brands_where, may

PAGE = "syndication/media/library.html"
FILES_MAX = 50  # of one form without scripts
CHOICES = 24  # tiles of the dialog in which one chooses


@method_decorator(never_cache, name="dispatch")
class MediaLibrary(LoginRequiredMixin, TemplateView):
    template_name = PAGE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**library_context(self.request), **kwargs)


def library_context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """Everything the page of the library shows."""
    reach = reach_of(request)
    writable = reach.where(WRITE_PIECE)
    library = Library(
        asked_of(request),
        reach.brands,
        writable=[brand.pk for brand in writable],
        url=reverse("desk:media"),
    )
    wanted = library.here.brand_id if library.here else library.brand
    into = next((brand for brand in writable if brand.pk == wanted), None)
    return {
        "library": library,
        "writable": writable,
        "into": into or (writable[0] if writable else None),
        "taken": TAKEN,
        "choices": FILES_MAX,
        **more,
    }


@never_cache
@require_POST
def media_upload(request: HttpRequest) -> HttpResponseBase:
    """Take in files. Each is kept or refused by itself, with the reason beside its name.

    Our scripts send one file at a time and get its tile; a plain form sends several.
    """
    if not request.user.is_authenticated:
        return _signed_out(request)
    brand = _brand_to_write(request)
    uploads = request.FILES.getlist("upload")[:FILES_MAX]
    results = [_taken(request, upload, brand) for upload in uploads]
    if wants_part(request):
        return JsonResponse(results[0] if results else {"refused": "No file came with it."})
    if not results:
        messages.error(request, "No file was chosen. Nothing was uploaded.")
        return redirect("desk:media")
    refused = any("refused" in one for one in results)
    context = library_context(request, results=results)
    return render(request, PAGE, context, status=422 if refused else 200)


def _signed_out(request: HttpRequest) -> HttpResponse:
    if wants_part(request):
        return HttpResponse("You are signed out.", status=401)
    return redirect("desk:sign_in")


def _taken(request: HttpRequest, upload: Any, brand: Brand) -> dict[str, Any]:
    """Keep one upload; return what became of it, for a script or the page."""
    try:
        asset = keep_upload(upload, upload.name, brand=brand, by=_person(request))
        _put_where_asked(request, asset)
    except ValidationError as error:
        return {"name": upload.name, "refused": " ".join(error.messages)}
    return {"name": upload.name, **_told(request, asset)}


def _told(request: HttpRequest, asset: MediaAsset) -> dict[str, Any]:
    known = f"It was in the library already, as “{asset}”." if asset.known_before else ""
    context = {"tile": Tile(asset, pieces_with([asset.pk]).get(asset.pk, 0), may_write=True)}
    tile = render_to_string("syndication/media/_tile.html", context, request)
    return {"id": asset.pk, "known": known, "tile": tile, "url": _page_of(asset)}


def _put_where_asked(request: HttpRequest, asset: MediaAsset) -> None:
    """Into the folder one looks into; what was there before stays where it is.

    Not where another brand was chosen, or the folder is gone: the file itself is kept.
    """
    wanted = whole(request.POST.get("folder", ""))
    folder = MediaFolder.objects.filter(brand=asset.brand_id, pk=wanted).first()
    if folder and not asset.known_before:
        change(asset, Said(folder=folder.pk), by=_person(request))


@login_required
@never_cache
@require_POST
def media_import(request: HttpRequest) -> HttpResponse:
    """Take in what is at a web address."""
    brand = _brand_to_write(request)
    address = request.POST.get("address", "")
    try:
        asset = import_media(address, brand=brand, by=_person(request))
        _put_where_asked(request, asset)
    except ValidationError as error:
        context = library_context(request, address=address, address_errors=error.messages)
        return render(request, PAGE, context, status=422)
    if asset.known_before:
        messages.info(request, f"This is in the library already, as “{asset}”.")
    else:
        messages.success(request, f"“{asset}” is in the library.")
    return redirect(_page_of(asset))


@login_required
@never_cache
@require_safe
def media_choose(request: HttpRequest) -> HttpResponse:
    """Offer assets of one brand for a post: a dialog of the composer, or a page."""
    brands = brands_where(request.user, WRITE_PIECE)
    wanted = request.GET.get("brand")
    brand = get_object_or_404(brands, pk=whole(wanted)) if wanted else brands.first()
    if brand is None:
        raise PermissionDenied("Your role does not include writing.")
    asked = request.GET.copy()
    asked["brand"] = str(brand.pk)
    library = Library(asked, [brand], url=reverse("desk:media_choose"), size=CHOICES)
    context = {"library": library, "into": brand, "draft": request.GET.get("draft", "")[:36]}
    return ask(request, "syndication/media/_choose.html", context, title="Choose from the library")


@login_required
@never_cache
@require_POST
def media_folder_new(request: HttpRequest) -> HttpResponse:
    """Make a folder and look into it."""
    brand = _brand_to_write(request)
    try:
        folder = make_folder(brand, request.POST.get("name", ""), by=_person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("desk:media")
    return redirect(f"{reverse('desk:media')}?folder={folder.pk}")


@login_required
@never_cache
@require_POST
def media_folder(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Rename a folder, or take it away; what lies in it stays in the library."""
    folders = MediaFolder.objects.visible_to(request.user).select_related("brand")
    folder = get_object_or_404(folders, pk=pk)
    if not may(request.user, WRITE_PIECE, folder.brand):
        raise PermissionDenied(f"Your role at {folder.brand} does not include writing.")
    if slug == "remove":
        count = remove_folder(folder, by=_person(request))
        stay = f" {count:,} files stay in the library, in no folder." if count else ""
        messages.success(request, f"The folder “{folder}” is removed.{stay}")
        return redirect("desk:media")
    if slug != "rename":
        raise Http404("There is no such act.")
    try:
        rename_folder(folder, request.POST.get("name", ""), by=_person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(f"{reverse('desk:media')}?folder={folder.pk}")


def _brand_to_write(request: HttpRequest) -> Brand:
    """Return the brand of the form. Raises Http404 for one that is not theirs to write for."""
    brands = brands_where(request.user, WRITE_PIECE)
    return get_object_or_404(brands, pk=whole(request.POST.get("brand", "")))


def _page_of(asset: MediaAsset) -> str:
    return reverse("desk:media_asset", args=[asset.pk])


def _person(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
