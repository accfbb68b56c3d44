"""Taking the demo away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from desk.asking import ask
from desk.demo.loading import BRAND, USERNAME
from desk.demo.removing import NotTheDemo, remove_demo
from desk.reach import reach_of
from organisation.clock import database_now
from organisation.models import User
from organisation.rights import MANAGE_BRAND, may


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    """Ask (GET), then remove the demo brand (POST)."""
    person: User = request.user  # type: ignore[assignment]
    brand = next((one for one in reach_of(request).brands if one.slug == BRAND["slug"]), None)
    if brand is None:
        raise Http404("There is no demo brand.")
    if not may(person, MANAGE_BRAND, brand):
        raise PermissionDenied(f"Only an administrator of {brand} removes the demo.")
    if request.method != "POST":
        context = {"brand": brand, "is_keeper": person.username == USERNAME}
        return ask(request, "syndication/_remove_demo.html", context, title="Remove the demo?")
    try:
        remove_demo(by=person, now=database_now())
    except NotTheDemo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{brand} and everything in it is removed.")
    return redirect("desk:home")
