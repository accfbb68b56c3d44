"""Calendar feeds: the page of one's own links, and what a calendar program reads."""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk.reach import reach_of
from organisation.models import Brand, User
from scheduling.feeds import calendar_of, feed_for, make_feed, revoke_feed
from scheduling.models import CalendarFeed


class FeedForm(forms.Form):
    """Where the link is read, and what it shows."""

    name = forms.CharField(
        label="Where it is read",
        max_length=80,
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "placeholder": "my phone"}
        ),
        error_messages={"required": "Say where it is read, such as “my phone”."},
    )
    brand = forms.ModelChoiceField(
        Brand.objects.none(),
        label="What it shows",
        required=False,
        empty_label="Every brand I work for",
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, brands: list[Brand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [brand.pk for brand in brands]
        self.fields["brand"].queryset = Brand.objects.filter(pk__in=ids)  # type: ignore[attr-defined]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """One's own links. A new one is shown once: only its hash is kept."""
    user: User = request.user  # type: ignore[assignment]
    posted = request.POST if request.method == "POST" else None
    form, link = FeedForm(posted, brands=reach_of(request).brands), ""
    if posted is not None and form.is_valid():
        try:
            _, word = make_feed(user, form.cleaned_data["name"], form.cleaned_data["brand"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            link = request.build_absolute_uri(reverse("desk:feed", args=[word]))
            form = FeedForm(brands=reach_of(request).brands)
    mine = CalendarFeed.objects.filter(user=user, revoked_at=None).select_related("brand")
    context = {"form": form, "feeds": mine, "link": link}
    refused = posted is not None and not link
    return render(
        request, "syndication/scheduling/feeds.html", context, status=422 if refused else 200
    )


@login_required
@require_POST
def feed_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own links."""
    user: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(CalendarFeed.objects.select_related("brand"), pk=pk, user=user)
    revoke_feed(found, by=user, now=timezone.now())
    messages.success(request, f"The link “{found}” opens nothing any more.")
    return redirect("desk:feeds")


@require_safe
def feed(request: HttpRequest, word: str) -> HttpResponse:
    """The schedule as iCalendar, for whoever has the link; 304 where nothing has changed."""
    found = feed_for(word, timezone.now())
    if found is None:
        raise Http404("There is no such calendar, or its link was revoked.")
    body = calendar_of(found, timezone.now())
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    headers = {"ETag": etag, "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="posts.ics"'
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
