"""Sources: the list, one source as it was read, and what is done to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, TemplateView

from content.models import Source
from content.sources.articles import read_article
from content.sources.keeping import keep_source, set_aside, take_up
from content.sources.reading import Unreadable
from content.sources.subscribing import forget_source
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from desk.sources.pages import SourceList, SourcePage, visible_sources
from desk.views.create_piece import person
from organisation.rights import WRITE_PIECE, may


@method_decorator(never_cache, name="dispatch")
class Sources(LoginRequiredMixin, TemplateView):
    template_name = "syndication/sources/sources.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach, brand = reach_of(self.request), chosen_brand(self.request)
        asked = self.request.GET
        shown = SourceList(
            [brand] if brand else reach.brands,
            aside="aside" in asked,
            before=whole(asked.get("before", "")),
        )
        mine = {one.pk for one in reach.where(WRITE_PIECE)}
        return super().get_context_data(sources=shown, mine=mine, **kwargs)


@method_decorator(never_cache, name="dispatch")
class SourceDetail(LoginRequiredMixin, DetailView):
    """One source with its text. Another brand's is not found."""

    template_name = "syndication/sources/source.html"
    context_object_name = "source"

    def get_queryset(self) -> QuerySet[Source]:
        return visible_sources(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_write = may(self.request.user, WRITE_PIECE, self.object.brand)
        return super().get_context_data(
            page=SourcePage(self.object, "none"), may_write=may_write, **kwargs
        )


@login_required
@require_POST
def source_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Do one thing to a source."""
    if slug not in ACTS:
        raise Http404("Nothing of this name is done to a source.")
    source = get_object_or_404(visible_sources(request.user), pk=pk)
    if not may(request.user, WRITE_PIECE, source.brand):
        raise PermissionDenied(f"Your role at {source.brand} does not include writing.")
    return ACTS[slug](request, source)


def _aside(request: HttpRequest, source: Source) -> HttpResponse:
    set_aside(source)
    messages.success(request, f"“{source}” is set aside. Nothing of it is lost.")
    return redirect("desk:sources")


def _take_up(request: HttpRequest, source: Source) -> HttpResponse:
    take_up(source)
    messages.success(request, f"“{source}” stands among the sources again.")
    return redirect("desk:source", pk=source.pk)


def _forget(request: HttpRequest, source: Source) -> HttpResponse:
    try:
        forget_source(source, by=person(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("desk:source", pk=source.pk)
    messages.success(request, f"“{source}” is deleted.")
    return redirect("desk:sources")


def _read_again(request: HttpRequest, source: Source) -> HttpResponse:
    """Read its address again: what it says now becomes a source beside this one."""
    try:
        reading = read_article(source.address, timezone.now())
    except Unreadable as error:
        messages.error(request, f"It could not be read again, and stays as it is. {error}")
        return redirect("desk:source", pk=source.pk)
    kept = keep_source(reading, Source.Kind.URL, brand=source.brand, by=person(request))
    if kept.new:
        messages.success(request, "It says something else now, and stands here as another source.")
    else:
        messages.info(request, "It says what it said before.")
    return redirect("desk:source", pk=kept.source.pk)


ACTS: dict[str, Callable[[HttpRequest, Source], HttpResponse]] = {
    "aside": _aside,
    "take-up": _take_up,
    "delete": _forget,
    "read-again": _read_again,
}
