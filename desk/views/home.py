"""The home page and the parts of it that keep themselves fresh."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from desk.figures import figures
from desk.first_run import checklist
from desk.frame import Frame
from desk.home import Home
from desk.navigation import buttons
from desk.reach import chosen_brand, reach_of

STOP_POLLING = 286  # htmx: take this answer and do not ask again
View = Callable[..., HttpResponseBase]


def for_polling(view: View) -> View:
    """A part of a page asks for itself. When the session is over it stops asking."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(status=STOP_POLLING, headers={"HX-Reswap": "none"})
        return view(request, *args, **kwargs)

    return never_cache(require_safe(wrapped))


@method_decorator(never_cache, name="dispatch")
class HomePage(LoginRequiredMixin, TemplateView):
    template_name = "syndication/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**live_context(self.request), **kwargs)


@for_polling
def home_live(request: HttpRequest) -> HttpResponseBase:
    """The home page's content; 304 while it is what the page shows already."""
    context = live_context(request)
    response = render(request, "syndication/_home_live.html", context)
    response.headers["ETag"] = context["etag"]
    return get_conditional_response(request, etag=context["etag"], response=response) or response


def live_context(request: HttpRequest) -> dict[str, Any]:
    reach = reach_of(request)
    home = Home(reach, timezone.now(), chosen_brand(request))
    shown = {
        "home": home,
        "figures": list(figures(home)),
        "buttons": buttons(reach),
        "checklist": checklist(request, reach),
    }
    body = render_to_string("syndication/_home.html", shown, request)
    tag = hashlib.sha256(f"{home.trigger}\n{body}".encode()).hexdigest()[:32]
    return {"home": home, "body": body, "etag": f'"{tag}"'}


@for_polling
def status(request: HttpRequest) -> HttpResponse:
    """The part of the frame that says whether anything is publishing."""
    changed = request.GET.get("lines") != Frame(request).mark
    return render(request, "syndication/status.html", {"lines_changed": changed})
