"""What a form is told that came too late: its person was signed out, or signed in again since."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from desk.compose.filled import Filled


def too_late(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token of this session; `reason` is for the log alone."""
    if request.path == reverse("desk:compose"):
        return not_sent(request)
    return render(request, "403_csrf.html", status=403)


def not_sent(request: HttpRequest) -> HttpResponse:
    """Say that a post was not sent, where its words are, and lead back to it."""
    page = "syndication/posting/compose/not_sent.html"
    # Only our own page is given its words back: another site could put any words here.
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    filled = Filled.from_post(request.POST) if ours else Filled()
    written = [filled.title, filled.text, filled.link, *(own.text for own in filled.own.values())]
    context = {"written": [words for words in written if words.strip()]}
    return render(request, page, context, status=403)
