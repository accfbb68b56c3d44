"""At which server is the account? For platforms of many servers, before the walk there begins."""

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from desk.connecting import ServerForm
from desk.views.connecting.asked import (
    brand_of,
    browser_of,
    is_at_home,
    person_of,
    platform_named,
)
from desk.views.connecting.refusing import not_at_home
from organisation.clock import database_now
from platforms.doors import NoApp, Place, place_of
from platforms.errors import PlatformError
from platforms.flows import begin
from platforms.oauth import ArrangesApps


# A browser holds the redirect after a form to the rule for forms, and this one leads to any server.
@login_required
@never_cache
@csp_update({"form-action": ["https:", "http:"]})  # type: ignore[arg-type]
@require_http_methods(["GET", "HEAD", "POST"])
def connect_server(request: HttpRequest, platform: str, path: str) -> HttpResponse:
    """Take the address of a server, let it know this program, and send the browser there."""
    brand, row = brand_of(request), platform_named(platform)
    place = place_of(brand, row, path)
    if place is None or not isinstance(place.path, ArrangesApps):
        raise Http404("There is no such way to connect.")
    if not is_at_home(request):
        return not_at_home(request, place)
    form = ServerForm(request.POST or None, initial={"server": request.GET.get("server", "")})
    if form.is_valid():
        there = Place(brand, row, place.path, form.cleaned_data["server"])
        if address := _begin(request, form, there):
            return redirect(address)
    context = {"form": form, "platform": row, "brand": brand, "path": place.path}
    return render(request, "syndication/accounts/server.html", context)


def _begin(request: HttpRequest, form: ServerForm, place: Place) -> str:
    """Return where the browser goes; empty with the reason on the form."""
    try:
        return begin(
            place,
            by=person_of(request),
            browser=browser_of(request),
            now=database_now(),
            again="again" in request.POST,
        )
    except PlatformError as error:
        form.add_error("server", f"{error.sentence} Nothing was connected.")
    except NoApp as error:
        form.add_error("server", str(error))
    return ""
