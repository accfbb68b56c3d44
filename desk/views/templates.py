"""Schedule templates: the list, and the form in which one is made, changed and removed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import TemplateView

from desk.bulk.pages import TemplateList
from desk.bulk.template_form import TemplateForm
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from desk.views.plans import brand_for
from desk.views.review import channels_of
from organisation.models import Brand, User
from organisation.rights import PUBLISH_POST, may
from posting.deciding import NotPossible
from scheduling.models import ScheduleTemplate
from scheduling.templates import change_template, make_template, remove_template

FORM = "syndication/scheduling/template_form.html"


@method_decorator(never_cache, name="dispatch")
class Templates(LoginRequiredMixin, TemplateView):
    template_name = "syndication/scheduling/templates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach, brand = reach_of(self.request), chosen_brand(self.request)
        before = whole(self.request.GET.get("before", ""))
        shown = TemplateList([brand] if brand else reach.brands, before)
        mine = reach.where(PUBLISH_POST)
        return super().get_context_data(
            templates=shown, may_make=bool(mine), mine={one.pk for one in mine}, **kwargs
        )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a new template, and make it."""
    return _edit(request, brand_for(request), None)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a template and, to one who may schedule, its form."""
    template = _visible(request, pk)
    if not may(request.user, PUBLISH_POST, template.brand):
        if request.method == "POST":
            raise PermissionDenied(f"Your role at {template.brand} does not include scheduling.")
        return render(request, "syndication/scheduling/template.html", {"template": template})
    return _edit(request, template.brand, template)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a template away. Posts keep their times."""
    template = _visible(request, pk)
    if not may(request.user, PUBLISH_POST, template.brand):
        raise PermissionDenied(f"Your role at {template.brand} does not include scheduling.")
    by: User = request.user  # type: ignore[assignment]
    remove_template(template, by=by)
    messages.success(request, f"“{template}” is removed. Posts keep the times they have.")
    return redirect("desk:templates")


def _edit(request: HttpRequest, brand: Brand, template: ScheduleTemplate | None) -> HttpResponse:
    asked = request.POST if request.method == "POST" else None
    form = TemplateForm(asked, channels=channels_of(brand), template=template)
    version = whole(request.POST.get("version", "")) if asked else 0
    if asked is not None and not form.act:
        saved = _save(request, brand, template, form, version)
        if saved is not None:
            messages.success(request, f"“{saved}” is saved.")
            return redirect("desk:templates")
    context = {
        "brand": brand, "form": form, "template": template,
        "version": version or (template.version if template else 0),
    }  # fmt: skip
    if "HX-Request" in request.headers:
        return render(request, "syndication/scheduling/_template_steps.html", context)
    refused = asked is not None and not form.act
    return render(request, FORM, context, status=422 if refused else 200)


def _save(
    request: HttpRequest,
    brand: Brand,
    template: ScheduleTemplate | None,
    form: TemplateForm,
    version: int,
) -> ScheduleTemplate | None:
    """Save what the form says; None where it cannot be, which the form then tells."""
    by: User = request.user  # type: ignore[assignment]
    if not form.is_valid():
        return None
    try:
        if template is None:
            return make_template(brand, form.said, form.steps, by=by)
        change_template(template, form.said, form.steps, version=version, by=by)
    except ValidationError as refusal:
        form.errors = refusal.messages
        return None
    except NotPossible as refusal:
        form.errors = [str(refusal)]
        return None
    return template


def _visible(request: HttpRequest, pk: int) -> ScheduleTemplate:
    rows = ScheduleTemplate.objects.visible_to(request.user).select_related("brand")
    return get_object_or_404(
        rows.prefetch_related("steps__account__platform", "steps__channel_type__platform"), pk=pk
    )
