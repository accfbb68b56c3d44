"""What language models are told: a list by channel, and a page for each with its preview."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic import TemplateView

from content.llm.endpoint import endpoint
from content.models import PromptTemplate
from content.writers.prompts import (
    VARIABLES,
    clean_template,
    default_for,
    save_template,
    template_for,
)
from content.writing import EditConflict
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from desk.views.create_piece import person
from desk.writing.prompts import VERSIONS_SHOWN, example, preview, prompts_of
from organisation.models import Brand
from organisation.rights import APPROVE_POST, may
from platforms.models import ChannelType


@method_decorator(never_cache, name="dispatch")
class Prompts(LoginRequiredMixin, TemplateView):
    """The prompts of one brand: the one asked for, the one that pages show, or the first."""

    template_name = "syndication/writing/prompts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        brands = reach_of(self.request).brands
        wanted = whole(self.request.GET.get("brand", ""))
        asked = next((brand for brand in brands if brand.pk == wanted), None)
        brand = asked or chosen_brand(self.request) or next(iter(brands), None)
        return super().get_context_data(
            brand=brand,
            brands=brands,
            rows=prompts_of(brand) if brand else [],
            model=endpoint(),
            **kwargs,
        )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prompt(request: HttpRequest, brand: int, pk: int) -> HttpResponse:
    """Show a prompt and what becomes of it; save it, or only look at it filled in (POST)."""
    of = get_object_or_404(Brand.objects.visible_to(request.user), pk=brand)
    kind = get_object_or_404(ChannelType.objects.select_related("platform"), pk=pk)
    may_change = may(request.user, APPROVE_POST, of)
    told = template_for(of, kind)
    text, number, errors = told.text, told.number, list[str]()
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied(f"Your role at {of} does not include changing prompts.")
        text, number = request.POST.get("text", ""), whole(request.POST.get("number", ""))
        errors, saved = _sent(request, of, kind, text, number)
        if saved:
            return redirect("desk:prompt", brand=of.pk, pk=kind.pk)
    elif wanted := whole(request.GET.get("version", "")):
        earlier = PromptTemplate.objects.filter(brand=of, channel_type=kind, number=wanted).first()
        text = (earlier.text if earlier else "") or default_for(kind.platform.slug, kind.slug)
    brief = example(of, kind)
    versions = PromptTemplate.objects.filter(brand=of, channel_type=kind).select_related("by")
    context = {
        "brand": of, "kind": kind, "told": told, "text": text, "number": number, "errors": errors,
        "may_change": may_change, "variables": VARIABLES, "brief": brief,
        "preview": preview(brief, told.text if errors else text),
        "versions": versions[:VERSIONS_SHOWN],
        "default": default_for(kind.platform.slug, kind.slug),
    }  # fmt: skip
    page = "syndication/writing/prompt.html"
    return render(request, page, context, status=422 if errors else 200)


def _sent(
    request: HttpRequest, brand: Brand, kind: ChannelType, text: str, number: int
) -> tuple[list[str], bool]:
    """Do what the form asks; return what is wrong with it, and whether it was saved."""
    act = request.POST.get("act", "")
    try:
        if act == "look":
            clean_template(text)
            return [], False
        words = "" if act == "original" else text
        save_template(brand, kind, words, by=person(request), expected=number)
    except ValidationError as refusal:
        return refusal.messages, False
    except EditConflict as conflict:
        address = reverse("desk:prompt", args=[brand.pk, kind.pk])
        return [
            f"{conflict} Yours stands below and is not saved. Open {address} to see theirs."
        ], False
    messages.success(request, f"The prompt of {kind} is saved.")
    return [], True
