"""To the platform and back: which one, the way there, and the answer it sends people back with."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from desk.accounts import connectables
from desk.reach import reach_of
from desk.views.connecting.asked import (
    account_in,
    app_address,
    brand_of,
    browser_of,
    is_at_home,
    person_of,
    place_asked,
    start_address,
)
from desk.views.connecting.refusing import not_at_home, refused, refused_flow
from organisation.clock import database_now
from organisation.rights import CONNECT_ACCOUNT
from platforms.doors import NoApp
from platforms.errors import PlatformError
from platforms.flows import FlowRefused, arrive, begin
from platforms.oauth import ArrangesApps


@login_required
@never_cache
@require_GET
def connect(request: HttpRequest) -> HttpResponse:
    """Which platform? One button for each way in."""
    brand = brand_of(request)
    brands = reach_of(request).where(CONNECT_ACCOUNT)
    context = {"brand": brand, "brands": brands, "connectables": connectables(brand)}
    return render(request, "syndication/accounts/connect.html", context)


@login_required
@never_cache
@require_GET
def connect_start(request: HttpRequest, platform: str, path: str) -> HttpResponse:
    """Send the browser to the platform. Nothing is connected by coming back from there."""
    account = account_in(request)
    place = place_asked(request, platform, path, account)
    if not is_at_home(request):
        return not_at_home(request, place)
    if isinstance(place.path, ArrangesApps) and not place.server:
        return redirect(start_address(place, account))
    try:
        address = begin(
            place,
            by=person_of(request),
            browser=browser_of(request),
            now=database_now(),
            account=account,
            again="again" in request.GET,
        )
    except NoApp as error:
        messages.warning(request, str(error))
        return redirect(app_address(place))
    except PlatformError as error:
        again = start_address(place, account)
        return refused(request, f"{error.sentence} Nothing was connected.", place, again=again)
    return redirect(address)


@login_required
@never_cache
@sensitive_variables()
@require_GET
def connect_return(request: HttpRequest) -> HttpResponse:
    """The exact address that platforms send people back to."""
    try:
        flow = arrive(
            request.GET.dict(),
            by=person_of(request),
            browser=browser_of(request),
            now=database_now(),
        )
    except FlowRefused as refusal:
        return refused_flow(request, refusal)
    # Another address at once: the code leaves the browser's history and the next Referer.
    return redirect("desk:connect_choose", flow.pk)
