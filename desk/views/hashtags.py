"""The hashtags of brands: groups to put into texts, and tags that are not used."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from content.hashtags import allow, ban, remove_group, save_group
from content.models import BannedHashtag, HashtagGroup
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from organisation.models import Brand, User
from organisation.rights import WRITE_PIECE, may

SHOWN = 200  # groups, and tags that are not used


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hashtags(request: HttpRequest) -> HttpResponse:
    """Show the groups (GET); save or remove one, ban or allow a tag (POST)."""
    if request.method != "POST":
        return _page(request)
    by: User = request.user  # type: ignore[assignment]
    mine = {brand.pk: brand for brand in reach_of(request).brands}
    brand = mine.get(whole(request.POST.get("brand", "")))
    act = ACTS.get(request.POST.get("act", ""))
    if brand is None or act is None:
        raise Http404("There is no such brand, or no such thing to do.")
    if not may(by, WRITE_PIECE, brand):
        raise PermissionDenied(f"Your role at {brand} does not include writing.")
    try:
        messages.success(request, act(request, brand, by))
    except ValidationError as refusal:
        return _page(request, refused=" ".join(refusal.messages))
    return redirect("desk:hashtags")


def _page(request: HttpRequest, refused: str = "") -> HttpResponse:
    reach = reach_of(request)
    only = chosen_brand(request)
    brands = [only] if only else reach.brands
    groups = HashtagGroup.objects.filter(brand__in=brands).select_related("brand")
    banned = BannedHashtag.objects.filter(brand__in=brands).select_related("brand")
    context = {
        "groups": groups.order_by("brand__name", "name")[:SHOWN],
        "banned": banned.order_by("brand__name", "tag")[:SHOWN],
        "writable": [brand for brand in brands if brand in reach.where(WRITE_PIECE)],
        "several": len(brands) > 1,
        "refused": refused,
        "typed": request.POST,
    }
    return render(request, "syndication/pieces/hashtags.html", context,
                  status=422 if refused else 200)  # fmt: skip


def _save(request: HttpRequest, brand: Brand, by: User) -> str:
    asked = request.POST
    pk = whole(asked.get("group", ""))
    group = save_group(brand, asked.get("name", ""), asked.get("tags", ""), by=by, pk=pk)
    return f"“{group}” is saved. It stands in the composer."


def _remove(request: HttpRequest, brand: Brand, by: User) -> str:
    group = _one(HashtagGroup, request, brand)
    remove_group(group, by=by)
    return f"“{group}” is removed. Texts keep what was put into them."


def _ban(request: HttpRequest, brand: Brand, by: User) -> str:
    asked = request.POST
    stops = asked.get("way") != "warn"
    rule = ban(brand, asked.get("tag", ""), stops=stops, why=asked.get("why", ""), by=by)
    return f"{rule}: no new post with it." if stops else f"{rule}: whoever writes it is warned."


def _allow(request: HttpRequest, brand: Brand, by: User) -> str:
    rule = _one(BannedHashtag, request, brand)
    allow(rule, by=by)
    return f"{rule} may be used again."


def _one(model: Any, request: HttpRequest, brand: Brand) -> Any:
    return get_object_or_404(model, brand=brand, pk=whole(request.POST.get("row", "")))


ACTS = {"save": _save, "remove": _remove, "ban": _ban, "allow": _allow}
