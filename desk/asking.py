"""A question with its form: a dialog over the page one is on, or a page of its own.

A link with `data-ask` is fetched with the header below and shown in the frame's dialog. Without
scripts, in a new tab, and after a refusal the same question is a page.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

PART = "X-Part"  # sent by our scripts when they want the fragment alone


def wants_part(request: HttpRequest) -> bool:
    return PART in request.headers


def ask(
    request: HttpRequest, fragment: str, context: dict[str, Any], *, title: str
) -> HttpResponse:
    """Show the question: only the fragment for a dialog, else the whole page around it."""
    part = wants_part(request)
    context |= {"fragment": fragment, "title": title, "next": way_back(request)}
    context |= {"heading": "h2" if part else "h1"}
    response = render(request, fragment if part else "syndication/asking.html", context)
    response.headers["Vary"] = f"Cookie, {PART}"
    return response


def way_back(request: HttpRequest) -> str:
    """Where the person came from, if that is a page of this site; else the home page."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    return wanted if _is_ours(wanted, request) else "/syndication"


def asked_back(request: HttpRequest) -> str:
    """The page of this site to which whoever made the link or form wants to come back, or empty."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if _is_ours(wanted, request) else ""


def _is_ours(address: str, request: HttpRequest) -> bool:
    here = {request.get_host()}
    return url_has_allowed_host_and_scheme(address, here, require_https=request.is_secure())


def back(request: HttpRequest) -> HttpResponse:
    return redirect(way_back(request))
