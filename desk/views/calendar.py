"""The calendar: its page, what it draws, the side panel, moving a post and taking a move back."""

import hashlib
import json
import uuid
import zoneinfo
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import TemplateView

from desk.asking import way_back
from desk.calendar.clock import BadWindow, Clock, choices, zone_words
from desk.calendar.events import Window
from desk.calendar.marks import marks_on
from desk.calendar.moving import MoveForm, Refusal, against, next_free, said
from desk.calendar.ready import Ready
from desk.calendar.suggested import suggestions_between
from desk.calendar.told import meant, moments, times_of
from desk.compose.times import note_on
from desk.conflicts import told_of
from desk.decisions import takes_a_time
from desk.listing.kinds import CALENDAR
from desk.listing.page import PostList
from desk.reach import asked_of, reach_of
from desk.views import post as post_page
from desk.whom import deciders_for
from desk.zones import zone_of
from organisation.models import User
from organisation.rights import PUBLISH_POST, WRITE_PIECE, may
from posting.deciding import NotPossible
from posting.models import Post
from posting.states import Status
from scheduling.models import Proposal
from scheduling.moving import Before, move, take_back
from scheduling.timing import instant_to_send

NO_WINDOW = "Those are no days that can be shown together."
SIGNED_OUT = "You are signed out. Nothing was saved. Sign in again, then go on."
# FullCalendar's style element brings a font of its icons in a data: address, used or not.
FONT = {"font-src": ["data:"]}
# What stands in the address beside the filters.
KEPT = ("view", "date", "zone", "suggested", "proposal")
View = Callable[..., HttpResponseBase]


def for_scripts(view: View) -> View:
    """What the page asks for by itself: without a session 401, never a page to sign in."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(SIGNED_OUT, status=401)
        return view(request, *args, **kwargs)

    return never_cache(wrapped)


@method_decorator(never_cache, name="dispatch")
@method_decorator(csp_update(FONT), name="dispatch")
class CalendarPage(LoginRequiredMixin, TemplateView):
    """The frame of the calendar. What stands in it is asked for by the page."""

    template_name = "syndication/scheduling/scheduling_hub.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, now = self.request, timezone.now()
        posts, clock, viewers = _posts(request, now), _clock(request), zone_of(request.user)
        reach = reach_of(request)
        shown = [account for account in posts.accounts if account.brand_id in posts.brand_ids]
        return super().get_context_data(
            posts=posts,
            clock=clock,
            zones=choices(clock, viewers, shown, now),
            zone_words=zone_words(clock.zone, now),
            ready=Ready(posts, reach),
            kept=[(name, request.GET[name][:64]) for name in KEPT if name in request.GET],
            proposal=_proposal(request, now),
            may_write=[b for b in reach.where(WRITE_PIECE) if b.pk in posts.brand_ids],
            may_move=[b for b in reach.where(PUBLISH_POST) if b.pk in posts.brand_ids],
            **kwargs,
        )


@for_scripts
@require_safe
def calendar_events(request: HttpRequest) -> HttpResponseBase:
    """What stands between two days; 304 while it is what the page shows already."""
    now = timezone.now()
    try:
        window = _window(request, now).as_json()
    except (BadWindow, ValueError, OverflowError):
        return HttpResponse(NO_WINDOW, status=400)
    body = json.dumps(window, separators=(",", ":"), ensure_ascii=False)
    lasting = json.dumps({**window, "now": ""}, separators=(",", ":"))  # the minute is no change
    tag = f'"{hashlib.sha256(lasting.encode()).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/json", headers={"ETag": tag})
    return get_conditional_response(request, etag=tag, response=response) or response


@for_scripts
@require_safe
def calendar_marks(request: HttpRequest) -> HttpResponse:
    """What speaks against the posts of a window, asked for once its events are drawn.

    Apart from the events, because comparing the texts of a full month takes longer than they do.
    """
    try:
        marks = _window(request, timezone.now()).conflicts_as_json()
    except (BadWindow, ValueError, OverflowError):
        return HttpResponse(NO_WINDOW, status=400)
    return JsonResponse({"marks": marks})


@for_scripts
@require_safe
def calendar_suggestions(request: HttpRequest) -> HttpResponse:
    """Free times at which posts of the accounts do well, for whoever switched them on."""
    now = timezone.now()
    try:
        window = _window(request, now)
        start, end = window.clock.span(window.first, window.last)
        found = suggestions_between(window.posts, window.clock, start, end, now)
    except (BadWindow, ValueError, OverflowError):
        return HttpResponse(NO_WINDOW, status=400)
    return JsonResponse(found)


@for_scripts
@require_safe
def calendar_ready(request: HttpRequest) -> HttpResponse:
    """The list of what waits for a time, anew."""
    ready = Ready(_posts(request, timezone.now()), reach_of(request))
    return render(request, "syndication/scheduling/_ready.html", {"ready": ready})


@for_scripts
@require_safe
def calendar_post(request: HttpRequest, pk: int) -> HttpResponse:
    """The side panel: what, when by each clock, its state, its account, and what can be done."""
    now, viewers, clock = timezone.now(), zone_of(request.user), _clock(request)
    post = get_object_or_404(post_page.visible_posts(request.user), pk=pk)
    times = times_of(post, clock, viewers)
    account = post.account
    decisions = post_page.choices(request.user, post, now)
    may_move = may(request.user, PUBLISH_POST, post.brand)
    conflicts = told_of(post, now)
    told = {conflict.kind for conflict in conflicts.conflicts}
    marks = marks_on(post.status, post.holds, post.due_at, account, now)
    context = {
        "post": post,
        "conflicts": conflicts,
        "may_fix": may_move,
        "back": way_back(request),
        "times": times,
        "meant": meant(post, times),
        "marks": [mark for mark in marks if mark.says not in told],
        "choices": [decision for decision, _ in decisions if decision.slug != "schedule"],
        "movable": may_move and takes_a_time(post, now),
        "whom_to_ask": "" if may_move else deciders_for(post.brand, PUBLISH_POST),
        "may_reword": post_page.may_reword(request.user, post),
    }
    return render(request, "syndication/scheduling/_panel.html", context)


@for_scripts
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for another time (GET), or give it to the post (POST), which answers in JSON.

    A refusal changes nothing and says why, with the times next to a gap or the two of an overlap.
    """
    post = _movable(request, pk)
    now, clock = timezone.now(), _clock(request)
    if request.method != "POST":
        return _ask(request, post, clock, now)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"refused": " ".join(form.problems)}, status=422)
    asked = form.cleaned_data
    by: User = request.user  # type: ignore[assignment]
    try:
        before = move(
            post, wall=asked["wall"], zone=asked["zone"], fold=asked["fold"],
            version=asked["version"], by=by, now=now,
        )  # fmt: skip
    except NotPossible as refusal:
        return Refusal(str(refusal), url=reverse("desk:post", args=[pk])).answer(409)
    except ValidationError as refusal:
        return Refusal.of(refusal, asked["wall"], asked["zone"], now).answer(422)
    warned = against(post, post.due_at, now) if post.due_at else []
    return JsonResponse(
        {
            "said": said(post, asked["zone"]),
            "undo": _undo(post, before),
            "warned": [conflict.sentence for conflict in warned],
        }
    )


@for_scripts
@require_POST
def calendar_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a post back to where it stood before a move, unless it is leaving or was changed."""
    post = _movable(request, pk)
    form = MoveForm(request.POST, back=True)
    if not form.is_valid():
        return JsonResponse({"refused": " ".join(form.problems)}, status=422)
    asked = form.cleaned_data
    status = Status.SCHEDULED if asked["wall"] else Status.READY
    before = Before(status, asked["wall"], asked["zone"], asked["fold"] or 0)
    by: User = request.user  # type: ignore[assignment]
    try:
        take_back(post, before, version=asked["version"], by=by, now=timezone.now())
    except NotPossible as refusal:
        return Refusal(str(refusal), url=reverse("desk:post", args=[pk])).answer(409)
    except ValidationError as refusal:
        return Refusal(" ".join(refusal.messages)).answer(422)
    words = said(post, asked["zone"]) if asked["wall"] else "ready, without a time"
    return JsonResponse({"said": words})


@for_scripts
@require_safe
def calendar_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What a time would come to for this post, while it is being chosen."""
    post = _movable(request, pk)
    wall, zone = request.GET.get("wall", "")[:40], request.GET.get("zone", "")[:64]
    fold, now = request.GET.get("fold", ""), timezone.now()
    fold = fold if fold in ("0", "1") else ""
    note = note_on(wall, zone, fold, now)
    context: dict[str, Any] = {"note": note, "fold": fold}
    if not note.stop or note.twice:
        at = instant_to_send(wall, zone, int(fold or 0), now)
        conflicts = against(post, at, now)
        context |= {
            "times": moments(at, post, _clock(request), zone_of(request.user), first=zone),
            "conflicts": conflicts,
            "free": next_free(post, at, zone, conflicts, now),
        }
    return render(request, "syndication/scheduling/_check.html", context)


def _ask(request: HttpRequest, post: Post, clock: Clock, now: datetime) -> HttpResponse:
    viewers, account = zone_of(request.user), post.account
    zone = zoneinfo.ZoneInfo(clock.of(account))
    offered = {zone.key: "", viewers.key: ", yours", account.timezone: ", the account’s"}
    named = [
        (name, f"{zone_words(zoneinfo.ZoneInfo(name), post.due_at or now)}{whose}")
        for name, whose in offered.items()
    ]
    at = post.due_at.astimezone(zone) if post.due_at else None
    context = {"post": post, "at": at, "zones": named}
    return render(request, "syndication/scheduling/_move.html", context)


def _movable(request: HttpRequest, pk: int) -> Post:
    """The post, for one who may give it a time. Another brand's is not found."""
    mine = Post.objects.visible_to(request.user)
    post = get_object_or_404(
        mine.for_list().select_related("piece_version", "platform").prefetch_related("steps"), pk=pk
    )
    if not may(request.user, PUBLISH_POST, post.brand):
        raise PermissionDenied(f"Your role at {post.brand} does not include giving posts a time.")
    return post


def _undo(post: Post, before: Before) -> dict[str, Any] | None:
    """What the page sends to take the move back; nothing where that cannot be."""
    if not before.can_come_back:
        return None
    return {
        "version": post.version, "wall": before.wall, "zone": before.zone, "fold": before.fold,
    }  # fmt: skip


def _window(request: HttpRequest, now: datetime) -> Window:
    """The days asked for. Raises ValueError, OverflowError, and BadWindow once it is read."""
    first, last = (date.fromisoformat(request.GET.get(n, "")) for n in ("first", "last"))
    return Window(
        _posts(request, now), reach_of(request), _clock(request), first, last, now,
        _proposal(request, now),
    )  # fmt: skip


def _proposal(request: HttpRequest, now: datetime) -> Proposal | None:
    """The open proposal that the address names; None for one that is over, or another's."""
    try:
        wanted = uuid.UUID(request.GET.get("proposal", "")[:40])
    except ValueError:
        return None
    found = Proposal.objects.visible_to(request.user).open(now)
    return found.select_related("brand").filter(pk=wanted).first()


def _posts(request: HttpRequest, now: datetime) -> PostList:
    return PostList(CALENDAR, asked_of(request), user=request.user, now=now)  # type: ignore[arg-type]


def _clock(request: HttpRequest) -> Clock:
    return Clock.read(request.GET.get("zone", "")[:64], zone_of(request.user))
