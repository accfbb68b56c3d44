"""Times for many posts: asking for them, looking at what is proposed, confirming, undoing."""

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

from desk.bulk.chosen import Chosen, NotChosen
from desk.bulk.form import BulkForm
from desk.bulk.pages import ProposalPage, recent_proposals
from desk.many import posts as posts_in_words
from desk.numbers import whole, wholes
from desk.reach import chosen_brand, reach_of
from desk.views.review import channels_of
from organisation.models import User
from organisation.rights import PUBLISH_POST, may
from posting.deciding import NotPossible
from scheduling.batching import BatchRefused
from scheduling.bulk import proposing
from scheduling.bulk.confirming import confirm, undo
from scheduling.bulk.looking import Look, Seen
from scheduling.models import Proposal

TOLD = 8  # posts whose reasons are told one by one


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Ask how many posts get their times, and propose them. Nothing is scheduled by it.

    A POST with `list` comes from the selection bar of the posting hub, and is answered with the
    form as a GET is.
    """
    user: User = request.user  # type: ignore[assignment]
    now, from_hub = timezone.now(), "list" in request.POST
    try:
        chosen = Chosen.read(request, reach_of(request), chosen_brand(request), now)
    except NotChosen as reason:
        messages.warning(request, str(reason))
        return redirect(reason.back)
    bound = request.POST if request.method == "POST" and not from_hub else None
    form = BulkForm(
        bound, brand=chosen.brand, channels=channels_of(chosen.brand),
        for_posts=bool(chosen.posts), today=timezone.localdate(),
        initial={"way": request.GET.get("way", ""), "template": request.GET.get("template", "")},
    )  # fmt: skip
    if bound is not None and form.is_valid():
        try:
            asked = form.asked(chosen.versions, chosen.posts, now)
            proposal = proposing.propose(asked, form.found, by=user)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            return redirect("desk:proposal", pk=proposal.pk)
    context = {
        "form": form, "chosen": chosen, "brand": chosen.brand,
        "channels": list(form.channels.values()), "picked": set(form["to"].value() or []),
        "recent": recent_proposals([chosen.brand], now), "most": proposing.MOST,
    }  # fmt: skip
    refused = bound is not None
    return render(
        request, "syndication/scheduling/bulk.html", context, status=422 if refused else 200
    )


@method_decorator(never_cache, name="dispatch")
class ProposalDetail(LoginRequiredMixin, DetailView):
    """What is proposed, with all that speaks against it; once confirmed, what came of it."""

    template_name = "syndication/scheduling/proposal.html"
    context_object_name = "proposal"

    def get_queryset(self) -> QuerySet[Proposal]:
        found = Proposal.objects.visible_to(self.request.user)
        return found.select_related("brand", "by", "batch")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        page = ProposalPage(
            self.object, timezone.now(), asked.get("show", ""), whole(asked.get("page", "")) or 1
        )
        may_change = may(self.request.user, PUBLISH_POST, self.object.brand)
        return super().get_context_data(page=page, may_change=may_change, **kwargs)


@login_required
@require_POST
def proposal_act(request: HttpRequest, pk: uuid.UUID, slug: str) -> HttpResponse:
    """Change, confirm, discard or undo a proposal."""
    if slug not in ACTS:
        raise Http404("There is no such thing to do.")
    rows = Proposal.objects.visible_to(request.user).select_related("brand")
    proposal = get_object_or_404(rows, pk=pk)
    if not may(request.user, PUBLISH_POST, proposal.brand):
        raise PermissionDenied(f"Your role at {proposal.brand} does not include scheduling.")
    try:
        ACTS[slug](request, proposal)
    except BatchRefused as refused:
        _tell_refused(request, proposal, refused)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
    if not Proposal.objects.filter(pk=pk).exists():
        return redirect("desk:calendar")
    show = request.POST.get("show", "")
    query = f"?show={show}" if show in ("stopped", "warned", "out") else ""
    return redirect(f"{reverse('desk:proposal', args=[pk])}{query}")


def _confirm(request: HttpRequest, proposal: Proposal) -> None:
    by: User = request.user  # type: ignore[assignment]
    found, new = confirm(proposal, digest=request.POST.get("digest", ""), by=by, now=timezone.now())
    number = posts_in_words(found.items.filter(left_out=False).count())
    if new:
        messages.success(request, f"Scheduled: {number}. All of it can be undone until one leaves.")
    else:
        messages.info(request, "It was confirmed already, and nothing was made a second time.")


def _undo(request: HttpRequest, proposal: Proposal) -> None:
    by: User = request.user  # type: ignore[assignment]
    outcome = undo(proposal, by=by, now=timezone.now())
    if outcome.done:
        messages.success(request, f"Taken back: {posts_in_words(outcome.done)}.")
    if outcome.kept:
        named = ", ".join(f"“{post.piece}”" for post in outcome.kept[:3])
        more = f" and {len(outcome.kept) - 3} more" if len(outcome.kept) > 3 else ""
        messages.warning(request, f"Changed by somebody since, and left as it is: {named}{more}.")
    if not (outcome.done or outcome.kept):
        messages.info(request, "It was undone already.")


def _discard(request: HttpRequest, proposal: Proposal) -> None:
    proposing.discard(proposal)
    messages.success(request, "The proposal is discarded. Nothing was scheduled.")


def _leave_out(request: HttpRequest, proposal: Proposal) -> None:
    look, seen = _named(request, proposal)
    proposing.leave_out(look, _items(seen), version=_version(request), now=look.now)


def _take_in(request: HttpRequest, proposal: Proposal) -> None:
    look, seen = _named(request, proposal)
    proposing.take_in(look, _items(seen), version=_version(request), now=look.now)


def _leave_stopped(request: HttpRequest, proposal: Proposal) -> None:
    look = Look(proposal, timezone.now())
    proposing.leave_out(look, _items(look.stopped), version=_version(request), now=look.now)


def _next_free(request: HttpRequest, proposal: Proposal) -> None:
    look, seen = _named(request, proposal)
    _put_right(request, look, seen)


def _next_free_all(request: HttpRequest, proposal: Proposal) -> None:
    look = Look(proposal, timezone.now())
    _put_right(request, look, [one for one in look.going if one.can_move])


def _put_right(request: HttpRequest, look: Look, seen: list[Seen]) -> None:
    number = proposing.put_right(look, seen, version=_version(request), now=look.now)
    stays = len(seen) - number
    if number:
        messages.success(request, f"Moved to the next free time: {posts_in_words(number)}.")
    if stays:
        messages.warning(request, f"{posts_in_words(stays)} found no free time within a year.")


def _set_time(request: HttpRequest, proposal: Proposal) -> None:
    look, seen = _named(request, proposal)
    if not seen:
        raise Http404("There is no such post.")
    wall = request.POST.get("wall", "")[:40]
    proposing.set_time(look, seen[0].item, wall, version=_version(request), now=look.now)


def _new_words(request: HttpRequest, proposal: Proposal) -> None:
    look = Look(proposal, timezone.now())
    number = proposing.take_new_words(look, version=_version(request), now=look.now)
    messages.success(request, f"What the pieces say by now goes out: {posts_in_words(number)}.")


ACTS: dict[str, Callable[[HttpRequest, Proposal], None]] = {
    "confirm": _confirm,
    "undo": _undo,
    "discard": _discard,
    "leave-out": _leave_out,
    "take-in": _take_in,
    "leave-stopped": _leave_stopped,
    "next-free": _next_free,
    "next-free-all": _next_free_all,
    "time": _set_time,
    "new-words": _new_words,
}


def _named(request: HttpRequest, proposal: Proposal) -> tuple[Look, list[Seen]]:
    """The posts a form names: the one of a button, or those that are ticked."""
    one = request.POST.get("one", "")
    wanted = set(wholes([one] if one else request.POST.getlist("item")))
    look = Look(proposal, timezone.now())
    return look, [seen for seen in look.seen if seen.item.pk in wanted]


def _items(seen: list[Seen]) -> list[Any]:
    return [one.item for one in seen]


def _version(request: HttpRequest) -> int:
    return whole(request.POST.get("version", ""))


def _tell_refused(request: HttpRequest, proposal: Proposal, refused: BatchRefused) -> None:
    messages.error(
        request,
        f"Nothing was scheduled, because {posts_in_words(len(refused.reasons))} cannot be. Move or "
        "leave out those, then confirm.",
    )
    some = list(refused.reasons.items())[:TOLD]
    items = proposal.items.select_related("piece_version__piece", "account")
    named = {item.pk: item for item in items.filter(pk__in=[pk for pk, _ in some])}
    for pk, reasons in some:
        messages.warning(request, f"{named.get(pk, 'One')}: {' '.join(reasons)}")
