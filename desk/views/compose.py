"""The composer: one screen from a thought to posts, and what keeps it right while it is filled."""

import uuid
import zoneinfo
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from content.drafts import forget_draft
from content.models import MediaAsset
from content.writing import EditConflict
from desk.compose.anew import begun_anew, moved_to_brand, says_what_went
from desk.compose.checks import Checks
from desk.compose.composition import Composition
from desk.compose.filled import Filled, Picked, key_in
from desk.compose.fixes import apply_fix
from desk.compose.keeping import Kept, keep, left_open
from desk.compose.opening import opened
from desk.compose.sending import (
    HOLDS,
    Errors,
    Refused,
    Sent,
    already_sent,
    overtaken,
    send,
    text_errors,
)
from desk.compose.suggested import offers
from desk.compose.times import notes_on_time, wants_time
from desk.compose.uploading import add_chosen, add_uploads, take_in
from desk.numbers import whole, wholes
from desk.reach import chosen_brand
from desk.views.not_sent import not_sent
from organisation.models import Brand, User
from organisation.rights import WRITE_PIECE, brands_where
from scheduling.slots import queues_of

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
            return redirect(f"{request.path}?{query.urlencode()}")
        brand = chosen_brand(request)
        composition = opened(request.GET, person(request), brand, timezone.now())
        if request.GET.get("picture"):
            return _with_chosen(request, composition)
        return page(request, composition, fresh=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        composition = composition_in(request.POST, person(request))
        refused = add_uploads(composition, request.FILES.getlist("upload"))
        before = already_sent(composition)
        if before:
            return _sent_before(request, composition, before)
        errors: Errors = {"pictures": refused} if refused else {}
        fix = request.POST.get("fix", "")
        if fix == "library" and not errors:
            return _to_the_library(composition)
        if fix or errors:
            composition = _fixed(request, composition, fix)
            return page(request, composition, errors, kept=keep(composition, timezone.now()))
        return _send(request, composition, timezone.now())

    def handle_no_permission(self) -> HttpResponseRedirect:
        if self.request.method == "POST" and not self.request.user.is_authenticated:
            return not_sent(self.request)  # type: ignore[return-value]
        return super().handle_no_permission()


def person(request: HttpRequest) -> User:
    """The person who is signed in; the views that ask have made sure of one."""
    user: User = request.user  # type: ignore[assignment]
    return user


def composition_in(data: QueryDict, user: User) -> Composition:
    """Read the form. Raises Http404 for what is none of ours, or none of theirs."""
    known = whole(data.get("draft_edits", ""))
    return Composition(Filled.from_post(data), user, key_in(data), known)


def _fixed(request: HttpRequest, composition: Composition, fix: str) -> Composition:
    """Return the form after one press."""
    name, _, wanted = fix.partition(":")
    if name != "brand" or whole(wanted) in (0, composition.brand.pk):
        apply_fix(composition, fix)
        return composition
    moved = moved_to_brand(composition, whole(wanted))
    messages.info(
        request,
        f"This post is for {moved.brand} now. Its words came along; accounts and pictures "
        f"are those of {composition.brand} and did not.",
    )
    return moved


def _to_the_library(composition: Composition) -> HttpResponse:
    """Without scripts: the library as a page, which leads back to the form as it was kept."""
    keep(composition, timezone.now())
    query = urlencode({"brand": composition.brand.pk, "draft": composition.key})
    return redirect(f"{reverse('desk:media_choose')}?{query}")


def _with_chosen(request: HttpRequest, composition: Composition) -> HttpResponse:
    """Add what the address names, and go on at an address that adds nothing when it is reloaded."""
    refused = add_chosen(composition, wholes(request.GET.getlist("picture")))
    kept = keep(composition, timezone.now())
    if refused or kept.at is None:
        return page(request, composition, {"pictures": refused} if refused else {}, kept=kept)
    query = request.GET.copy()
    for name in ("picture", "brand"):
        query.pop(name, None)
    return redirect(f"{request.path}?{query.urlencode()}")


def _anew(composition: Composition) -> Composition:
    """The same form with rows as they are stored: what was undone may still stand in the others."""
    return Composition(
        composition.filled, composition.user, composition.key, composition.draft_edits
    )


def _send(request: HttpRequest, composition: Composition, now: datetime) -> HttpResponse:
    try:
        sent = send(composition, now)
    except Refused as refusal:
        return page(request, _anew(composition), refusal.errors)
    except EditConflict:
        return page(request, _anew(composition))
    if not sent.new:
        return _sent_before(request, composition, sent)
    if sent.piece:
        messages.success(request, f"“{sent.piece}” is saved as ready. No post was made yet.")
    return _after(sent, composition)


def _sent_before(request: HttpRequest, composition: Composition, sent: Sent) -> HttpResponse:
    """Nothing goes out a second time. Other words than those that went become a new form."""
    if says_what_went(composition, sent):
        messages.info(
            request,
            "This form had been sent before, so nothing was sent a second time. To send "
            "something else, begin a new post.",
        )
        return _after(sent, composition)
    anew = begun_anew(composition)
    messages.warning(
        request,
        "The form had been sent before and went out as it was then. What you wrote since was not "
        "sent. It stands here as a new post, with no account chosen yet.",
    )
    kept = keep(anew, timezone.now())
    if kept.at is None:
        return page(request, anew, text_errors(anew))
    return redirect(f"{reverse('desk:compose')}?draft={anew.key}")


def _after(sent: Sent, composition: Composition) -> HttpResponse:
    if sent.batch:
        return redirect("desk:batch", pk=sent.batch.pk)
    piece = sent.piece.pk if sent.piece else ""
    return redirect(f"{reverse('desk:compose')}?piece={piece}&done={composition.key}")


def page(
    request: HttpRequest, composition: Composition, errors: Errors | None = None, **more: Any
) -> HttpResponse:
    """The form; or, in its place, that it was sent and what became of it."""
    return render(request, PAGE, page_context(request, composition, errors, **more))


def page_context(
    request: HttpRequest,
    composition: Composition,
    errors: Errors | None = None,
    *,
    kept: Kept | None = None,
    fresh: bool = False,
) -> dict[str, Any]:
    """Everything the page shows. `fresh`: the browser may put back what it kept itself."""
    return {
        **checked_context(composition, errors or {}),
        "kept": kept or Kept(composition.draft_edits),
        "elsewhere": chosen_brand(request) not in (None, composition.brand),
        "fresh": fresh,
        "sent": already_sent(composition),
        "left_open": left_open(composition),
        "zones": sorted(zoneinfo.available_timezones()),
        "holds": HOLDS,
    }


def checked_context(composition: Composition, errors: Errors) -> dict[str, Any]:
    """The parts that follow what is typed."""
    now = timezone.now()
    return {
        "c": composition,
        "filled": composition.filled,
        "channels": composition.channels,
        "checks": Checks(composition, now),
        "notes": notes_on_time(composition, now),
        "timed": wants_time(composition),
        "offers": offers(composition, now),
        "queues": queues_of({place.account.pk for place in composition.places}),
        "errors": errors,
        "overtaken": overtaken(composition),
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
    brand = get_object_or_404(brands, pk=whole(wanted))
    try:
        asset = _picture_in(request, brand)
    except ValidationError as error:
        return JsonResponse({"refused": " ".join(error.messages)})
    picked = Picked.of(asset)
    context = {"picked": picked, "asset": asset, "errors": {}}
    row = render_to_string("syndication/posting/compose/_picture.html", context, request)
    return JsonResponse({"id": asset.pk, "row": row})


def _picture_in(request: HttpRequest, brand: Brand) -> MediaAsset:
    """Keep what was uploaded, or find what was chosen in the library. Raises ValidationError."""
    if request.POST.get("asset"):
        wanted = whole(request.POST["asset"])
        chosen = MediaAsset.objects.filter(brand=brand, pk=wanted).first()
        if chosen is None:
            raise ValidationError("This is no longer in the library. Choose another.")
        return chosen
    upload = request.FILES.get("upload")
    if upload is None:
        raise ValidationError("No picture came with it. Choose a file.")
    return take_in(upload, brand, person(request))


@never_cache
@require_POST
def compose_forget(request: HttpRequest) -> HttpResponseBase:
    """Throw away a form that was begun and not sent."""
    if not request.user.is_authenticated:
        return redirect("desk:sign_in")
    forget_draft(key_in(request.POST), person(request))
    messages.success(request, "The unsent post was thrown away.")
    return redirect("desk:compose")
