"""From chosen pieces to a batch: choose channels, check everything, send off."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView, View

from content.models import Piece
from content.writing import EditConflict
from desk.mending import mend
from desk.numbers import wholes
from desk.reviewing import FIXES, MOST_PIECES, MOST_POSTS, Cell, Channel, Grid
from desk.zones import zone_of
from organisation.models import Brand, User
from organisation.rights import PUBLISH_POST, WRITE_PIECE, may
from platforms.models import Account, ChannelType
from scheduling.batching import BatchRefused, Plan, When, send_off


class NotReviewable(Exception):
    """There is no batch to check; the sentence says why."""


@method_decorator(never_cache, name="dispatch")
class Assign(LoginRequiredMixin, TemplateView):
    """Which channels the chosen pieces go to."""

    template_name = "syndication/posting/assign.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except NotReviewable as reason:
            messages.warning(request, str(reason))
            return redirect("desk:ready_pieces")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pieces = pieces_asked(self.request.GET, self.request.user)  # type: ignore[arg-type]
        return super().get_context_data(
            pieces=pieces,
            channels=channels_of(pieces[0].brand),
            chosen=self.request.GET.getlist("to"),
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class Review(LoginRequiredMixin, View):
    """Everything that would go out, the problems first; then off it goes, once."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request, request.GET, uuid.uuid4())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            key = uuid.UUID(request.POST.get("key", ""))
        except ValueError as error:
            raise Http404("This form has no key.") from error
        return self._answer(request, request.POST, key)

    def _answer(self, request: HttpRequest, asked: QueryDict, key: uuid.UUID) -> HttpResponseBase:
        try:
            grid = grid_asked(asked, request.user)  # type: ignore[arg-type]
        except NotReviewable as reason:
            messages.warning(request, str(reason))
            return redirect("desk:ready_pieces")
        if request.method == "POST":
            return _send(request, grid, key)
        return render(
            request, "syndication/posting/posting_review.html", _context(request, grid, key)
        )


def pieces_asked(asked: QueryDict, user: User) -> list[Piece]:
    """Return the pieces a form names, all of one brand. Raises NotReviewable."""
    ids = _ids([*asked.getlist("piece"), *asked.get("more", "").split(",")])
    found = Piece.objects.visible_to(user).ready().filter(pk__in=ids, current__isnull=False)
    pieces = list(
        found.select_related("brand", "current")
        .prefetch_related("current__media__asset")
        .order_by("-updated_at", "-id")[: MOST_PIECES + 1]
    )
    if not pieces:
        raise NotReviewable("No piece was chosen. Choose one or more, then their channels.")
    if len(pieces) > MOST_PIECES:
        raise NotReviewable(f"At most {MOST_PIECES} pieces go into one batch. Choose fewer.")
    if len({piece.brand_id for piece in pieces}) > 1:
        raise NotReviewable("These pieces belong to several brands. Choose those of one brand.")
    if not any(may(user, right, pieces[0].brand) for right in (PUBLISH_POST, WRITE_PIECE)):
        raise PermissionDenied(f"Your role at {pieces[0].brand} does not include making posts.")
    return pieces


def channels_of(brand: Brand) -> list[Channel]:
    """Return every channel of the brand's accounts, by platform and account."""
    accounts = Account.objects.filter(brand=brand, platform__enabled=True)
    types: dict[int, list[ChannelType]] = {}
    for channel_type in ChannelType.objects.order_by("id"):
        types.setdefault(channel_type.platform_id, []).append(channel_type)
    return [
        Channel(account, channel_type)
        for account in accounts.select_related("platform").order_by("platform__name", "name")
        for channel_type in types.get(account.platform_id, ())
    ]


def grid_asked(asked: QueryDict, user: User) -> Grid:
    """Return the batch a form names. Raises NotReviewable."""
    pieces = pieces_asked(asked, user)
    wanted = set(asked.getlist("to"))
    channels = [channel for channel in channels_of(pieces[0].brand) if channel.key in wanted]
    if not channels:
        raise NotReviewable("No channel was chosen, so there is nothing to check.")
    if len(pieces) * len(channels) > MOST_POSTS:
        raise NotReviewable(
            f"{len(pieces)} pieces to {len(channels)} channels make {len(pieces) * len(channels)} "
            f"posts; {MOST_POSTS} is the most for one batch. Choose fewer."
        )
    return Grid(pieces, channels)


def _ids(values: list[str]) -> list[int]:
    return wholes(values)[: MOST_PIECES * 2]


def _context(
    request: HttpRequest, grid: Grid, key: uuid.UUID, refusals: tuple[str, ...] = ()
) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]
    posted = request.method == "POST"
    zones = {str(zone_of(user)), grid.brand.timezone} | {
        channel.account.timezone for channel in grid.channels
    }
    return {
        "grid": grid,
        "key": key,
        "refusals": refusals,
        "taken": set(request.POST.getlist("take")) if posted else _left_in(request.GET, grid),
        "may_write": may(user, WRITE_PIECE, grid.brand),
        "may_publish": may(user, PUBLISH_POST, grid.brand),
        "zones": sorted(zones),
        "zone": request.POST.get("zone") or str(zone_of(user)),
        "day": request.POST.get("day", ""),
        "time": request.POST.get("time", ""),
        "when": request.POST.get("when", ""),
        "today": timezone.localdate(),
    }


def _left_in(asked: QueryDict, grid: Grid) -> set[str]:
    return {cell.key for cell in grid.going} - set(asked.getlist("leave"))


@login_required
@require_POST
def review_fix(request: HttpRequest) -> HttpResponse:
    """Put right what one kind of problem stops, or all that can be, and show the batch again."""
    user: User = request.user  # type: ignore[assignment]
    try:
        grid = grid_asked(request.POST, user)
    except NotReviewable as reason:
        messages.warning(request, str(reason))
        return redirect("desk:ready_pieces")
    if not may(user, WRITE_PIECE, grid.brand):
        raise PermissionDenied(f"Your role at {grid.brand} does not include writing.")
    asked = request.POST.get("fix", "")
    codes = list(FIXES) if asked == "all" else [asked]
    try:
        _check_seen(request.POST, grid)
        mend(grid, codes, by=user)
    except (ValidationError, EditConflict) as error:
        messages.warning(request, " ".join(getattr(error, "messages", [str(error)])))
    return redirect(f"{reverse('desk:review')}?{_as_it_is(request.POST, grid, codes)}")


def _as_it_is(asked: QueryDict, grid: Grid, codes: Sequence[str]) -> str:
    """The address of the check, without accounts that are left out, and with what was unticked."""
    able = [c for c in grid.channels if c.account.can_send]
    kept = able if "account" in codes and able else grid.channels
    left_out = {cell.key for cell in grid.going} - set(asked.getlist("take"))
    query = QueryDict(mutable=True)
    query.setlist("piece", [str(piece.pk) for piece in grid.pieces])
    query.setlist("to", [channel.key for channel in kept])
    query.setlist("leave", sorted(left_out))
    return query.urlencode()


def _send(request: HttpRequest, grid: Grid, key: uuid.UUID) -> HttpResponseBase:
    """Make the batch. Whatever is wrong is said on the same page, and then nothing was made."""
    user: User = request.user  # type: ignore[assignment]
    plan = _plan(request.POST)
    right = WRITE_PIECE if plan.when is When.READY else PUBLISH_POST
    if not may(user, right, grid.brand):
        raise PermissionDenied(f"Your role at {grid.brand} does not include publishing.")
    try:
        cells = _taken(request.POST, grid)
        batch, _ = send_off(
            key, [cell.target() for cell in cells], plan, brand=grid.brand, by=user,
            now=timezone.now(),
        )  # fmt: skip
    except BatchRefused as refused:
        sentences = [f"{cells[place].piece}: {' '.join(reasons)}"
                     for place, reasons in refused.reasons.items()]  # fmt: skip
        return _again(request, grid, sentences)
    except ValidationError as error:
        return _again(request, grid, error.messages)
    return redirect("desk:batch", pk=batch.pk)


def _again(request: HttpRequest, grid: Grid, sentences: list[str]) -> HttpResponse:
    told = tuple(dict.fromkeys(sentences))
    # A new key: nothing was made under the old one, and what is checked now may be another batch.
    context = _context(request, grid, uuid.uuid4(), told)
    return render(request, "syndication/posting/posting_review.html", context, status=422)


def _taken(asked: QueryDict, grid: Grid) -> list[Cell]:
    """Return the posts the person left in. Raises ValidationError when they saw other words."""
    _check_seen(asked, grid)
    wanted = set(asked.getlist("take"))
    return [cell for cell in grid.cells if cell.key in wanted]


def _check_seen(asked: QueryDict, grid: Grid) -> None:
    """Raise ValidationError when a piece has other words than the person saw."""
    seen = set(asked.getlist("seen"))
    changed = [str(p) for p in grid.pieces if f"{p.pk}:{p.current_id}" not in seen]
    if changed:
        raise ValidationError(
            f"{', '.join(changed[:3])} changed a moment ago. Nothing was sent. "
            "Look at the new version below, then send."
        )


def _plan(asked: QueryDict) -> Plan:
    when = {"now": When.NOW, "at": When.AT}.get(asked.get("when", ""), When.READY)
    if when is not When.AT:
        return Plan(when)
    wall = f"{asked.get('day', '')} {asked.get('time', '')}".strip()
    return Plan(when, wall=wall, zone=asked.get("zone", ""))


@login_required
@never_cache
@require_safe
def review_preview(request: HttpRequest) -> HttpResponse:
    """One post of the batch as its platform will show it."""
    try:
        grid = grid_asked(request.GET, request.user)  # type: ignore[arg-type]
    except NotReviewable as error:
        raise Http404(str(error)) from error
    return render(request, "syndication/posting/_review_preview.html", {"cell": grid.cells[0]})
