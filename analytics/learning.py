"""Working out the hours of accounts, each once a day, so that no page waits for it."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from analytics.hours import Hour, by_hour, estimate
from analytics.models import AccountHours
from analytics.priors import prior_for
from analytics.results import outcomes_of, results_in
from organisation.faults import logged
from platforms.clock import boottime
from platforms.models import Account

EVERY = timedelta(days=1)
AT_ONCE = 100  # accounts of one round
TICK = 30.0  # seconds after which one round begins no further account
DIGITS = 6  # kept of a logarithm


def learn_due(now: datetime, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Work out the accounts whose hours are unknown, a day old, or of another zone; return how many
    that were. `stop` is asked before each. Two workers that do the same write the same.
    """
    stale = (
        Q(hours_learnt=None)
        | Q(hours_learnt__learnt_at__lte=now - EVERY)
        | ~Q(hours_learnt__zone=F("timezone"))
    )
    due = Account.objects.filter(stale).select_related("platform")
    done, end = 0, boottime() + TICK
    for account in due.order_by(F("hours_learnt__learnt_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        if stop() or boottime() >= end:
            break
        with logged(f"the hours of account {account.pk} could not be worked out"):
            learn(account, now)
        done += 1
    return done


def learn(account: Account, now: datetime) -> AccountHours:
    """Work out an account's hours from the posts it sent in the last half year."""
    outcomes = outcomes_of(account, now)
    results = results_in(outcomes)
    seen = by_hour(results, ZoneInfo(account.timezone))
    hours = estimate(seen, prior_for(account.platform.slug)) if results else {}
    row, _ = AccountHours.objects.update_or_create(
        account=account,
        defaults={
            "zone": account.timezone,
            "learnt_at": now,
            "posts": len(results),
            "left_out": len(outcomes) - len(results),
            "hours": [_kept(hour) for hour in hours.values()],
        },
    )
    return row


def _kept(hour: Hour) -> list[float]:
    return [round(value, DIGITS) for value in astuple(hour)]
