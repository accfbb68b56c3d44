"""Create piece, steps 1 and 2: a source, and which of its sections pieces are made from."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from content.models import Source
from content.sources.articles import read_article
from content.sources.keeping import keep_source
from content.sources.reading import FILE_MAX, TAKEN, Reading, Unreadable, read_file, read_text
from desk.numbers import whole, wholes
from desk.reach import chosen_brand, reach_of
from desk.sources.pages import SourcePage, newest_of_feeds, newest_sources, visible_sources
from organisation.models import Brand, User
from organisation.rights import WRITE_PIECE, may

WAYS = {
    "link": ("Link", "link", Source.Kind.URL),
    "text": ("Text", "align-left", Source.Kind.TEXT),
    "file": ("File", "file-lines", Source.Kind.FILE),
    "feed": ("Feed", "rss", Source.Kind.FEED),
}
FILE_READ = FILE_MAX + 1  # bytes
STEPS = ("Source", "Sections", "Channels", "Writing", "Edit")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_piece(request: HttpRequest) -> HttpResponse:
    """Ask for a source, read it and go on to its sections. What cannot be read says why."""
    brand = brand_to_write_for(request)
    asked = request.POST if request.method == "POST" else request.GET
    way = asked.get("by", "link")
    if way not in WAYS:
        raise Http404("There is no such kind of source.")
    error = ""
    if request.method == "POST":
        try:
            reading = _read(request, way)
        except Unreadable as refusal:
            error = str(refusal)
        else:
            return _keep(request, reading, WAYS[way][2], brand)
    mine = reach_of(request).where(WRITE_PIECE)
    shown = [brand] if chosen_brand(request) else mine
    context = {
        "brand": brand,
        "mine": mine,
        "way": way,
        "ways": WAYS,
        "error": error,
        "given": asked,
        "taken": TAKEN,
        "newest": newest_sources(shown),
        "feeds": newest_of_feeds(shown) if way == "feed" else [],
        **steps(1),
    }
    return render(
        request, "syndication/sources/create_piece.html", context, status=422 if error else 200
    )


def _read(request: HttpRequest, way: str) -> Reading:
    """Read what the form holds. Raises Unreadable."""
    if way == "link":
        return read_article(request.POST.get("address", ""), timezone.now())
    if way == "text":
        return read_text(request.POST.get("text", ""), request.POST.get("title", ""))
    upload = request.FILES.get("file")
    if way != "file" or upload is None:
        raise Unreadable("No file came with it. Nothing was kept. Choose one.")
    # One byte more than is read tells that there is more, without taking it all into memory.
    return read_file(upload.name or "file", upload.read(FILE_READ))


def _keep(request: HttpRequest, reading: Reading, kind: str, brand: Brand) -> HttpResponse:
    kept = keep_source(reading, kind, brand=brand, by=person(request))
    if not kept.new:
        messages.info(
            request,
            "This very text was read before, so it is not kept a second time. Here it is, with "
            "what was made from it.",
        )
    return redirect("desk:sections", pk=kept.source.pk)


@login_required
@never_cache
@require_safe
def sections(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose sections: each with what was made from its words, and for which channel."""
    source = get_object_or_404(visible_sources(request.user), pk=pk)
    if not may(request.user, WRITE_PIECE, source.brand):
        raise PermissionDenied(f"Your role at {source.brand} does not include writing.")
    page = SourcePage(source, request.GET.get("choose", ""), wholes(request.GET.getlist("section")))
    context = {"page": page, "source": source, **steps(2)}
    return render(request, "syndication/sources/sections.html", context)


def steps(now: int) -> dict[str, Any]:
    """The steps of creating pieces, for the row above the page."""
    return {"steps": list(enumerate(STEPS, start=1)), "step": now}


def brand_to_write_for(request: HttpRequest) -> Brand:
    """The brand something new is for: the one asked for, the one that pages show, or the first.

    Raises PermissionDenied and Http404.
    """
    asked = request.POST if request.method == "POST" else request.GET
    mine = reach_of(request).where(WRITE_PIECE)
    if not mine:
        raise PermissionDenied("Your role does not include writing.")
    if wanted := whole(asked.get("brand", "")):
        found = next((brand for brand in mine if brand.pk == wanted), None)
        if found is not None:
            return found
        if wanted in [brand.pk for brand in reach_of(request).brands]:
            raise PermissionDenied("Your role at this brand does not include writing.")
        raise Http404("There is no such brand.")
    chosen = chosen_brand(request)
    return chosen if chosen in mine else mine[0]


def person(request: HttpRequest) -> User:
    """The person who is signed in; the views that ask have made sure of one."""
    user: User = request.user  # type: ignore[assignment]
    return user
