"""Decisions about many posts at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from desk import many
from desk.choosing import MOST, OFFERED, Chosen, Outcome, brands_for, decide_all, told, why_not
from desk.many import BY_NAME, Many
from desk.stops import aftermath_of_release
from desk.zones import zone_of
from organisation.models import User
from organisation.rights import brands_where
from posting.models import Post

TOLD = 8  # kinds of refusal that are told one by one


@login_required
@never_cache
@require_POST
def decide_chosen(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more, then do it to each chosen post it fits. The rest is told with its reason."""
    if not any(slug in offered for offered in OFFERED.values()):
        raise Http404("There is no such decision.")
    by: User = request.user  # type: ignore[assignment]
    verb, now = BY_NAME[slug], timezone.now()
    decision = verb.decision
    if not brands_where(by, decision.right).exists():
        raise PermissionDenied("Your role does not include this decision.")
    chosen = Chosen(request.POST, user=by, now=now)
    posts = chosen.posts()
    if not posts:
        messages.warning(request, "No post was chosen, so nothing was changed.")
        return redirect(chosen.back_url)
    sure = "sure" in request.POST
    form = decision.form(request.POST if sure else None, initial={"zone": str(zone_of(by))})
    if decision.asks and not (sure and form.is_valid()):
        context = _question(verb, chosen, posts, by) | {"form": form}
        return render(request, "syndication/posting/decide_many.html", context)
    _tell(request, verb, decide_all(decision, posts[:MOST], by=by, now=now, **_answers(form)))
    return redirect(chosen.back_url)


def _answers(form: forms.Form) -> dict[str, Any]:
    return form.cleaned_data if form.is_valid() else {}


def _question(verb: Many, chosen: Chosen, posts: list[Post], by: User) -> dict[str, Any]:
    brands = brands_for(verb.decision, by)
    reasons: dict[str, list[Post]] = {}
    for post in posts[:MOST]:
        reasons.setdefault(why_not(verb.decision, post, brands, chosen.now), []).append(post)
    going = reasons.pop("", [])
    number = many.posts(len(going))
    return {
        "decision": verb.decision,
        "question": verb.question.format(number) if going else f"{verb.words}: nothing to do",
        "meaning": verb.meaning_for(len(going)),
        "act": verb.act.format(number),
        "going": going,
        "stays": [(reason, told(some), len(some)) for reason, some in reasons.items()],
        "forecast": aftermath_of_release([post.pk for post in going], chosen.now)
        if verb.slug == "release"
        else None,
        "too_many": len(posts) > MOST,
        "most": MOST,
        "chosen": chosen,
        "ids": ",".join(str(post.pk) for post in going),
    }


def _tell(request: HttpRequest, verb: Many, outcome: Outcome) -> None:
    if outcome.done:
        messages.success(request, verb.done.format(many.posts(outcome.done)))
    for why, posts in list(outcome.refused.items())[:TOLD]:
        messages.warning(request, f"Not done for {told(posts)}{why}")
    if len(outcome.refused) > TOLD:
        rest = sum(len(posts) for posts in list(outcome.refused.values())[TOLD:])
        messages.warning(request, f"{rest:,} more posts stayed as they were.")
