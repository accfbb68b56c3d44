"""What each person sets for themselves: zone, brand, and what of the home page is put away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from desk.asking import ask, back
from desk.first_run import hide_checklist
from desk.forms import ZoneForm
from desk.numbers import whole
from desk.reach import choose_brand
from desk.told import told_to
from desk.words import place
from desk.zones import all_zones
from organisation.models import User
from organisation.people import set_zone


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: HttpRequest) -> HttpResponse:
    """Choose the zone in which one reads times."""
    person: User = request.user  # type: ignore[assignment]
    form = ZoneForm(request.POST or None, initial={"timezone": person.timezone})
    if form.is_valid():
        set_zone(person, form.cleaned_data["timezone"])
        words = f"You read times in {place(person.timezone)} time now. No post has moved."
        messages.success(request, words)
        return back(request)
    context = {"form": form, "zones": all_zones()}
    return ask(request, "syndication/_zone.html", context, title="Which time zone?")


@login_required
@require_POST
def brand(request: HttpRequest) -> HttpResponse:
    """Choose the brand that pages show first; nothing chosen means all."""
    wanted = request.POST.get("brand", "")
    choose_brand(request, whole(wanted) or None)
    return back(request)


@login_required
@require_POST
def hide(request: HttpRequest) -> HttpResponse:
    """Put the first-run checklist away, in this browser."""
    return hide_checklist(back(request), request.user)  # type: ignore[arg-type]


@login_required
@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """Put one of one's own notices away, or all of them when none is named."""
    mine = told_to(request.user)  # type: ignore[arg-type]
    wanted = request.POST.get("notice", "")
    if wanted:
        mine = mine.filter(pk=whole(wanted))
    mine.update(resolved_at=timezone.now())
    return back(request)
