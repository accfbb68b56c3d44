"""A brand's own app at a platform: its id, its secret, and what to enter there."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from desk.connecting import AppForm
from desk.views.connecting.asked import brand_of, person_of, platform_named
from organisation.clock import database_now
from platforms.doors import redirect_uri
from platforms.keeping import keep_app
from platforms.models import Platform, PlatformCredential
from platforms.oauth import AppKeys, apps_page_of, login_paths_of, public_apps_of

Type = PlatformCredential.Type


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def connect_app(request: HttpRequest, platform: str) -> HttpResponse:
    """The id and the secret of the brand's own app: typed in once, replaced, never shown."""
    brand, row = brand_of(request), platform_named(platform)
    kept = PlatformCredential.objects.filter(
        account=None, brand=brand, platform=row, server="", is_active=True
    ).defer("credential_value")
    tails = {one.credential_type: one for one in kept}
    paths = [path for path in login_paths_of(row.adapter) if path.app_of == row.slug]
    path = paths[0] if paths else None
    form = AppForm(request.POST or None, public_apps=public_apps_of(path))
    if form.is_valid():
        keys = AppKeys(form.cleaned_data["client_id"], form.cleaned_data["client_secret"])
        keep_app(brand, row, "", keys, by=person_of(request), now=database_now())
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
        "apps_page": apps_page_of(path),
    }
    return render(request, "syndication/accounts/app.html", context)


def _callback(platform: Platform, name: str) -> str:
    return settings.SITE_URL + reverse(f"desk:{name}", args=[platform.slug])
