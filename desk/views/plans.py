"""Recurring plans: the list, the form with what it says back, one plan and what is done to it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView, TemplateView

from content.models import Piece
from desk.numbers import whole
from desk.plans.form import PlanForm, filled_from
from desk.plans.pages import PlanList, PlanPage, left_from, next_times
from desk.reach import chosen_brand, reach_of
from desk.views.review import channels_of
from desk.zones import zone_of
from organisation.models import Brand, User
from organisation.rights import PUBLISH_POST, may
from posting.deciding import NotPossible
from scheduling.models import Occurrence, Schedule
from scheduling.recurring.changing import (
    Outcome,
    change_from,
    end,
    make_plan,
    pause,
    resume,
    skip,
    unskip,
)
from scheduling.recurring.expanding import expand
from scheduling.recurring.wording import in_words
from scheduling.walltime import parse_wall

AT_ONCE = 20  # posts made while the person waits; the rest follow within a minute
PIECES = 200  # to choose from
FORM = "syndication/scheduling/plan_form.html"
STEPS: dict[str, tuple[Callable[..., Outcome], str]] = {
    "pause": (pause, "The plan is paused. What waited is on hold."),
    "resume": (resume, "The plan goes on. Times that passed meanwhile are left out."),
    "end": (end, "The plan has ended."),
}


@method_decorator(never_cache, name="dispatch")
class Plans(LoginRequiredMixin, TemplateView):
    template_name = "syndication/scheduling/plans.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach, brand = reach_of(self.request), chosen_brand(self.request)
        asked = self.request.GET
        plans = PlanList(
            [brand] if brand else reach.brands,
            "ended" in asked,
            whole(asked.get("before", "")),
            timezone.now(),
        )
        return super().get_context_data(
            plans=plans, may_plan=bool(reach.where(PUBLISH_POST)), **kwargs
        )


@method_decorator(never_cache, name="dispatch")
class PlanDetail(LoginRequiredMixin, DetailView):
    template_name = "syndication/scheduling/plan.html"
    context_object_name = "plan"

    def get_queryset(self) -> QuerySet[Schedule]:
        plans = Schedule.objects.visible_to(self.request.user).select_related(
            "piece__current", "brand", "follows", "created_by"
        )
        return plans.prefetch_related("targets__account__platform", "targets__channel_type")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = PlanPage(self.object, timezone.now())
        may_change = may(self.request.user, PUBLISH_POST, self.object.brand)
        return super().get_context_data(page=page, may_change=may_change, **kwargs)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a new plan, show what it means, and make it."""
    user: User = request.user  # type: ignore[assignment]
    brand = brand_for(request)
    form = _form(request, brand, {"zone": str(zone_of(user)), "day": timezone.localdate(),
                                  "piece": request.GET.get("piece", "")})  # fmt: skip
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        now = timezone.now()
        try:
            plan = make_plan(brand, form.words, by=user, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            expand(plan, now, AT_ONCE)
            messages.success(request, "The plan is made. " + _told(plan))
            return redirect("desk:plan", pk=plan.pk)
    return _shown(request, form, {"brand": brand, "act": "Make the plan"})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int, nominal: str) -> HttpResponse:
    """Ask how the plan goes on from this time, and let another one take over there."""
    user: User = request.user  # type: ignore[assignment]
    plan, moment = _mine(request, pk), _wall(nominal)
    form = _form(request, plan.brand, filled_from(plan, moment, left_from(plan, moment)))
    context = {"brand": plan.brand, "plan": plan, "moment": moment, "act": "Change from here on"}
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        now, version = timezone.now(), whole(request.POST.get("version", ""))
        try:
            follower, outcome = change_from(
                plan, moment, form.words, version=version, by=user, now=now
            )
        except (ValidationError, NotPossible) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            expand(follower, now, AT_ONCE)
            messages.success(request, f"The plan goes on changed. {_kept(outcome)}")
            return redirect("desk:plan", pk=follower.pk)
    return _shown(request, form, context)


@login_required
@require_POST
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Pause, resume or end a plan."""
    if slug not in STEPS:
        raise Http404("There is no such step.")
    verb, words = STEPS[slug]
    plan, version = _mine(request, pk), whole(request.POST.get("version", ""))
    try:
        outcome = verb(plan, version=version, by=request.user, now=timezone.now())
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"{words} {_kept(outcome)}")
    return redirect("desk:plan", pk=plan.pk)


@login_required
@require_POST
def occurrence(request: HttpRequest, pk: int, row: int, slug: str) -> HttpResponse:
    """Skip one time of a plan, or have it after all."""
    if slug not in {"skip", "have"}:
        raise Http404("There is no such step.")
    plan = _mine(request, pk)
    by: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(
        Occurrence.objects.select_related("target__schedule__brand", "target__account", "post"),
        target__schedule=plan, pk=row,
    )  # fmt: skip
    now = timezone.now()
    try:
        if slug == "skip":
            skip(found.target, found.nominal_time, by=by, now=now)
            messages.success(request, f"{found.nominal_time:%d %B %H:%M} is skipped.")
        else:
            unskip(found, by=by, now=now)
            plan.refresh_from_db()
            expand(plan, now, AT_ONCE)
            messages.success(request, f"{found.nominal_time:%d %B %H:%M} is planned again.")
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:plan", pk=plan.pk)


def _shown(request: HttpRequest, form: PlanForm, context: dict[str, Any]) -> HttpResponse:
    """The form, and beside it what it says: in words, and the next times in each zone."""
    if form.is_bound and form.is_valid():
        words = form.words
        accounts = [account for account, _ in words.channels]
        context |= {
            "sentence": in_words(words.rule, words.start),
            "rule": words.rule,
            "times": next_times(words.rule, words.start, words.zone, accounts, timezone.now()),
        }
    context |= {
        "form": form,
        "ahead": settings.PLAN_AHEAD_DAYS,
        "channels": list(form.channels.values()),
        "chosen": set(form["to"].value() or []),
    }
    if "HX-Request" in request.headers:
        return render(request, "syndication/scheduling/_plan_times.html", context)
    refused = request.method == "POST" and not form.is_valid() and "look" not in request.POST
    return render(request, FORM, context, status=422 if refused else 200)


def _form(request: HttpRequest, brand: Brand, initial: dict[str, Any]) -> PlanForm:
    pieces = Piece.objects.ready().filter(brand=brand, current__isnull=False)
    recent = pieces.order_by("-updated_at", "-id").values("pk")[:PIECES]
    wanted = [row["pk"] for row in recent]
    for asked in (initial.get("piece"), request.POST.get("piece")):
        wanted.append(whole(str(asked or "")))
    return PlanForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        channels=channels_of(brand),
        pieces=pieces.filter(pk__in=wanted).order_by("title", "pk"),
    )


def brand_for(request: HttpRequest) -> Brand:
    """The brand something new is for: the piece's, the one asked for, or the first there is."""
    asked = request.POST if request.method == "POST" else request.GET
    mine = reach_of(request).where(PUBLISH_POST)
    if not mine:
        raise PermissionDenied("Your role does not include publishing.")
    wanted = whole(asked.get("brand", ""))
    if number := whole(asked.get("piece", "")):
        wanted = get_object_or_404(Piece.objects.visible_to(request.user), pk=number).brand_id
    if wanted:
        found = next((brand for brand in mine if brand.pk == wanted), None)
        if found is None:
            raise Http404("There is no such brand.")
        return found
    chosen = chosen_brand(request)
    return chosen if chosen in mine else mine[0]


def _mine(request: HttpRequest, pk: int) -> Schedule:
    plans = Schedule.objects.visible_to(request.user).select_related("brand", "piece__current")
    plan = get_object_or_404(plans, pk=pk)
    if not may(request.user, PUBLISH_POST, plan.brand):
        raise PermissionDenied(f"Your role at {plan.brand} does not include publishing.")
    return plan


def _wall(nominal: str) -> Any:
    try:
        return parse_wall(nominal)
    except ValidationError as error:
        raise Http404("There is no such time.") from error


def _told(plan: Schedule) -> str:
    refused = Occurrence.objects.filter(
        target__schedule=plan, state=Occurrence.State.REFUSED
    ).exists()
    return "Some times have no post yet; see why below." if refused else ""


def _kept(outcome: Outcome) -> str:
    if not outcome.kept:
        return ""
    named = ", ".join(f"{post}" for post in outcome.kept[:3])
    return f"On its way or out already, and left as it is: {named}."
