"""Letting an account, or the posts of a label, wait and go on. Both ask first.

Brands and everything have the kill switch (`desk.views.publishing`); a post is held by a decision.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from content.models import Label
from desk.asking import ask, back
from desk.forms import PauseForm, UntilForm
from desk.words import zoned
from organisation.clock import database_now
from organisation.models import User
from organisation.rights import PUBLISH_POST, may
from platforms.models import Account
from platforms.pausing import pause_account, resume_account
from posting.foreseeing import Forecast, Resumed, foresee
from posting.labels import hold_label, release_label
from posting.models import Post
from posting.states import Hold


def pause(request: HttpRequest, account: Account, by: User) -> HttpResponse | None:
    """Ask why and until when, then pause the account; None once that is done."""
    form = PauseForm(request.POST if request.method == "POST" else None, auto_id="pause-%s")
    if not form.is_valid():
        meaning = "None of its posts goes out until then, or until somebody resumes it."
        return _ask_to_pause(
            request, f"Pause {account.name} on {account.platform.name}?", meaning, form, "Pause"
        )
    said = form.cleaned_data
    reason = said["reason"] or f"Paused by {by}."
    pause_account(account, by=by, now=database_now(), reason=reason, until=said["until"])
    messages.success(request, f"{account.name} is paused. Its posts wait.")
    return None


def resume(request: HttpRequest, account: Account, by: User) -> HttpResponse | None:
    """Say what would go out and ask, then resume the account; None once that is done."""
    if request.method != "POST":
        ended = Resumed(accounts=frozenset({account.pk}))
        told = foresee(Post.objects.of_accounts([account.pk]), ended, timezone.now())
        since = f" since {zoned(account.state_since)}" if account.state_since else ""
        standing = f"{account.get_state_display()}{since}. {account.state_reason}"
        return _ask_to_resume(
            request, f"Resume {account.name} on {account.platform.name}?", standing, told, "Resume"
        )
    resume_account(account, by=by, now=database_now())
    if account.can_send:
        words = "Posts that are due go out, or ask first when they are too late."
        messages.success(request, f"{account.name} is resumed. {words}")
    else:
        messages.warning(request, f"{account.name} has no token. Reconnect it.")
    return None


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def label_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Hold the posts of a label's pieces, or let them go on; GET asks first."""
    acts = {"hold": _hold, "release": _release}
    if slug not in acts:
        raise Http404("There is no such act.")
    labels = Label.objects.visible_to(request.user).select_related("brand", "held_by")
    label, by = get_object_or_404(labels, pk=pk), request.user
    if not may(by, PUBLISH_POST, label.brand):
        raise PermissionDenied(f"Your role at {label.brand} does not include holding posts.")
    return acts[slug](request, label, by) or back(request)  # type: ignore[arg-type]


def _hold(request: HttpRequest, label: Label, by: User) -> HttpResponse | None:
    form = UntilForm(request.POST if request.method == "POST" else None, auto_id="hold-%s")
    if not form.is_valid():
        meaning = "No post of its pieces goes out until then, or until somebody releases it."
        return _ask_to_pause(request, f"Hold “{label}” back?", meaning, form, "Hold")
    held = hold_label(label, by=by, now=database_now(), until=form.cleaned_data["until"])
    messages.success(request, f"“{label}” is on hold. {held:,} more posts wait.")
    return None


def _release(request: HttpRequest, label: Label, by: User) -> HttpResponse | None:
    if request.method != "POST":
        told = aftermath_of_label(label)
        ends = f" until {zoned(label.held_until)}" if label.held_until else ""
        whose = f" by {label.held_by}" if label.held_by else ""
        standing = f"It was put on hold{whose}{ends}." if label.held else "It is not on hold."
        return _ask_to_resume(request, f"Release “{label}”?", standing, told, "Release")
    freed = release_label(label, by=by, now=database_now())
    messages.success(request, f"“{label}” is released. {freed:,} posts go on.")
    return None


def aftermath_of_label(label: Label) -> Forecast:
    """What releasing this label means. Posts that another held label keeps are not among them."""
    kept = Label.pieces.through.objects.filter(label__held=True).exclude(label=label)
    posts = Post.objects.filter(piece__labels=label).exclude(piece__in=kept.values("piece"))
    return foresee(posts, Resumed(holds=Hold.LABEL), timezone.now())


def _ask_to_pause(
    request: HttpRequest, question: str, meaning: str, form: forms.Form, act: str
) -> HttpResponse:
    context: dict[str, Any] = {"meaning": meaning, "form": form, "act": act}
    return ask(request, "syndication/publishing/_pause.html", context, title=question)


def _ask_to_resume(
    request: HttpRequest, question: str, standing: str, forecast: Forecast, act: str
) -> HttpResponse:
    context: dict[str, Any] = {"standing": standing, "forecast": forecast, "act": act}
    return ask(request, "syndication/publishing/_resume.html", context, title=question)
