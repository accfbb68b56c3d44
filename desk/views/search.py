"""The search page. The palette shows the same results over any page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from desk.asking import wants_part
from desk.palette import Finder
from desk.reach import chosen_brand, reach_of


@login_required
@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    hits = Finder(reach_of(request), chosen_brand(request)).find(words)
    template = "syndication/_hits.html" if wants_part(request) else "syndication/search.html"
    return render(request, template, {"hits": hits, "words": words})
