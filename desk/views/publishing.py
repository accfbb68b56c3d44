"""The kill switch: stop publishing, start it again. Both ask first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from desk.asking import ask, back
from desk.forms import StartForm, StopForm
from desk.reach import reach_of
from desk.stops import Scope, Stops, aftermath, named
from organisation.clock import database_now
from organisation.rights import MANAGE_BRAND
from platforms.pausing import NotAdopted, start_publishing, stop_publishing

NOT_YOURS = "Stopping and starting is for administrators of a brand."


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Ask what to stop and why (GET), then stop it (POST)."""
    stops = _stops_of(request)
    if not stops.to_stop:
        messages.info(request, "Publishing is stopped already.")
        return back(request)
    offered = stops.to_stop if request.POST else named(stops.to_stop, request.GET.get("scope", ""))
    form = StopForm(request.POST or None, scopes=offered)
    if form.is_valid():
        for scope in form.chosen:
            stop_publishing(
                by=request.user,  # type: ignore[arg-type]
                now=database_now(),
                brand=scope.brand,
                reason=form.cleaned_data["reason"],
                until=form.cleaned_data["until"],
            )
        messages.success(request, f"Publishing is stopped for {_named(form.chosen)}. Posts wait.")
        return back(request)
    context = {"form": form, "offered": offered}
    return ask(request, "syndication/publishing/_stop.html", context, title="Stop publishing?")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what would go out (GET), then start (POST)."""
    stops = _stops_of(request)
    if not stops.to_start:
        messages.info(request, "Nothing that you may start is stopped.")
        return back(request)
    now = database_now()
    asked = named(stops.to_start, request.GET.get("scope", ""))
    offered = stops.to_start if request.POST else asked
    form = StartForm(request.POST or None, scopes=offered)
    if form.is_valid():
        try:
            for scope in form.chosen:
                start_publishing(by=request.user, now=now, brand=scope.brand)  # type: ignore[arg-type]
        except NotAdopted as doubt:
            messages.error(request, str(doubt))
            return back(request)
        messages.success(request, f"Publishing is on again for {_named(form.chosen)}.")
        return back(request)
    context = {"form": form, "offered": offered, "forecast": aftermath(offered, now)}
    return ask(request, "syndication/publishing/_start.html", context, title="Start publishing?")


def _stops_of(request: HttpRequest) -> Stops:
    reach = reach_of(request)
    if not reach.may_anywhere(MANAGE_BRAND):
        raise PermissionDenied(NOT_YOURS)
    return Stops(reach)


def _named(scopes: list[Scope]) -> str:
    return ", ".join(scope.words if scope.brand else "everything" for scope in scopes)
