"""What platforms tell us by themselves: a person took back the permission, or wants data deleted.

Nobody is signed in here. The signature is what counts, so there is no CSRF token either; without a
right one nothing is written.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from organisation.clock import database_now
from platforms.forgetting import forget
from platforms.models import Erasure, Platform
from platforms.oauth import login_paths_of
from platforms.registry import ADAPTERS
from platforms.signed_request import NotSigned

WINDOW = 60  # seconds
MOST = 60  # requests of one address in a window, of each web process
BODY_MAX = 16 * 1024  # bytes

View = Callable[..., HttpResponse]


def not_too_often(view: View) -> View:
    """Answer 429 to an address that asks more than MOST times a minute."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = request.META.get("REMOTE_ADDR", "")
        key = f"callback:{who}:{int(time.time() // WINDOW)}"
        cache.add(key, 0, timeout=2 * WINDOW)
        try:
            count = cache.incr(key)
        except ValueError:  # the cache dropped it in between
            count = 1
        if count > MOST:
            refusal = JsonResponse({"error": "Too many requests. Try again in a minute."})
            refusal.status_code, refusal["Retry-After"] = 429, str(WINDOW)
            return refusal
        return view(request, *args, **kwargs)

    return asked


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_POST
@not_too_often
def deauthorise(request: HttpRequest, platform: str) -> HttpResponse:
    """A person removed the app: pause what they connected and erase its tokens."""
    return _answer(request, platform, Erasure.Kind.DEAUTHORISED)


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_POST
@not_too_often
def erase(request: HttpRequest, platform: str) -> HttpResponse:
    """A person wants their data deleted: the same, and a code with which they can look."""
    return _answer(request, platform, Erasure.Kind.DATA)


def _answer(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    platform = _platform(slug)
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MAX:
        return JsonResponse({"error": "This is too long for a signed request."}, status=413)
    try:
        done = forget(platform, kind, request.POST.get("signed_request", ""), database_now())
    except NotSigned as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    address = settings.SITE_URL + reverse("desk:erased", args=[done.code])
    return JsonResponse({"url": address, "confirmation_code": done.code})


def _platform(slug: str) -> Platform:
    """Return a platform whose app people can let in. Raises Http404."""
    apps = {path.app_of for adapter in ADAPTERS for path in login_paths_of(adapter)}
    if slug not in apps:
        raise Http404("No app of this platform is used here.")
    return get_object_or_404(Platform, slug=slug)


@never_cache
@require_safe
@not_too_often
def erased(request: HttpRequest, code: str) -> HttpResponse:
    """What became of a request, for whoever has its code. It names no person and no account."""
    done = get_object_or_404(Erasure.objects.select_related("platform"), code=code)
    return render(request, "syndication/accounts/erased.html", {"done": done})
