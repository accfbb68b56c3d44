"""Signing in with a name and an app password."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from desk.connecting import PasswordForm
from desk.views.connecting.asked import account_in, brand_of, person_of, platform_named
from desk.views.connecting.pasting import connected_at_once
from organisation.clock import database_now
from platforms.doors import Place
from platforms.errors import PlatformError
from platforms.models import Account
from platforms.models.account import SANDBOX
from platforms.oauth import PasswordPath, password_path_of
from platforms.signing_in import sign_in


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def connect_password(request: HttpRequest, platform: str) -> HttpResponse:
    """Sign in with a name and an app password. The session is kept, and renewed from then on."""
    account = account_in(request)
    brand = account.brand if account else brand_of(request)
    row = platform_named(platform)
    path = password_path_of(row.adapter)
    if path is None or (account and account.platform != row):
        raise Http404("This platform is not connected with a password.")
    at_sandbox = account.is_sandboxed if account else "sandbox" in request.GET
    if at_sandbox and not settings.SANDBOX_URL:
        raise Http404("There is no sandbox here.")
    server = SANDBOX if at_sandbox else ""
    form = PasswordForm(request.POST or None, path=path, server=server)
    if form.is_valid():
        where = Place(brand, row, path, server or form.cleaned_data["server"])
        if connected := _sign_in(request, form, where, path, account):
            return connected_at_once(request, connected, account)
    context = {
        "form": form, "platform": row, "path": path, "brand": brand, "account": account,
        "server": server,
    }  # fmt: skip
    return render(request, "syndication/accounts/password.html", context)


def _sign_in(
    request: HttpRequest,
    form: PasswordForm,
    place: Place,
    path: PasswordPath,
    account: Account | None,
) -> Account | None:
    """Return the account, or None with the reason on the form."""
    said = form.cleaned_data
    person, now = person_of(request), database_now()
    try:
        return sign_in(
            place, path, said["name"], said["password"], by=person, now=now, account=account
        )
    except PlatformError as error:
        form.add_error("password", f"{error.sentence} Nothing was stored.")
    except ValidationError as error:
        form.add_error("name", error)
    return None
