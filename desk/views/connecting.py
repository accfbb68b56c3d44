"""Connecting an account: choose where, go there, come back, choose what."""

import secrets as random
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from desk.accounts import connectables
from desk.connecting import AppForm, TokenForm
from desk.reach import chosen_brand, reach_of
from desk.views.accounts import account_of, must_connect
from organisation.clock import database_now
from organisation.models import Brand, User
from organisation.rights import CONNECT_ACCOUNT, may
from platforms.connecting import connect_account
from platforms.doors import NoApp, Place, place_of, redirect_uri
from platforms.errors import PlatformError
from platforms.flows import (
    FlowRefused,
    another,
    arrive,
    begin,
    choice_of,
    connect_chosen,
    connected_in,
    end,
    place_in,
)
from platforms.keeping import keep_app
from platforms.models import Account, OAuthFlow, Platform, PlatformCredential
from platforms.models.account import SANDBOX
from platforms.oauth import AppKeys
from platforms.registry import ADAPTERS
from posting.connecting import target_with
from posting.identifying import identify

BROWSER = "connects"  # in the session: a secret of this browser
NOT_YOURS = "Connecting accounts is for administrators of a brand."
Type = PlatformCredential.Type


@login_required
@never_cache
@require_GET
def connect(request: HttpRequest) -> HttpResponse:
    """Which platform? One button for each way in."""
    brand = _brand_of(request)
    brands = reach_of(request).where(CONNECT_ACCOUNT)
    context = {"brand": brand, "brands": brands, "connectables": connectables(brand)}
    return render(request, "syndication/accounts/connect.html", context)


@login_required
@never_cache
@require_GET
def connect_start(request: HttpRequest, platform: str, path: str) -> HttpResponse:
    """Send the browser to the platform. Nothing is connected by coming back from there."""
    account = _account_in(request)
    place = _place(request, platform, path, account)
    if not _at_home(request):
        here = settings.SITE_URL + request.get_full_path()
        return _refused(
            request,
            f"Platforms send people back to {settings.SITE_URL}, and you are at another address. "
            "Sign in there, and connect from there.",
            place,
            again=here,
        )
    try:
        address = begin(
            place,
            by=_person(request),
            browser=_browser(request),
            now=database_now(),
            account=account,
            again="again" in request.GET,
        )
    except NoApp as error:
        messages.warning(request, str(error))
        return redirect(_app_address(place))
    return redirect(address)


@login_required
@never_cache
@sensitive_variables()
@require_GET
def connect_return(request: HttpRequest) -> HttpResponse:
    """The exact address that platforms send people back to."""
    try:
        flow = arrive(
            request.GET.dict(), by=_person(request), browser=_browser(request), now=database_now()
        )
    except FlowRefused as refusal:
        return _refused_flow(request, refusal)
    # Another address at once: the code leaves the browser's history and the next Referer.
    return redirect("desk:connect_choose", flow.pk)


@login_required
@never_cache
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def connect_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the pages and accounts the platform offers?"""
    now = database_now()
    flow = _flow(request, pk)
    if flow.is_over(now) or flow.answered_at is None:
        if flow.ended_at is None:
            end(flow, now)
        sentence = "This choice was made already, or it is too late for it. Begin again."
        return _refused_flow(request, FlowRefused(sentence, flow))
    if request.method == "POST" and "cancel" in request.POST:
        end(flow, now)
        messages.info(request, "Nothing was connected.")
        return redirect("desk:platforms")
    wrong = ""
    if request.method == "POST":
        try:
            accounts = connect_chosen(
                flow, request.POST.getlist("account"), by=_person(request), now=now
            )
        except ValidationError as error:
            wrong = " ".join(error.messages)
        else:
            return _connected(request, flow, accounts)
    return _choices(request, flow, wrong)


def _choices(request: HttpRequest, flow: OAuthFlow, wrong: str) -> HttpResponse:
    choice = choice_of(flow)
    known = connected_in(flow.brand, flow)
    only = flow.account.remote_id if flow.account else ""
    ticked = request.POST.getlist("account")
    offers = [
        {
            "offer": one,
            "known": one.facts.remote_id in known,
            "obstacle": one.obstacle or _not_this(one.facts.remote_id, only, flow),
            "ticked": one.facts.remote_id in ticked if ticked else one.facts.remote_id == only
            or (not only and len(choice.possible) == 1),
        }
        for one in choice.offers
    ]  # fmt: skip
    context = {
        "flow": flow,
        "choice": choice,
        "offers": offers,
        "wrong": wrong or another(flow, choice),
        "possible": any(not one["obstacle"] for one in offers) and not choice.lacks_needed,
        "again": _start_address(place_in(flow), flow.account, again=True),
    }
    return render(request, "syndication/accounts/choose.html", context)


def _not_this(remote_id: str, only: str, flow: OAuthFlow) -> str:
    if not only or remote_id == only or flow.account is None:
        return ""
    return f"You are reconnecting {flow.account.name}."


def _connected(request: HttpRequest, flow: OAuthFlow, accounts: list[Account]) -> HttpResponse:
    names = " and ".join(account.name for account in accounts)
    verb = "is" if len(accounts) == 1 else "are"
    again = "again " if flow.account else ""
    messages.success(request, f"{names} {verb} {again}connected.")
    for account in accounts:
        if not account.can_send:
            messages.warning(request, f"{account.name} stays paused until you resume it.")
    if len(accounts) == 1:
        return redirect("desk:account", accounts[0].pk)
    return redirect("desk:platforms")


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def connect_token(request: HttpRequest, platform: str) -> HttpResponse:
    """Paste a token. The platform is asked whose it is before anything is kept."""
    account = _account_in(request)
    brand = account.brand if account else _brand_of(request)
    row = _platform(platform)
    server = account.server if account else (SANDBOX if "sandbox" in request.GET else None)
    if server == SANDBOX and not settings.SANDBOX_URL:
        raise Http404("There is no sandbox here.")
    form = TokenForm(request.POST or None, platform=row, server=server)
    if form.is_valid():
        where = form.cleaned_data.get("server", server or "")
        if connected := _connect_token(request, form, row, brand, where, account):
            return _connected_by_token(request, connected, account)
    context = {"form": form, "platform": row, "brand": brand, "account": account, "server": server}
    return render(request, "syndication/accounts/token.html", context)


def _connect_token(
    request: HttpRequest,
    form: TokenForm,
    platform: Platform,
    brand: Brand,
    server: str,
    account: Account | None,
) -> Account | None:
    """Return the account, or None with the reason on the form."""
    kept: dict[str, str] = {Type.ACCESS_TOKEN: form.cleaned_data["token"]}
    draft = Account(platform=platform, brand=brand, server=server, name=platform.name)
    try:
        facts = identify(target_with(draft, kept))
    except PlatformError as error:
        form.add_error("token", f"{error.sentence} Nothing was stored.")
        return None
    if account and facts.remote_id != account.remote_id:
        form.add_error(
            "token",
            f"This is the token of {facts.name} ({facts.remote_id}), and {account.name} is "
            f"{account.remote_id}. Nothing was changed.",
        )
        return None
    day = form.cleaned_data["ends"]
    return connect_account(
        facts,
        kept,
        brand=brand,
        platform=platform,
        by=_person(request),
        now=database_now(),
        server=server,
        expires_at=datetime.combine(day, time(), UTC) if day else None,
    )


def _connected_by_token(
    request: HttpRequest, account: Account, before: Account | None
) -> HttpResponse:
    again = "again " if before else ""
    messages.success(request, f"{account.name} is {again}connected.")
    if not account.can_send:
        messages.warning(request, f"{account.name} stays paused until you resume it.")
    return redirect("desk:account", account.pk)


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def connect_app(request: HttpRequest, platform: str) -> HttpResponse:
    """The id and the secret of the brand's own app: typed in once, replaced, never shown."""
    brand, row = _brand_of(request), _platform(platform)
    kept = PlatformCredential.objects.filter(
        account=None, brand=brand, platform=row, server="", is_active=True
    ).defer("credential_value")
    tails = {one.credential_type: one for one in kept}
    form = AppForm(request.POST or None)
    if form.is_valid():
        keys = AppKeys(form.cleaned_data["client_id"], form.cleaned_data["client_secret"])
        keep_app(brand, row, "", keys, by=_person(request), now=database_now())
        messages.success(request, f"{brand}’s app at {row} is stored. Connect an account with it.")
        return redirect(f"{reverse('desk:connect')}?{urlencode({'brand': brand.pk})}")
    context = {
        "form": form,
        "platform": row,
        "brand": brand,
        "app_id": tails.get(Type.APP_ID),
        "app_secret": tails.get(Type.APP_SECRET),
        "redirect_uri": redirect_uri(),
        "deauthorise": _callback(row, "deauthorise"),
        "erase": _callback(row, "erase"),
        "secure": settings.HTTPS,
    }
    return render(request, "syndication/accounts/app.html", context)


def _callback(platform: Platform, name: str) -> str:
    return settings.SITE_URL + reverse(f"desk:{name}", args=[platform.slug])


def _person(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _browser(request: HttpRequest) -> str:
    """Return the secret that only this browser's session has."""
    if BROWSER not in request.session:
        request.session[BROWSER] = random.token_urlsafe(32)
    kept: str = request.session[BROWSER]
    return kept


def _at_home(request: HttpRequest) -> bool:
    return request.get_host() == urlsplit(settings.SITE_URL).netloc


def _brand_of(request: HttpRequest) -> Brand:
    """Return the brand that is asked for, or the one that pages show, or the first.

    Raises Http404 for a brand that is not the person's, PermissionDenied without the right.
    """
    reach = reach_of(request)
    asked = request.POST.get("brand") or request.GET.get("brand", "")
    if asked:
        brand = next((one for one in reach.brands if str(one.pk) == asked), None)
        if brand is None:
            raise Http404("There is no such brand.")
        if not may(_person(request), CONNECT_ACCOUNT, brand):
            raise PermissionDenied(NOT_YOURS)
        return brand
    mine = reach.where(CONNECT_ACCOUNT)
    if not mine:
        raise PermissionDenied(NOT_YOURS)
    shown = chosen_brand(request)
    return shown if shown is not None and shown in mine else mine[0]


def _account_in(request: HttpRequest) -> Account | None:
    """Return the account that is to be reconnected, if one is named."""
    asked = request.POST.get("reconnect") or request.GET.get("account", "")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 18:
        raise Http404("There is no such account.")
    account = account_of(request, int(asked))
    must_connect(_person(request), account)
    return account


def _platform(slug: str) -> Platform:
    if slug not in {adapter.slug for adapter in ADAPTERS}:
        raise Http404("There is no such platform.")
    return get_object_or_404(Platform, slug=slug)


def _place(request: HttpRequest, platform: str, path: str, account: Account | None) -> Place:
    row = account.platform if account else _platform(platform)
    brand = account.brand if account else _brand_of(request)
    server = account.server if account else (SANDBOX if "sandbox" in request.GET else "")
    place = place_of(brand, row, path, server)
    if place is None or row.slug != platform:
        raise Http404("There is no such way to connect.")
    return place


def _flow(request: HttpRequest, pk: int) -> OAuthFlow:
    """Return one's own flow. Raises Http404, or PermissionDenied when the right is gone."""
    mine = OAuthFlow.objects.filter(user=_person(request))
    flow = get_object_or_404(mine.select_related("brand", "platform", "account__platform"), pk=pk)
    if not may(_person(request), CONNECT_ACCOUNT, flow.brand):
        raise PermissionDenied(NOT_YOURS)
    return flow


def _start_address(place: Place, account: Account | None, *, again: bool = False) -> str:
    words: dict[str, Any] = {"account": account.pk} if account else {"brand": place.brand.pk}
    words |= {"sandbox": 1} if place.server == SANDBOX and not account else {}
    words |= {"again": 1} if again else {}
    address = reverse("desk:connect_start", args=[place.platform.slug, place.path.slug])
    return f"{address}?{urlencode(words)}"


def _app_address(place: Place) -> str:
    address = reverse("desk:connect_app", args=[place.app_platform.slug])
    return f"{address}?{urlencode({'brand': place.brand.pk})}"


def _refused_flow(request: HttpRequest, refusal: FlowRefused) -> HttpResponse:
    flow = refusal.flow
    if flow is None:
        return _refused(request, refusal.sentence, None, again=reverse("desk:connect"))
    place = place_in(flow)
    open_still = flow.answered_at and not flow.is_over(database_now()) and flow.secret
    choose = reverse("desk:connect_choose", args=[flow.pk]) if open_still else ""
    return _refused(
        request, refusal.sentence, place, again=_start_address(place, flow.account), choose=choose
    )


def _refused(
    request: HttpRequest, sentence: str, place: Place | None, *, again: str, choose: str = ""
) -> HttpResponse:
    context = {"sentence": sentence, "place": place, "again": again, "choose": choose}
    return render(request, "syndication/accounts/refused.html", context)
