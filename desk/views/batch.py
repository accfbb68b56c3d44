"""The page of what was sent off together, and what can still be done about it."""

import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from desk.batch import Progress
from desk.batch_verbs import BY_SLUG, Verb
from desk.numbers import whole
from desk.views.home import for_polling
from organisation.rights import PUBLISH_POST, may
from posting.deciding import NotPossible
from posting.models import Batch, Post


def progress_of(request: HttpRequest, batch: Batch) -> Progress:
    may_publish = may(request.user, PUBLISH_POST, batch.brand)
    return Progress(batch, timezone.now(), may_publish, request.GET.get("show", ""))


@method_decorator(never_cache, name="dispatch")
class BatchPage(LoginRequiredMixin, DetailView):
    """The posts of one press of a button. Another brand's batch is not found."""

    template_name = "syndication/posting/batch.html"
    context_object_name = "batch"

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.visible_to(self.request.user).select_related("brand", "by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**live_context(self.request, self.object), **kwargs)


@for_polling
def batch_live(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The page's content; 304 while it is what the page shows already."""
    batch = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
    context = live_context(request, batch)
    response = render(request, "syndication/posting/_batch_live.html", context)
    response.headers["ETag"] = context["etag"]
    return get_conditional_response(request, etag=context["etag"], response=response) or response


def live_context(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    progress = progress_of(request, batch)
    shown = {"batch": batch, "progress": progress}
    body = render_to_string("syndication/posting/_batch.html", shown, request)
    tag = hashlib.sha256(f"{progress.trigger}\n{_lasting(body)}".encode()).hexdigest()[:32]
    return {"batch": batch, "progress": progress, "body": body, "etag": f'"{tag}"'}


def _lasting(body: str) -> str:
    """The page without its form tokens, which differ each time they are written."""
    return "\n".join(line for line in body.splitlines() if "csrfmiddlewaretoken" not in line)


@login_required
@require_POST
def batch_act(request: HttpRequest, pk: uuid.UUID, slug: str) -> HttpResponse:
    """Do one thing to one post of the batch, or to all that it fits."""
    verb = BY_SLUG.get(slug)
    if verb is None:
        raise Http404("There is no such thing to do.")
    batch = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
    if not may(request.user, PUBLISH_POST, batch.brand):
        raise PermissionDenied(f"Your role at {batch.brand} does not include this decision.")
    _do_to(request, verb, _asked_for(request, batch))
    show = progress_of(request, batch).show
    address = reverse("desk:batch", args=[batch.pk])
    return redirect(f"{address}?show={show}" if show else address)


def _asked_for(request: HttpRequest, batch: Batch) -> list[Post]:
    wanted = request.POST.get("post", "")
    posts = batch.posts.for_list().prefetch_related("steps")
    if not wanted:
        return list(posts)
    return [get_object_or_404(posts, pk=whole(wanted))]


def _do_to(request: HttpRequest, verb: Verb, posts: list[Post]) -> None:
    now, done = timezone.now(), 0
    one = len(posts) == 1
    for post in posts:
        if not one and not verb.fits(post, now):
            continue
        try:
            verb.act(post, by=request.user, now=now)
        except NotPossible as refusal:
            messages.error(request, f"{post}: {refusal}")
        else:
            done += 1
    if done:
        messages.success(request, f"{done} post{'s are' if done > 1 else ' is'} {verb.done}.")
    elif not one:
        messages.info(request, "There was nothing left to do.")
