"""What a request to connect names: a brand, a platform, a way in, an account, a walk."""

import secrets as random
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from desk.reach import chosen_brand, reach_of
from desk.views.accounts import account_of, must_connect
from organisation.models import Brand, User
from organisation.rights import CONNECT_ACCOUNT, may
from platforms.doors import Place, place_of
from platforms.models import Account, OAuthFlow, Platform
from platforms.models.account import SANDBOX
from platforms.oauth import ArrangesApps
from platforms.registry import ADAPTERS

BROWSER = "connects"  # in the session: a secret of this browser
NOT_YOURS = "Connecting accounts is for administrators of a brand."


def person_of(request: HttpRequest) -> User:
    """Return who asks; every view here is for people who are signed in."""
    return request.user  # type: ignore[return-value]


def browser_of(request: HttpRequest) -> str:
    """Return the secret that only this browser's session has."""
    if BROWSER not in request.session:
        request.session[BROWSER] = random.token_urlsafe(32)
    kept: str = request.session[BROWSER]
    return kept


def is_at_home(request: HttpRequest) -> bool:
    """Say whether the browser is at the address that platforms send people back to."""
    return request.get_host() == urlsplit(settings.SITE_URL).netloc


def brand_of(request: HttpRequest) -> Brand:
    """Return the brand that is asked for, or the one that pages show, or the first.

    Raises Http404 for a brand that is not the person's, PermissionDenied without the right.
    """
    reach = reach_of(request)
    asked = request.POST.get("brand") or request.GET.get("brand", "")
    if asked:
        brand = next((one for one in reach.brands if str(one.pk) == asked), None)
        if brand is None:
            raise Http404("There is no such brand.")
        if not may(person_of(request), CONNECT_ACCOUNT, brand):
            raise PermissionDenied(NOT_YOURS)
        return brand
    mine = reach.where(CONNECT_ACCOUNT)
    if not mine:
        raise PermissionDenied(NOT_YOURS)
    shown = chosen_brand(request)
    return shown if shown is not None and shown in mine else mine[0]


def account_in(request: HttpRequest) -> Account | None:
    """Return the account that is to be reconnected, if one is named."""
    asked = request.POST.get("reconnect") or request.GET.get("account", "")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 18:
        raise Http404("There is no such account.")
    account = account_of(request, int(asked))
    must_connect(person_of(request), account)
    return account


def platform_named(slug: str) -> Platform:
    """Return the platform. Raises Http404 where no adapter is installed for it."""
    if slug not in {adapter.slug for adapter in ADAPTERS}:
        raise Http404("There is no such platform.")
    return get_object_or_404(Platform, slug=slug)


def place_asked(request: HttpRequest, platform: str, path: str, account: Account | None) -> Place:
    """Return the way in that is meant. Raises Http404 where there is none."""
    row = account.platform if account else platform_named(platform)
    brand = account.brand if account else brand_of(request)
    server = account.server if account else (SANDBOX if "sandbox" in request.GET else "")
    place = place_of(brand, row, path, server)
    if place is None or row.slug != platform:
        raise Http404("There is no such way to connect.")
    return place


def flow_of(request: HttpRequest, pk: int) -> OAuthFlow:
    """Return one's own flow. Raises Http404, or PermissionDenied when the right is gone."""
    mine = OAuthFlow.objects.filter(user=person_of(request))
    flow = get_object_or_404(mine.select_related("brand", "platform", "account__platform"), pk=pk)
    if not may(person_of(request), CONNECT_ACCOUNT, flow.brand):
        raise PermissionDenied(NOT_YOURS)
    return flow


def start_address(place: Place, account: Account | None, *, again: bool = False) -> str:
    """Return where the walk begins. `again`: what was declined is asked for, too."""
    words: dict[str, Any] = {"account": account.pk} if account else {"brand": place.brand.pk}
    words |= {"sandbox": 1} if place.server == SANDBOX and not account else {}
    words |= {"again": 1} if again else {}
    name = "connect_start"
    if isinstance(place.path, ArrangesApps) and not account and place.server != SANDBOX:
        name, words["server"] = "connect_server", place.server  # which is typed in once more
    address = reverse(f"desk:{name}", args=[place.platform.slug, place.path.slug])
    return f"{address}?{urlencode(words)}"


def app_address(place: Place) -> str:
    """Return where the app that the way in uses is set up."""
    address = reverse("desk:connect_app", args=[place.app_platform.slug])
    return f"{address}?{urlencode({'brand': place.brand.pk})}"
