"""Suggested times as the calendar draws them: pale and dashed, for nothing is planned there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from analytics.best_times import Suggestion
from desk.best_times import Told
from desk.calendar.clock import Clock
from desk.listing.page import PostList
from platforms.chips import glyph
from platforms.models import Account
from scheduling.suggesting import free_suggestions

ACCOUNTS = 12  # of which times are suggested at once; a filter chooses which
A_WEEK = 3  # times of each account for each week that is shown


def suggestions_between(
    posts: PostList, clock: Clock, start: datetime, end: datetime, now: datetime
) -> dict[str, Any]:
    """Return what is drawn between two instants, and how many accounts were left out.

    Six queries at most, however many accounts.
    """
    accounts = [account for account in posts.accounts if account.brand_id in posts.brand_ids]
    if posts.account_ids is not None:
        accounts = [account for account in accounts if account.pk in posts.account_ids]
    shown = accounts[:ACCOUNTS]
    start = max(start, now)
    number = A_WEEK * max(1, round((end - start).days / 7))
    found = (
        free_suggestions(shown, start, end, now=now, number=number, spread=True)
        if end > now
        else {}
    )
    return {
        "suggestions": list(_drawn(shown, found, clock)),
        "left": max(len(accounts) - ACCOUNTS, 0),
    }


def _drawn(
    accounts: list[Account], found: dict[int, list[Suggestion]], clock: Clock
) -> Iterator[dict[str, Any]]:
    for account in accounts:
        for one in found.get(account.pk, ()):
            told = Told(one)
            here = one.at.astimezone(ZoneInfo(clock.of(account)))
            asked = {
                "account": account.pk, "at": told.wall[:16], "zone": account.timezone,
            }  # fmt: skip
            yield {
                "id": f"{account.pk}-{one.at.astimezone(UTC):%Y%m%d%H%M}",
                "at": f"{here:%Y-%m-%dT%H:%M:%S}",
                "account": account.name,
                "platform": account.platform.name,
                "slug": account.platform.slug,
                "icon": glyph(account.platform),
                "why": f"{told.because} {told.surely}.",
                "when": told.when,
                "url": f"{reverse('desk:compose')}?{urlencode(asked)}",
            }
