"""Late work: missed posts by the hundred, what shall become of them, and taking that back."""

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
from django.views.generic import DetailView, TemplateView

from desk.choosing import told
from desk.late_work import LateWork, WishForm, chosen_posts, tokens_of
from desk.numbers import wholes
from desk.reach import asked_of, reach_of
from organisation.models import User
from organisation.rights import PUBLISH_POST
from posting.deciding import NotPossible
from posting.models import LateDecision, Post
from posting.models.post import PostQuerySet
from posting.states import Status
from scheduling.late_work import MOST, Plan, decide, plan_for, undo

LISTED = 100  # posts of a preview, or of a decision, that are listed
TOLD = 8  # reasons that are told one by one
PAGE = "syndication/posting/late_work.html"


@method_decorator(never_cache, name="dispatch")
class LateWorkPage(LoginRequiredMixin, TemplateView):
    """All that was missed, to be decided about."""

    template_name = PAGE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**_page(self.request, WishForm()), **kwargs)


def _page(request: HttpRequest, form: WishForm) -> dict[str, Any]:
    reach = reach_of(request)
    ticked = request.POST.getlist("group") + request.POST.getlist("post")
    return {
        "late": LateWork(_brands(request), timezone.now(), frozenset(ticked)),
        "form": form,
        "may_decide": reach.may_anywhere(PUBLISH_POST),
        "most": MOST,
        "recent": _decisions(request)[:3],
    }


def _brands(request: HttpRequest) -> list[int]:
    """Those of the person, or those among them that the address or the rail names."""
    mine = [brand.pk for brand in reach_of(request).brands]
    wanted = wholes(asked_of(request).getlist("brand"))
    return [pk for pk in mine if pk in wanted] if wanted else mine


def _decisions(request: HttpRequest) -> QuerySet[LateDecision]:
    return LateDecision.objects.visible_to(request.user).select_related("by", "undone_by")


def _posts_to_decide(request: HttpRequest) -> PostQuerySet:
    mine = [brand.pk for brand in reach_of(request).where(PUBLISH_POST)]
    posts: PostQuerySet = Post.objects.of_brands(mine)
    return posts


@login_required
@never_cache
@require_POST
def late_decide(request: HttpRequest) -> HttpResponse:
    """Show what would become of the chosen posts; with `sure`, do it."""
    if not reach_of(request).may_anywhere(PUBLISH_POST):
        raise PermissionDenied("Your role does not include deciding about late posts.")
    asked, now = request.POST, timezone.now()
    form = WishForm(asked)
    sure = "sure" in asked
    tokens = asked.get("more", "").split(",") if sure else asked.getlist("post")
    groups = [] if sure else asked.getlist("group")
    posts, changed = chosen_posts(groups, tokens, _posts_to_decide(request), now)
    if not form.is_valid():
        return render(request, PAGE, _page(request, form))
    if not posts and not changed:
        messages.warning(request, "No late post was chosen, so nothing was changed.")
        return redirect("desk:late_work")
    if sure:
        return _done(request, form, posts[:MOST], changed)
    plan = plan_for(posts[:MOST], form.wish, now)
    context = _preview(plan, form) | {"too_many": len(posts) > MOST, "most": MOST}
    return render(request, "syndication/posting/late_preview.html", context)


def _preview(plan: Plan, form: WishForm) -> dict[str, Any]:
    going = plan.going
    staying = sorted(plan.staying.items(), key=lambda pair: -len(pair[1]))
    return {
        "plan": plan,
        "form": form,
        "shown": going[:LISTED],
        "unlisted": max(len(going) - LISTED, 0),
        "stays": [(why, told(posts), len(posts)) for why, posts in staying],
        "tokens": tokens_of(one.post for one in going),
        "key": uuid.uuid4(),
    }


def _done(
    request: HttpRequest, form: WishForm, posts: list[Post], changed: list[Post]
) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        messages.warning(request, "The form was incomplete, so nothing was changed. Look again.")
        return redirect("desk:late_work")
    decision, outcome = decide(key, posts, form.wish, by=by, now=timezone.now())
    if outcome is None:
        messages.info(request, "This was decided already. Nothing was done a second time.")
    else:
        for post in changed:
            outcome.refuse(post, "changed by somebody meanwhile. Look at the new version.")
        _tell(request, outcome.refused)
        if not outcome.done:
            return redirect("desk:late_work")
        number = f"{outcome.done:,} post{'' if outcome.done == 1 else 's'}"
        messages.success(request, f"{decision.get_choice_display()}: {number}.")
    return redirect("desk:late_decision", pk=decision.pk)


def _tell(request: HttpRequest, refused: dict[str, list[Post]]) -> None:
    for why, posts in list(refused.items())[:TOLD]:
        messages.warning(request, f"Not done for {told(posts)}: {why}")
    if len(refused) > TOLD:
        rest = sum(len(posts) for posts in list(refused.values())[TOLD:])
        messages.warning(request, f"{rest:,} more posts stayed as they were.")


@method_decorator(never_cache, name="dispatch")
class LateDecisionPage(LoginRequiredMixin, DetailView):
    """What was decided together, what became of it, and taking it back."""

    template_name = "syndication/posting/late_decision.html"
    context_object_name = "decision"

    def get_queryset(self) -> QuerySet[LateDecision]:
        return _decisions(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Post.objects.visible_to(self.request.user)
        rows = self.object.rows.filter(post__in=mine).select_related(
            "post__piece", "post__account__platform"
        )
        listed = list(rows.order_by("post__due_at", "post_id")[:LISTED])
        total = rows.count()
        return super().get_context_data(
            rows=listed,
            total=total,
            unlisted=total - len(listed),
            last=self.object.rows.filter(post__status=Status.SCHEDULED)
            .order_by("-post__due_at")
            .values_list("post__due_at", flat=True)
            .first(),
            may_undo=self.object.undone_at is None
            and reach_of(self.request).may_anywhere(PUBLISH_POST),
            **kwargs,
        )


@login_required
@never_cache
@require_POST
def late_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put back what nothing has happened to since."""
    decision = get_object_or_404(_decisions(request), pk=pk)
    posts = _posts_to_decide(request).filter(pk__in=decision.rows.values("post"))
    mine = set(posts.values_list("pk", flat=True))
    if not mine:
        raise PermissionDenied("Your role does not include deciding about these posts.")
    try:
        outcome = undo(decision, mine, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
        return redirect("desk:late_decision", pk=pk)
    _tell(request, outcome.refused)
    if outcome.done:
        number = f"{outcome.done:,} post{' is' if outcome.done == 1 else 's are'}"
        messages.success(request, f"Taken back: {number} missed again.")
    return redirect("desk:late_work")
