"""The posting pages: lists of posts, and what can be saved of them."""

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from desk.attention import lost_accounts, missed_in
from desk.choosing import bulk_of
from desk.listing.filters import Filters
from desk.listing.kinds import ATTENTION, GOING, KINDS, OUT, QUEUE, Kind
from desk.listing.page import SIZE, PostList
from desk.listing.pieces import PieceList
from desk.listing.rows import look_again, rows_of
from desk.numbers import wholes
from desk.pausing import Pauses
from desk.reach import asked_of, chosen_brand, reach_of
from desk.tabs import saved_views, tabs
from desk.views.home import for_polling
from organisation.rights import PUBLISH_POST, WRITE_PIECE, brands_where
from posting.models import Post, SavedView

NAME_MAX = 40  # characters of a view's name
MOST_VIEWS = 30


@method_decorator(never_cache, name="dispatch")
class PostListPage(LoginRequiredMixin, TemplateView):
    """One list of posts under its filters."""

    kind: Kind
    template_name = "syndication/posting/posting_hub.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = self.request.user, timezone.now()
        posts = PostList(self.kind, asked_of(self.request), user=user, now=now)  # type: ignore[arg-type]
        return super().get_context_data(
            posts=posts,
            tab=self.kind.slug,
            views=saved_views(user, self.kind.slug, posts.query),  # type: ignore[arg-type]
            verbs=bulk_of(self.kind.slug, user),  # type: ignore[arg-type]
            may_schedule=self.kind is QUEUE and bool(reach_of(self.request).where(PUBLISH_POST)),
            may_edit=self.kind is not OUT and bool(reach_of(self.request).where(PUBLISH_POST)),
            **live(posts.rows, self.request),
            **kwargs,
        )


class PostingPage(PostListPage):
    """One of the posting lists, with the others as tabs."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, brand = self.request.user, chosen_brand(self.request)
        return super().get_context_data(tabs=tabs(user, timezone.now(), brand), **kwargs)  # type: ignore[arg-type]


class PostingHub(PostingPage):
    kind = QUEUE


class PublishedPosts(PostingPage):
    kind = OUT


class ScheduleQueue(PostListPage):
    """What goes out next, with what can be paused beside it."""

    kind = GOING
    template_name = "syndication/scheduling/schedule_queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        posts, reach = context["posts"], reach_of(self.request)
        brands = posts.brand_ids
        accounts = [account for account in posts.accounts if account.brand_id in brands]
        return context | {
            "pauses": Pauses(reach, brands, accounts),
            "missed": missed_in(brands),
            "may_write": reach.may_anywhere(WRITE_PIECE),
        }


class Attention(PostingPage):
    """Posts and accounts that need a person. The accounts stand before the first page."""

    kind = ATTENTION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        posts = context["posts"]
        if posts.filters.only_brands and not (posts.after or posts.before):
            context["accounts"] = lost_accounts(posts.brand_ids).order_by("platform__name", "name")
            context["missed"] = missed_in(posts.brand_ids)
        return context


@method_decorator(never_cache, name="dispatch")
class ReadyPieces(LoginRequiredMixin, TemplateView):
    """Pieces that can be assigned to channels."""

    template_name = "syndication/posting/ready_pieces.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = self.request.user, timezone.now()
        may = brands_where(user, PUBLISH_POST) | brands_where(user, WRITE_PIECE)
        pieces = PieceList(asked_of(self.request), user=user, now=now)  # type: ignore[arg-type]
        return super().get_context_data(
            pieces=pieces,
            tab="pieces",
            tabs=tabs(user, now, chosen_brand(self.request)),  # type: ignore[arg-type]
            may_assign=pieces.can_be_sent and may.exists(),
            may_schedule=pieces.can_be_sent and bool(reach_of(self.request).where(PUBLISH_POST)),
            may_import=bool(reach_of(self.request).where(WRITE_PIECE)),
            writable={brand.pk for brand in reach_of(self.request).where(WRITE_PIECE)},
            **kwargs,
        )


def live(rows: list[Any], request: HttpRequest) -> dict[str, Any]:
    """What a list's moving part needs: its cells, when to ask again and the tag of both."""
    trigger = look_again(rows, timezone.now())
    cells = render_to_string("syndication/shared/_live_cells.html", {"rows": rows}, request)
    tag = hashlib.sha256(f"{trigger}\n{cells}".encode()).hexdigest()[:32]
    ids = ",".join(str(row.post.pk) for row in rows)
    return {"live_cells": cells, "live_trigger": trigger, "live_ids": ids, "etag": f'"{tag}"'}


@for_polling
def live_rows(request: HttpRequest) -> HttpResponseBase:
    """The cells of the rows an open page shows; 304 while they are what it shows already."""
    asked = wholes(request.GET.get("ids", "").split(","))
    mine = Post.objects.visible_to(request.user).filter(pk__in=asked[:SIZE])
    ids = set(mine.values_list("pk", flat=True))
    shown = [pk for pk in asked if pk in ids]
    rows = rows_of(shown, user=request.user, now=timezone.now())  # type: ignore[arg-type]
    context = live(rows, request)
    response = render(request, "syndication/shared/_live_rows.html", {**context, "swap": True})
    response.headers["ETag"] = context["etag"]
    return get_conditional_response(request, etag=context["etag"], response=response) or response


@login_required
@require_POST
def save_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the filters of a list by name. The same name again replaces them."""
    kind = _kind(slug)
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:NAME_MAX]
    query = Filters.read(kind, QueryDict(request.POST.get("query", "")[:2000])).query()[:2000]
    mine = SavedView.objects.of(request.user)
    if not name or not query:
        messages.error(request, "No view was saved. Set a filter first, and give the view a name.")
    elif mine.count() >= MOST_VIEWS:
        messages.error(request, f"You have {MOST_VIEWS} views, the most kept. Delete one first.")
    else:
        mine.update_or_create(
            user_id=int(request.user.pk or 0), page=kind.slug, name=name, defaults={"query": query}
        )
    return redirect(f"{reverse(kind.url)}?{query}")


@login_required
@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own views. Its filters can be set again at any time."""
    view = get_object_or_404(SavedView.objects.of(request.user), pk=pk)
    view.delete()
    return redirect(_kind(view.page).url)


def _kind(slug: str) -> Kind:
    if slug not in KINDS:
        raise Http404("There is no such list.")
    return KINDS[slug]
