"""Pasting a token that was made at the platform."""

from datetime import UTC, datetime, time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from desk.connecting import TokenForm
from desk.views.connecting.asked import account_in, brand_of, person_of, platform_named
from organisation.clock import database_now
from organisation.models import Brand
from platforms.connecting import connect_account
from platforms.errors import PlatformError
from platforms.models import Account, Platform, PlatformCredential
from platforms.models.account import SANDBOX
from platforms.oauth import password_path_of
from posting.connecting import target_with
from posting.identifying import identify

Type = PlatformCredential.Type


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def connect_token(request: HttpRequest, platform: str) -> HttpResponse:
    """Paste a token. The platform is asked whose it is before anything is kept."""
    account = account_in(request)
    brand = account.brand if account else brand_of(request)
    row = platform_named(platform)
    if password_path_of(row.adapter):
        raise Http404("Its tokens last for hours only; it is connected with a password.")
    server = account.server if account else (SANDBOX if "sandbox" in request.GET else None)
    if server == SANDBOX and not settings.SANDBOX_URL:
        raise Http404("There is no sandbox here.")
    form = TokenForm(request.POST or None, platform=row, server=server)
    if form.is_valid():
        where = form.cleaned_data.get("server", server or "")
        if connected := _connect_token(request, form, row, brand, where, account):
            return connected_at_once(request, connected, account)
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
        by=person_of(request),
        now=database_now(),
        server=server,
        expires_at=datetime.combine(day, time(), UTC) if day else None,
    )


def connected_at_once(
    request: HttpRequest, account: Account, before: Account | None
) -> HttpResponse:
    """Say that the account is connected, or connected again, and show it."""
    again = "again " if before else ""
    messages.success(request, f"{account.name} is {again}connected.")
    if not account.can_send:
        messages.warning(request, f"{account.name} stays paused until you resume it.")
    return redirect("desk:account", account.pk)
