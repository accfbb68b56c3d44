"""The composer: one screen from a thought to posts, and what keeps it right while it is filled."""

import uuid
import zoneinfo
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from content.drafts import forget_draft
from content.writing import EditConflict
from desk.compose.checks import Checks
from desk.compose.composition import Composition
from desk.compose.filled import Filled, Picked, key_in
from desk.compose.fixes import apply_fix
from desk.compose.keeping import Kept, keep, left_open
from desk.compose.opening import opened
from desk.compose.sending import HOLDS, Errors, Refused, Sent, already_sent, send, text_errors
from desk.compose.times import notes_on_time, wants_time
from desk.compose.uploading import add_uploads, take_in
from desk.reach import chosen_brand
from organisation.models import User
from organisation.rights import WRITE_PIECE, brands_where, may

PAGE = "syndication/posting/compose.html"
SIGNED_OUT = "You are signed out. Nothing was lost."


@method_decorator(never_cache, name="dispatch")
class ComposePage(LoginRequiredMixin, View):
    """The form. Its buttons that put something right come back to it; the last one sends."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.GET.get("draft"):
            # The form's id stands in its address: back, forward and reload find the same form.
            query = request.GET.copy()
            query["draft"] = str(uuid.uuid4())
            brand = chosen_brand(request)
            if brand and may(request.user, WRITE_PIECE, brand):
                query.setdefault("brand", str(brand.pk))
            return redirect(f"{request.path}?{query.urlencode()}")
        composition = opened(request.GET, person(request), timezone.now())
        return render(request, PAGE, page_context(composition, fresh=True))

    def post(self, request: HttpRequest) -> HttpResponse:
        composition = composition_in(request.POST, person(request))
        refused = add_uploads(composition, request.FILES.getlist("upload"))
        errors: Errors = {"pictures": refused} if refused else {}
        fix = request.POST.get("fix", "")
        if fix or errors:
            composition = _fixed(composition, fix)
            return render(request, PAGE, page_context(composition, errors))
        return _send(request, composition, timezone.now())


def person(request: HttpRequest) -> User:
    """The person who is signed in; the views that ask have made sure of one."""
    user: User = request.user  # type: ignore[assignment]
    return user


def composition_in(data: QueryDict, user: User) -> Composition:
    """Read the form. Raises Http404 for what is none of ours, or none of theirs."""
    edits = data.get("draft_edits", "")
    known = int(edits) if edits.isascii() and edits.isdigit() and len(edits) < 9 else 0
    return Composition(Filled.from_post(data), user, key_in(data), known)


def _fixed(composition: Composition, fix: str) -> Composition:
    """Return the form after one press; another brand takes only the words along."""
    name, _, wanted = fix.partition(":")
    if name == "brand" and wanted.isdigit():
        filled = composition.filled
        filled.brand, filled.piece, filled.to, filled.pictures = int(wanted), None, [], []
        return _anew(composition)
    apply_fix(composition, fix)
    return composition


def _anew(composition: Composition) -> Composition:
    """The same form with rows as they are stored: what was undone may still stand in the others."""
    return Composition(
        composition.filled, composition.user, composition.key, composition.draft_edits
    )


def _send(request: HttpRequest, composition: Composition, now: datetime) -> HttpResponse:
    try:
        sent = send(composition, now)
    except Refused as refusal:
        return render(request, PAGE, page_context(_anew(composition), refusal.errors))
    except EditConflict:
        return render(request, PAGE, page_context(_anew(composition), conflict=True))
    return _after(request, sent, composition)


def _after(request: HttpRequest, sent: Sent, composition: Composition) -> HttpResponse:
    if not sent.new:
        messages.info(
            request,
            "This form had been sent before, so nothing was sent a second time. To send "
            "something else, begin a new post.",
        )
    if sent.batch:
        return redirect("desk:batch", pk=sent.batch.pk)
    if sent.new:
        messages.success(request, f"“{sent.piece}” is saved as ready. No post was made yet.")
    piece = sent.piece.pk if sent.piece else ""
    return redirect(f"{reverse('desk:compose')}?piece={piece}&done={composition.key}")


def page_context(
    composition: Composition,
    errors: Errors | None = None,
    *,
    fresh: bool = False,
    conflict: bool = False,
) -> dict[str, Any]:
    """Everything the page shows. `fresh`: the browser may put back what it kept itself."""
    return {
        **checked_context(composition, errors or {}),
        "fresh": fresh,
        "sent": already_sent(composition),
        "conflict": conflict,
        "left_open": left_open(composition),
        "zones": sorted(zoneinfo.available_timezones()),
        "holds": HOLDS,
    }


def checked_context(composition: Composition, errors: Errors) -> dict[str, Any]:
    """The parts that follow what is typed."""
    return {
        "c": composition,
        "filled": composition.filled,
        "channels": composition.channels,
        "checks": Checks(composition),
        "notes": notes_on_time(composition, timezone.now()),
        "timed": wants_time(composition),
        "errors": errors,
        "kept": Kept(composition.draft_edits),
    }


@never_cache
@require_POST
def compose_check(request: HttpRequest) -> HttpResponseBase:
    """Keep the form and say what it comes to: counts, problems, previews, the time."""
    if not request.user.is_authenticated:
        return HttpResponse(SIGNED_OUT, status=401)
    composition = composition_in(request.POST, person(request))
    errors = {} if composition.filled.says_nothing else text_errors(composition)
    context = checked_context(composition, errors)
    sent = already_sent(composition)
    if sent is None:
        context["kept"] = keep(composition, timezone.now())
    return render(request, "syndication/posting/compose/_checked.html", {**context, "sent": sent})


@never_cache
@require_POST
def compose_picture(request: HttpRequest) -> HttpResponseBase:
    """Take in one picture and return its row, or the sentence that says what is wrong with it."""
    if not request.user.is_authenticated:
        return HttpResponse(SIGNED_OUT, status=401)
    wanted = request.POST.get("brand", "")
    brands = brands_where(request.user, WRITE_PIECE)
    brand = get_object_or_404(brands, pk=int(wanted) if wanted.isdigit() else 0)
    upload = request.FILES.get("upload")
    if upload is None:
        return JsonResponse({"refused": "No picture came with it. Choose a file."})
    try:
        asset = take_in(upload, brand, person(request))
    except ValidationError as error:
        return JsonResponse({"refused": " ".join(error.messages)})
    picked = Picked(asset.pk, asset.alt, asset.decorative)
    context = {"picked": picked, "asset": asset, "errors": {}}
    row = render_to_string("syndication/posting/compose/_picture.html", context, request)
    return JsonResponse({"id": asset.pk, "row": row})


@never_cache
@require_POST
def compose_forget(request: HttpRequest) -> HttpResponseBase:
    """Throw away a form that was begun and not sent."""
    if not request.user.is_authenticated:
        return redirect("desk:sign_in")
    forget_draft(key_in(request.POST), person(request))
    messages.success(request, "The unsent post was thrown away.")
    return redirect("desk:compose")
