"""A post's page and what can be decided on it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic import DetailView

from desk.answers import answers_to, refusal_of
from desk.asking import asked_back
from desk.conflicts import told_of
from desk.decisions import BY_SLUG, DECISIONS, Decision, needs_earliest, waits_for_approval
from desk.evidence import evidence
from desk.home import LONGEST_PAUSE
from desk.performance import performance_of
from desk.preview import preview_of
from desk.stops import aftermath_of_release
from desk.story import story_of
from desk.views.home import for_polling
from desk.whom import deciders_for
from organisation.models import User
from organisation.models.brand import Person
from organisation.rights import APPROVE_POST, PUBLISH_POST, WRITE_PIECE, may
from posting.deciding import NotPossible
from posting.editing import EDITABLE
from posting.models import Approval, Post, PostAttempt
from posting.models.post import NEEDS_A_PERSON
from posting.states import Status

ELSEWHERE = 20


def visible_posts(user: Person) -> QuerySet[Post]:
    """Posts of the person's brands with what their page shows."""
    return (
        Post.objects.visible_to(user)
        .for_list()
        .select_related("piece_version", "author", "confirmed_by", "platform", "meant_for")
        .prefetch_related(
            "steps",
            Prefetch("attempt_rows", PostAttempt.objects.select_related("account")),
            "events",
            "follow_ups",
            Prefetch("approvals", Approval.objects.select_related("by")),
        )
    )


class PostPage(LoginRequiredMixin, DetailView):
    """Everything about one post. Another brand's post is not found."""

    template_name = "syndication/posting/post.html"
    context_object_name = "post"

    def get_queryset(self) -> QuerySet[Post]:
        return visible_posts(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, account = timezone.now(), self.object.account
        answers = answers_to(self.object)
        return super().get_context_data(
            story=self.object.status != Status.UNCONFIRMED
            and story_of(self.object, now, refusal_of(answers)),
            trigger=trigger(self.object, now),
            account_url=self.object.platform.adapter.account_url(
                account.base_url, account.remote_id, account.server_facts
            ),
            waits_for_approval=waits_for_approval(self.object, now),
            answers=answers,
            choices=choices(self.request.user, self.object, now),
            whom_to_ask=whom_to_ask(self.request.user, self.object, now),
            wait_until=needs_earliest(self.object, now),
            clues=evidence(self.object),
            attempts=list(self.object.attempt_rows.all())[::-1],
            timeline=list(self.object.events.all())[::-1],
            preview=preview_of(self.object),
            elsewhere=elsewhere(self.object),
            performance=performance_of(self.object),
            may_reword=may_reword(self.request.user, self.object),
            conflicts=told_of(self.object, now),
            may_fix=may(self.request.user, PUBLISH_POST, self.object.brand),
            **kwargs,
        )


def choices(user: Person, post: Post, now: datetime) -> list[tuple[Decision, Any]]:
    """The decisions that fit the post and that this person may take, each with its form."""
    fitting = [decision for decision in DECISIONS if decision.fits(post, now)]
    rights = {decision.right for decision in fitting}
    held = {right for right in rights if may(user, right, post.brand)}
    return [
        (decision, decision.form(initial=decision.initial(post), auto_id=f"{decision.slug}-%s"))
        for decision in fitting
        if decision.right in held
    ]


def whom_to_ask(user: Person, post: Post, now: datetime) -> str:
    """Who decides on a post that asks for a decision this person may not take; else empty."""
    approval = waits_for_approval(post, now)
    right = APPROVE_POST if approval else PUBLISH_POST
    if not (approval or post.status in NEEDS_A_PERSON) or may(user, right, post.brand):
        return ""
    return deciders_for(post.brand, right)


def may_reword(user: Person, post: Post) -> bool:
    """Whether this person may still give the post other words, on the composer's page."""
    open_to_change = post.status in EDITABLE and not post.irrevocable
    return open_to_change and may(user, WRITE_PIECE, post.brand)


def elsewhere(post: Post) -> list[Post]:
    """The other posts of the same piece."""
    others = Post.objects.filter(piece=post.piece).exclude(pk=post.pk)
    return list(others.for_list().order_by("-id")[:ELSEWHERE])


@for_polling
def post_live(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Tell the open page to load anew once the post is not what it shows."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    if request.GET.get("seen") != post.mark:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = {"post": post, "trigger": trigger(post, timezone.now())}
    return render(request, "syndication/posting/_post_live.html", context)


def trigger(post: Post, now: datetime) -> str:
    """When an open page asks again: every 2 s while the post moves, else when it is to move."""
    awaited = {Status.SCHEDULED: post.wake_at, Status.UNCONFIRMED: post.next_look_at}
    if post.status == Status.PUBLISHING:
        return "load delay:2s"
    at = awaited.get(Status(post.status))
    if at is None:
        return ""
    return f"load delay:{min(max(int((at - now).total_seconds()), 2), LONGEST_PAUSE)}s"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Ask once more (GET), then do it (POST). What went wrong is said on the post's page."""
    decision = BY_SLUG.get(slug)
    if decision is None:
        raise Http404("There is no such decision.")
    post = get_object_or_404(visible_posts(request.user), pk=pk)
    if not may(request.user, decision.right, post.brand):
        raise PermissionDenied(f"Your role at {post.brand} does not include this decision.")
    now = timezone.now()
    if request.method != "POST" and not decision.fits(post, now):
        messages.warning(request, f"The post is {post.get_status_display().lower()} by now.")
        return redirect(asked_back(request) or reverse("desk:post", args=[post.pk]))
    form = decision.form(
        request.POST if request.method == "POST" else None,
        initial=decision.initial(post),
        auto_id=f"{slug}-%s",
    )
    if form.is_valid():
        return _do(request, post, decision, form, now)
    context = {"post": post, "decision": decision, "form": form, "next": asked_back(request)}
    context["wait_until"] = needs_earliest(post, now) if slug == "send-again" else None
    context["forecast"] = aftermath_of_release([post.pk], now) if slug == "release" else None
    return render(request, "syndication/posting/decide.html", context)


def _do(
    request: HttpRequest, post: Post, decision: Decision, form: forms.Form, now: datetime
) -> HttpResponse:
    answers = {name: answer for name, answer in form.cleaned_data.items() if name != "looked"}
    by: User = request.user  # type: ignore[assignment]
    shown = post
    try:
        made = decision.verb(post, by=by, now=now, **answers)
    except (NotPossible, PermissionError) as refusal:
        messages.error(request, str(refusal))
    except ValidationError as refusal:
        if form.fields:  # what was typed stays, beside what is wrong with it
            form.add_error(None, refusal)
            context = {"post": post, "decision": decision, "form": form}
            context["next"] = asked_back(request)
            return render(request, "syndication/posting/decide.html", context)
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, decision.done)
        shown = made if isinstance(made, Post) else post
    if shown is post and (next_page := asked_back(request)):
        return redirect(next_page)
    return redirect("desk:post", pk=shown.pk)
