"""Times that are suggested beside the date of the form, one press away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from desk.best_times import Told
from desk.compose.composition import Composition
from desk.compose.times import OWN
from platforms.models import Account
from scheduling.suggesting import free_suggestions
from scheduling.walltime import zone_named

AHEAD = timedelta(days=7)
ACCOUNTS = 3  # for which a time is suggested while the form is filled in


@dataclass(frozen=True)
class Offer:
    """A time of one account, as the form's button takes it: by the clock of the form."""

    account: Account
    told: Told
    value: str  # "2026-11-24T10:00"


def offers(composition: Composition, now: datetime) -> list[Offer]:
    """Return the best free time of each chosen account in the next week.

    None where no time is asked for, and where the form names a zone that there is not. Five
    queries, however many accounts are chosen.
    """
    filled = composition.filled
    if filled.when not in ("at", "approval"):
        return []
    try:
        shared = None if filled.zone == OWN else zone_named(filled.zone)
    except ValidationError:
        return []  # the form says so beside the field
    chosen = {place.account.pk: place.account for place in composition.chosen if place.usable}
    accounts = list(chosen.values())[:ACCOUNTS]
    found = free_suggestions(accounts, now, now + AHEAD, now=now, number=1)
    offered = []
    for account in accounts:
        for one in found[account.pk]:
            there = one.at.astimezone(shared or ZoneInfo(account.timezone))
            offered.append(Offer(account, Told(one), f"{there:%Y-%m-%dT%H:%M}"))
    return offered
