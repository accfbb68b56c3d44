"""Suggested times for ready posts: proposed with their reasons, confirmed once, and taken back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from desk.best_times import Row
from desk.calendar.ready import newest_of
from desk.counting import count_up_to
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from organisation.models import Brand, User
from organisation.rights import PUBLISH_POST
from platforms.models import Account
from posting.models import Post
from posting.models.post import PostQuerySet
from scheduling.suggesting import (
    MOST,
    Accepted,
    Choice,
    accept,
    give_back,
    propose,
    take_at_once,
    waiting,
)

PAGE = "syndication/scheduling/suggested.html"
SPANS = (7, 14, 28)  # days
GIVEN = "times_given"  # in the session: ids and versions of what the last press gave times to


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggested(request: HttpRequest) -> HttpResponse:
    """Ready posts with proposed times. `act`: take those that are ticked, take all of the accounts
    that want no question, or give the last ones back."""
    mine = brands_of(request)
    if request.method != "POST":
        return _page(request, mine)
    if not mine:
        raise PermissionDenied("Your role does not include giving posts a time.")
    acts = {"take": _take, "at-once": _take_at_once, "undo": _undo}
    act = acts.get(request.POST.get("act", ""))
    if act is not None:
        by: User = request.user  # type: ignore[assignment]
        act(request, Post.objects.of_brands(brand.pk for brand in mine), by, timezone.now())
    return redirect(f"{request.path}?days={_days(request.POST.get('days', ''))}")


def brands_of(request: HttpRequest) -> list[Brand]:
    """The brands whose posts this person may give a time, as far as the page is about them."""
    chosen = chosen_brand(request)
    mine = reach_of(request).where(PUBLISH_POST)
    return [brand for brand in mine if chosen in (None, brand)]


def _page(request: HttpRequest, mine: list[Brand]) -> HttpResponse:
    now, days = timezone.now(), _days(request.GET.get("days", ""))
    ready = [Post.objects.ready().filter(brand=brand) for brand in mine]
    posts = list(waiting(Post.objects.filter(pk__in=newest_of(ready, MOST))))
    proposals = propose(posts, now, now + timedelta(days=days), now=now)
    rows = [Row(one) for one in proposals]
    context = {
        "rows": rows,
        "any": any(row.told for row in rows),
        "total": count_up_to(Post.objects.ready().filter(brand__in=mine)),
        "most": MOST,
        "more": len(posts) == MOST,
        "days": days,
        "spans": SPANS,
        "may_take": bool(mine),
        "given": _given(request, mine),
    }
    return render(request, PAGE, context)


def _days(text: str) -> int:
    return days if (days := whole(text)) in SPANS else SPANS[0]


def _given(request: HttpRequest, mine: list[Brand]) -> list[Post]:
    """What the last press gave times to and still stands as it left it, the next to go first."""
    seen = dict(request.session.get(GIVEN, ()))
    if not seen:
        return []
    posts = Post.objects.of_brands(brand.pk for brand in mine).scheduled().filter(pk__in=seen)
    rows = posts.select_related("piece", "account__platform").order_by("due_at", "pk")
    return [post for post in rows if seen[post.pk] == post.version]


def _take(request: HttpRequest, mine: PostQuerySet, by: User, now: datetime) -> None:
    choices = [one for text in request.POST.getlist("take")[:MOST] if (one := _choice(text))]
    if not choices:
        messages.warning(request, "Nothing was ticked, so nothing was changed.")
        return
    _tell(request, accept(choices, mine, by=by, now=now), mine)


def _choice(text: str) -> Choice | None:
    """Read "17 2 2026-11-24T10:00:00 0"; None for what no page of ours sends."""
    parts = text[:80].split()
    if len(parts) != 4 or not (whole(parts[0]) and whole(parts[1])):
        return None
    return Choice(whole(parts[0]), whole(parts[1]), parts[2], 1 if parts[3] == "1" else 0)


def _take_at_once(request: HttpRequest, mine: PostQuerySet, by: User, now: datetime) -> None:
    accounts = Account.objects.filter(pk__in=mine.ready().values("account"))
    ready = waiting(mine.filter(account__in=take_at_once(accounts)))
    days = timedelta(days=_days(request.POST.get("days", "")))
    proposals = propose(list(ready[:MOST]), now, now + days, now=now)
    choices = [Choice.of(one) for one in proposals if one.suggestion]
    if choices:
        _tell(request, accept(choices, mine, by=by, now=now), mine)
    else:
        messages.info(request, "No ready post could have a time at once. What can be is proposed.")


def _undo(request: HttpRequest, mine: PostQuerySet, by: User, now: datetime) -> None:
    pairs = [text.split() for text in request.POST.getlist("given")[:MOST]]
    seen = {whole(pair[0]): whole(pair[1]) for pair in pairs if len(pair) == 2}
    done = give_back(seen, mine, by=by, now=now)
    request.session.pop(GIVEN, None)
    if done.posts:
        many = len(done.posts)
        messages.success(
            request, f"Taken back: {many} post{'s' * (many > 1)} ready, without a time."
        )
    _tell_refused(request, done, mine)


def _tell(request: HttpRequest, done: Accepted, mine: PostQuerySet) -> None:
    if done.posts:
        request.session[GIVEN] = [[post.pk, post.version] for post in done.posts]
        many = len(done.posts)
        messages.success(
            request, f"{many} post{'s have their times' if many > 1 else ' has its time'}."
        )
    _tell_refused(request, done, mine)


def _tell_refused(request: HttpRequest, done: Accepted, mine: PostQuerySet) -> None:
    """One line for each reason, with the posts it is about; posts of others have no name here."""
    posts = mine.filter(pk__in=done.refused).select_related("piece")
    names = {post.pk: f"“{post.piece}”" for post in posts}
    by_reason: dict[str, list[str]] = {}
    for pk, reason in done.refused.items():
        by_reason.setdefault(reason, []).append(names.get(pk, "A post"))
    for reason, about in list(by_reason.items())[:5]:
        messages.error(request, f"{_listed(about)} left as it was: {reason}")


def _listed(names: Iterable[str]) -> str:
    first, *others = names
    return f"{first} and {len(others)} more" if others else first
