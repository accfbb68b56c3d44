"""Feeds that sources come by: the list, one feed and what it brought, its form, its acts."""

from collections.abc import Callable
from typing import Any

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

from content.models import Feed
from content.sources.polling import poll
from content.sources.subscribing import change, pause, resume, subscribe, unsubscribe
from content.writers.brief import shows_text
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from desk.reviewing import Channel
from desk.sources.forms import FeedForm, filled_from
from desk.sources.pages import FeedList, FeedPage
from desk.views.create_piece import brand_to_write_for, person
from desk.views.review import channels_of
from organisation.clock import database_now
from organisation.models import Brand
from organisation.rights import WRITE_PIECE, may


@method_decorator(never_cache, name="dispatch")
class Subscriptions(LoginRequiredMixin, TemplateView):
    template_name = "syndication/sources/feeds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach, brand = reach_of(self.request), chosen_brand(self.request)
        mine = {one.pk for one in reach.where(WRITE_PIECE)}
        shown = FeedList([brand] if brand else reach.brands)
        return super().get_context_data(feeds=shown, mine=mine, **kwargs)


@method_decorator(never_cache, name="dispatch")
class SubscriptionDetail(LoginRequiredMixin, DetailView):
    """One feed. Another brand's is not found."""

    template_name = "syndication/sources/feed.html"
    context_object_name = "feed"

    def get_queryset(self) -> QuerySet[Feed]:
        return visible_feeds(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        page = FeedPage(
            self.object, timezone.now(), "aside" in asked, whole(asked.get("before", ""))
        )
        may_write = may(self.request.user, WRITE_PIECE, self.object.brand)
        return super().get_context_data(page=page, may_write=may_write, **kwargs)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_subscription(request: HttpRequest) -> HttpResponse:
    """Ask for a feed, subscribe to it and look at it once, so that a slip is told at once."""
    brand = brand_to_write_for(request)
    posted = request.POST if request.method == "POST" else None
    first = {"address": request.GET.get("address", "")}
    form = FeedForm(posted, channels=writable(brand), initial=first)
    if posted is not None and form.is_valid():
        try:
            feed = subscribe(brand, form.wanted, by=person(request), now=database_now())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return _looked_at(request, feed)
    return _form(request, form, brand, None)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a feed's address, timetable and rule."""
    feed = _mine(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = FeedForm(posted, channels=writable(feed.brand), initial=filled_from(feed))
    if posted is not None and form.is_valid():
        try:
            change(feed, form.wanted, by=person(request), now=database_now())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"“{feed}” is saved.")
            return redirect("desk:subscription", pk=feed.pk)
    return _form(request, form, feed.brand, feed)


@login_required
@require_POST
def subscription_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Do one thing to a feed."""
    if slug not in ACTS:
        raise Http404("Nothing of this name is done to a feed.")
    return ACTS[slug](request, _mine(request, pk))


def _looked_at(request: HttpRequest, feed: Feed) -> HttpResponse:
    look = poll(feed.pk, database_now(), asked=True)
    if look is None:
        messages.info(request, "It is being looked at this moment. Open this page again soon.")
    elif look.fine:
        messages.success(request, look.said)
    else:
        messages.error(request, look.said)
    return redirect("desk:subscription", pk=feed.pk)


def _pause(request: HttpRequest, feed: Feed) -> HttpResponse:
    pause(feed, by=person(request), now=database_now())
    messages.success(request, f"“{feed}” is paused. What it brought stays.")
    return redirect("desk:subscription", pk=feed.pk)


def _resume(request: HttpRequest, feed: Feed) -> HttpResponse:
    resume(feed, by=person(request), now=database_now())
    messages.success(request, f"“{feed}” is looked at again within a minute.")
    return redirect("desk:subscription", pk=feed.pk)


def _remove(request: HttpRequest, feed: Feed) -> HttpResponse:
    name = str(feed)
    unsubscribe(feed, by=person(request), now=database_now())
    messages.success(request, f"“{name}” is removed. The sources it brought stay.")
    return redirect("desk:subscriptions")


ACTS: dict[str, Callable[[HttpRequest, Feed], HttpResponse]] = {
    "look": _looked_at,
    "pause": _pause,
    "resume": _resume,
    "remove": _remove,
}


def visible_feeds(request: HttpRequest) -> QuerySet[Feed]:
    feeds = Feed.objects.visible_to(request.user).select_related("brand", "by")
    return feeds.prefetch_related("targets__account__platform", "targets__channel_type")


def _mine(request: HttpRequest, pk: int) -> Feed:
    feed = get_object_or_404(visible_feeds(request), pk=pk)
    if not may(request.user, WRITE_PIECE, feed.brand):
        raise PermissionDenied(f"Your role at {feed.brand} does not include writing.")
    return feed


def writable(brand: Brand) -> list[Channel]:
    """Return the channels that drafts can be written for: those that show text.

    Also those of accounts that cannot send now: a draft waits for a person anyhow.
    """
    return [one for one in channels_of(brand) if shows_text(one.account, one.channel_type)]


def tell(form: FeedForm, refusal: ValidationError) -> None:
    """Put what was refused beside the field it is about."""
    errors = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
    names = {"targets": "to", "interval": "hours"}
    for name, sentences in errors.items():
        field = names.get(name, name)
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


def _form(request: HttpRequest, form: FeedForm, brand: Brand, feed: Feed | None) -> HttpResponse:
    context = {
        "form": form,
        "brand": brand,
        "feed": feed,
        "mine": reach_of(request).where(WRITE_PIECE),
        "channels": list(form.channels.values()),
        "chosen": form.chosen,
    }
    return render(
        request, "syndication/sources/feed_form.html", context, status=422 if form.errors else 200
    )
