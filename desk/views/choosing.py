"""Decisions about many posts at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from desk.choosing import (
    MOST,
    OFFERED,
    QUESTIONS,
    Chosen,
    Outcome,
    decide_all,
    done_words,
    told,
    why_not,
)
from desk.decisions import BY_SLUG, Decision
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
    decision, now = BY_SLUG[slug], timezone.now()
    if not brands_where(by, decision.right).exists():
        raise PermissionDenied("Your role does not include this decision.")
    chosen = Chosen(request.POST, user=by, now=now)
    posts = chosen.posts()
    if not posts:
        messages.warning(request, "No post was chosen, so nothing was changed.")
        return redirect(chosen.back_url)
    if decision.asks and "sure" not in request.POST:
        return render(request, "syndication/posting/decide_many.html",
                      _question(decision, chosen, posts, by))  # fmt: skip
    _tell(request, decision, decide_all(decision, posts[:MOST], by=by, now=now))
    return redirect(chosen.back_url)


def _question(decision: Decision, chosen: Chosen, posts: list[Post], by: User) -> dict[str, Any]:
    brands = set(brands_where(by, decision.right).values_list("pk", flat=True))
    reasons: dict[str, list[Post]] = {}
    for post in posts[:MOST]:
        reasons.setdefault(why_not(decision, post, brands, chosen.now), []).append(post)
    going = reasons.pop("", [])
    return {
        "decision": decision,
        "question": QUESTIONS[decision.slug],
        "going": going,
        "stays": [(reason, told(some), len(some)) for reason, some in reasons.items()],
        "too_many": len(posts) > MOST,
        "most": MOST,
        "chosen": chosen,
        "ids": ",".join(str(post.pk) for post in going),
    }


def _tell(request: HttpRequest, decision: Decision, outcome: Outcome) -> None:
    if outcome.done:
        messages.success(request, done_words(decision, outcome.done))
    for sentence, posts in list(outcome.refused.items())[:TOLD]:
        messages.warning(request, f"Not done for {told(posts)}. {sentence}")
    if len(outcome.refused) > TOLD:
        rest = sum(len(posts) for posts in list(outcome.refused.values())[TOLD:])
        messages.warning(request, f"{rest:,} more posts stayed as they were.")
