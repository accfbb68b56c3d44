"""What a person reads when nothing was connected, with the way to begin again."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from desk.views.connecting.asked import start_address
from organisation.clock import database_now
from platforms.doors import Place
from platforms.flows import FlowRefused, place_in


def refused_flow(request: HttpRequest, refusal: FlowRefused) -> HttpResponse:
    """Answer a walk that came to nothing, with the choice where one is still open."""
    flow = refusal.flow
    if flow is None:
        return refused(request, refusal.sentence, None, again=reverse("desk:connect"))
    place = place_in(flow)
    open_still = flow.answered_at and not flow.is_over(database_now()) and flow.secret
    choose = reverse("desk:connect_choose", args=[flow.pk]) if open_still else ""
    return refused(
        request, refusal.sentence, place, again=start_address(place, flow.account), choose=choose
    )


def not_at_home(request: HttpRequest, place: Place) -> HttpResponse:
    """Answer a browser to which no platform would send people back, with where to begin."""
    return refused(
        request,
        f"Platforms send people back to {settings.SITE_URL}, and you are at another address. "
        "Sign in there, and connect from there.",
        place,
        again=settings.SITE_URL + request.get_full_path(),
    )


def refused(
    request: HttpRequest, sentence: str, place: Place | None, *, again: str, choose: str = ""
) -> HttpResponse:
    """Answer with a sentence and where to begin `again`; `choose`: the choice still open."""
    context = {"sentence": sentence, "place": place, "again": again, "choose": choose}
    return render(request, "syndication/accounts/refused.html", context)
