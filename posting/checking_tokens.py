"""Asking platforms whether an account's token still works, before a post finds out.

A check only reads. It stops an account only when the platform refuses several in a row: posts may
go out although a check is refused, and a platform may be wrong once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from platforms.errors import NotReady, NotSent, PlatformError, RateLimited, Unclear
from platforms.models import Account
from platforms.refreshing import disconnect
from posting.connecting import target_of
from posting.identifying import identify

EVERY = timedelta(days=1)
AGAIN = timedelta(minutes=5)  # after a check that failed
AT_ONCE = 20  # accounts that one tick looks at
# Says nothing about the token: the platform could not be asked properly.
NOT_THE_TOKEN = (NotSent, Unclear, RateLimited, NotReady)


class Verdict(StrEnum):
    """What a platform says of an account's token."""

    WORKS = "works"
    REFUSED = "refused"
    UNKNOWN = "not asked"  # the platform could not be asked, which says nothing of the token


@dataclass(frozen=True)
class Checked:
    """One check: the verdict and a sentence for people."""

    verdict: Verdict
    sentence: str
    # What the account's server says of itself, such as its limits, where it was asked.
    server_facts: Mapping[str, Any] = field(default_factory=dict)


def ask(account: Account) -> Checked:
    """Ask the platform whose token the account has. Reads only, and changes nothing here."""
    name = account.platform.name
    try:
        facts = identify(target_of(account))
    except NOT_THE_TOKEN as error:
        return Checked(Verdict.UNKNOWN, f"It could not be asked: {error.sentence}")
    except PlatformError as error:
        return Checked(Verdict.REFUSED, error.sentence)
    if facts.remote_id != account.remote_id:
        return Checked(
            Verdict.REFUSED,
            f"The token belongs to {facts.name} ({facts.remote_id}), not to {account.remote_id}.",
        )
    sentence = f"{name} accepts the token of {facts.name}."
    return Checked(Verdict.WORKS, sentence, facts.server_facts)


def check(account: Account, now: datetime) -> Checked:
    """Ask, and write down what came of it. Every failure in a row counts."""
    checked = ask(account)
    mine = Account.objects.filter(pk=account.pk)
    match checked.verdict:
        case Verdict.WORKS:
            _learn(account, checked.server_facts)
            mine.update(checked_at=now, check_failures=0)
        case Verdict.UNKNOWN:
            mine.update(checked_at=now)
        case Verdict.REFUSED:
            mine.update(checked_at=now, check_failures=F("check_failures") + 1)
            if mine.get().check_failures >= settings.DISCONNECT_AFTER:
                disconnect(account, checked.sentence, now)
    return checked


def _learn(account: Account, facts: Mapping[str, Any]) -> None:
    """Keep what a server says of itself now: its limits may have changed since it was connected.

    What it left out this time stays as it was. Whoever reconnected the account meanwhile knows
    more.
    """
    known = {**account.server_facts, **{name: fact for name, fact in facts.items() if fact}}
    if known != account.server_facts:
        unchanged = Account.objects.filter(pk=account.pk, checked_at=account.checked_at)
        unchanged.update(server_facts=known)


def check_due(now: datetime) -> int:
    """Check the accounts that send and were not looked at lately. Return how many."""
    lately = Q(checked_at__lte=now - EVERY) | Q(checked_at=None, created_at__lte=now - EVERY)
    failed = Q(check_failures__gt=0, checked_at__lte=now - AGAIN)
    due = Account.objects.able_to_send(now).filter(lately | failed)
    accounts = list(due.select_related("platform", "brand").order_by("checked_at", "pk")[:AT_ONCE])
    for account in accounts:
        check(account, now)
    return len(accounts)
