"""Tables brought in: chosen, their columns named, checked, confirmed, undone."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView

from desk.compose.filled import key_in
from desk.imports.pages import ImportPage, reading_in, recent_imports
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from desk.views.home import for_polling
from organisation.models import User
from organisation.rights import WRITE_PIECE, may
from posting.deciding import NotPossible
from scheduling.importing import bringing, confirming, working
from scheduling.models import Import
from scheduling.walltime import zone_named


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file and a brand (GET); keep it and go on to its columns (POST)."""
    user: User = request.user  # type: ignore[assignment]
    brands = reach_of(request).where(WRITE_PIECE)
    if not brands:
        raise PermissionDenied("Your role does not include writing.")
    refused = ""
    if request.method == "POST":
        wanted = whole(request.POST.get("brand", ""))
        brand = next((one for one in brands if one.pk == wanted), None)
        if brand is None:
            raise Http404("There is no such brand.")
        upload = request.FILES.get("file")
        if upload is None:
            refused = "No file came with it. Choose one."
        else:
            try:
                imported = bringing.bring(
                    key_in(request.POST), upload, upload.name or "", upload.size or 0,
                    brand=brand, by=user, now=timezone.now(),
                )  # fmt: skip
                return redirect("desk:import", pk=imported.pk)
            except ValidationError as error:
                refused = " ".join(error.messages)
    context = {
        "brands": brands, "chosen": chosen_brand(request), "key": uuid.uuid4(), "refused": refused,
        "recent": recent_imports(reach_of(request).brands, timezone.now()),
    }  # fmt: skip
    status = 422 if refused else 200
    return render(request, "syndication/imports/imports.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class ImportDetail(LoginRequiredMixin, DetailView):
    """What is to be done next with a table, or what came of it."""

    template_name = "syndication/imports/import.html"
    context_object_name = "imported"

    def get_queryset(self) -> QuerySet[Import]:
        return visible(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**context(self.request, self.object), **kwargs)


@for_polling
def import_live(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The part of the page that changes while a worker is at it."""
    imported = get_object_or_404(visible(request), pk=pk)
    return render(request, "syndication/imports/_live.html", context(request, imported))


@login_required
@require_POST
def import_act(request: HttpRequest, pk: uuid.UUID, slug: str) -> HttpResponse:
    """Have a table checked or imported, go back to its columns, discard or undo it."""
    if slug not in ACTS:
        raise Http404("There is no such thing to do.")
    imported = get_object_or_404(visible(request), pk=pk)
    if not may(request.user, WRITE_PIECE, imported.brand):
        raise PermissionDenied(f"Your role at {imported.brand} does not include writing.")
    try:
        ACTS[slug](request, imported)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
    if not Import.objects.filter(pk=pk).exists():
        return redirect("desk:imports")
    return redirect(reverse("desk:import", args=[pk]))


def visible(request: HttpRequest) -> QuerySet[Import]:
    found = Import.objects.visible_to(request.user)
    return found.select_related("brand", "by", "batch", "confirmed_by")


def context(request: HttpRequest, imported: Import) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]
    page = ImportPage(imported, user, timezone.now(), whole(request.GET.get("page", "")) or 1)
    may_write = may(user, WRITE_PIECE, imported.brand)
    return {"imported": imported, "page": page, "may_write": may_write}


def _check(request: HttpRequest, imported: Import) -> None:
    reading = reading_in(request.POST, imported)
    if reading.zone:
        zone_named(reading.zone)
    bringing.set_reading(imported, reading, version=_version(request), now=timezone.now())
    working.ask_for_work(imported)


def _columns(request: HttpRequest, imported: Import) -> None:
    bringing.back_to_columns(imported, version=_version(request), now=timezone.now())


def _confirm(request: HttpRequest, imported: Import) -> None:
    by: User = request.user  # type: ignore[assignment]
    if refusal := confirming.why_not(imported, by):
        raise NotPossible(f"{refusal} Nothing was imported.")
    bringing.ask_to_save(
        imported, digest=request.POST.get("digest", ""),
        without_bad=bool(request.POST.get("without_bad")), by=by, version=_version(request),
        now=timezone.now(),
    )  # fmt: skip
    working.ask_for_work(imported)
    imported.refresh_from_db()
    if imported.state == Import.State.DONE:
        messages.success(request, "It is imported. All of it can be undone until a post leaves.")


def _discard(request: HttpRequest, imported: Import) -> None:
    bringing.discard(imported)
    messages.success(request, "The file is thrown away. Nothing was imported.")


def _undo(request: HttpRequest, imported: Import) -> None:
    by: User = request.user  # type: ignore[assignment]
    outcome = confirming.undo(imported, by=by, now=timezone.now())
    if outcome.pieces or outcome.posts:
        messages.success(
            request,
            f"Taken back: {_number(outcome.posts, 'post')} cancelled, "
            f"{_number(outcome.pieces, 'piece')} put into the archive.",
        )
    if kept := outcome.kept_pieces:
        messages.warning(
            request,
            f"{_number(kept, 'piece')} and {_number(outcome.kept_posts, 'post')} stay: somebody "
            "changed them since, or made other posts of them.",
        )
    if not any((outcome.pieces, outcome.posts, outcome.kept_pieces)):
        messages.info(request, "It was undone already.")


ACTS: dict[str, Callable[[HttpRequest, Import], None]] = {
    "check": _check,
    "columns": _columns,
    "confirm": _confirm,
    "discard": _discard,
    "undo": _undo,
}


def _version(request: HttpRequest) -> int:
    return whole(request.POST.get("version", ""))


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
