"""A few sentences about each page."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from desk.asking import ask
from desk.guidance import help_template


@login_required
@require_safe
def page_help(request: HttpRequest, name: str) -> HttpResponse:
    template = help_template(name)
    if not template:
        raise Http404("There is no help on that page.")
    context = {"help": template}
    return ask(request, "syndication/_help.html", context, title="About this page")
