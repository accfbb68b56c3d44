"""Changing many posts at once: what, a preview of each, one confirmation, one undo."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from desk.choosing import Chosen, told
from desk.compose.filled import key_in
from desk.editing.form import EditForm, tokens_of, versions_in
from desk.many import posts as posts_in_words
from desk.pieces.differences import Stretch, differences
from organisation.models import User
from organisation.rights import PUBLISH_POST, brands_where, may
from posting.deciding import NotPossible
from posting.models import Post
from scheduling.editing.changing import Outcome, has_left, undo
from scheduling.editing.changing import edit_many as change_many
from scheduling.editing.planning import MOST, Plan, Planner, Proposal
from scheduling.models import ManyEdit
from scheduling.walltime import parse_wall

LISTED = 100  # posts of a preview that are shown one by one
TOLD = 8  # reasons that are told one by one


@login_required
@never_cache
@require_POST
def edit_many(request: HttpRequest) -> HttpResponse:
    """Ask what is to be changed, show what it makes of each post, then do it."""
    by: User = request.user  # type: ignore[assignment]
    now = timezone.now()
    chosen = Chosen(request.POST, user=by, now=now)
    brands = set(brands_where(by, PUBLISH_POST).values_list("pk", flat=True))
    if not brands:
        raise PermissionDenied("Your role does not include changing posts.")
    posts = chosen.posts()
    mine = [post for post in posts if post.brand_id in brands]
    if not mine or len({post.brand_id for post in mine}) > 1 or len(mine) > MOST:
        messages.warning(request, _why_none(posts, mine))
        return redirect(chosen.back_url)
    bound = request.POST if "what" in request.POST else None
    form = EditForm(bound, brand=mine[0].brand)
    wish = form.cleaned_data["wish"] if bound is not None and form.is_valid() else None
    if wish and "sure" in request.POST:
        return _done(request, chosen, mine, wish)
    plan = Planner(wish, now).plan(mine) if wish else None
    context = {
        "form": form, "chosen": chosen, "number": len(mine), "brand": mine[0].brand,
        "ids": ",".join(str(post.pk) for post in mine), "others": len(posts) - len(mine),
        "key": uuid.uuid4(), **(_preview(plan) if plan else {}),
    }  # fmt: skip
    refused = bound is not None and wish is None
    return render(request, "syndication/posting/edit_many.html", context,
                  status=422 if refused else 200)  # fmt: skip


def _why_none(posts: list[Post], mine: list[Post]) -> str:
    if not posts:
        return "No post was chosen, so nothing was changed."
    if not mine:
        return "Your role does not include changing these posts. Nothing was changed."
    if len(mine) > MOST:
        return f"At most {MOST} posts are changed at once. Choose fewer. Nothing was changed."
    return "These posts belong to several brands. Choose those of one. Nothing was changed."


def _preview(plan: Plan) -> dict[str, Any]:
    staying = sorted(plan.staying.items(), key=lambda pair: -len(pair[1]))
    return {
        "plan": plan,
        "going": len(plan.going),
        "shown": [Shown(one) for one in plan.going[:LISTED]],
        "unlisted": max(len(plan.going) - LISTED, 0),
        "stays": [(why, told(some), len(some)) for why, some in staying],
        "tokens": tokens_of(one.post for one in plan.going),
    }


class Shown:
    """One post of the preview: what was, and what becomes of it."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal, self.post = proposal, proposal.post

    @property
    def text(self) -> list[Stretch]:
        """Both texts as one; empty where the text stays."""
        before, after = self.proposal.before.text, self.proposal.after.text
        return differences(before, after) if before != after else []

    @property
    def link(self) -> list[Stretch]:
        before, after = self.proposal.before.link, self.proposal.after.link
        return differences(before, after) if before != after else []

    @property
    def times(self) -> tuple[str, str] | None:
        """Its time before and after, by the clock of its zone."""
        if not self.proposal.wall:
            return None
        before, after = (parse_wall(w) for w in (self.post.wall_time, self.proposal.wall))
        return f"{before:%a %d %b %Y %H:%M}", f"{after:%a %d %b %Y %H:%M}"


def _done(request: HttpRequest, chosen: Chosen, posts: list[Post], wish: Any) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]
    seen = versions_in(request.POST)
    same = [post for post in posts if seen.get(post.pk) == post.version]
    key = key_in(request.POST)
    before = ManyEdit.objects.visible_to(by).filter(pk=key).first()
    if before is not None:
        messages.info(request, "This was done already. Nothing was changed a second time.")
        return redirect("desk:edited", pk=before.pk)
    changed = [post for post in posts if post.pk in seen and post not in same]
    if not same:
        messages.warning(request, "All of them were changed by somebody meanwhile. Look again.")
        return redirect(chosen.back_url)
    edit, outcome = change_many(key, same, wish, by=by, now=timezone.now())
    if outcome is None:
        messages.info(request, "This was done already. Nothing was changed a second time.")
        return redirect("desk:edited", pk=edit.pk)
    for post in changed:
        outcome.refuse(post, "changed by somebody meanwhile. Look at the new version.")
    _tell(request, outcome)
    if outcome.done:
        messages.success(request, f"Changed: {posts_in_words(outcome.done)}.")
    return redirect("desk:edited", pk=edit.pk)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    for why, posts in list(outcome.refused.items())[:TOLD]:
        messages.warning(request, f"Not done for {told(posts)}: {why}")
    if len(outcome.refused) > TOLD:
        rest = sum(len(posts) for posts in list(outcome.refused.values())[TOLD:])
        messages.warning(request, f"{rest:,} more posts stayed as they were.")


@method_decorator(never_cache, name="dispatch")
class EditedPage(LoginRequiredMixin, DetailView):
    """What was changed together, what became of it, and taking it back."""

    template_name = "syndication/posting/edited.html"
    context_object_name = "edit"

    def get_queryset(self) -> QuerySet[ManyEdit]:
        return _visible(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.object.rows.select_related(
            "post__piece", "post__account__platform", "instead__account__platform"
        )
        total = rows.count()
        may_undo = (
            self.object.undone_at is None
            and total > 0
            and may(self.request.user, PUBLISH_POST, self.object.brand)
        )
        return super().get_context_data(
            rows=list(rows.order_by("post__due_at", "post_id")[:LISTED]),
            total=total,
            unlisted=max(total - LISTED, 0),
            left=has_left(self.object),
            may_undo=may_undo,
            **kwargs,
        )


@login_required
@require_POST
def edited_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put back what nobody has changed since, unless one has left."""
    edit = get_object_or_404(_visible(request), pk=pk)
    if not may(request.user, PUBLISH_POST, edit.brand):
        raise PermissionDenied(f"Your role at {edit.brand} does not include changing posts.")
    try:
        outcome = undo(edit, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
        return redirect("desk:edited", pk=pk)
    _tell(request, outcome)
    if outcome.done:
        messages.success(request, f"Taken back: {posts_in_words(outcome.done)}.")
    elif not outcome.refused:
        messages.info(request, "It was taken back already.")
    return redirect("desk:edited", pk=pk)


def _visible(request: HttpRequest) -> QuerySet[ManyEdit]:
    return ManyEdit.objects.visible_to(request.user).select_related("brand", "by", "undone_by")
