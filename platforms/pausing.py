"""Stopping and starting: one account, one brand, or everything.

A stop takes the row lock of every account it covers, which a claim takes too. So when it returns,
no claim that began before it is still deciding, and none after it will take a post. Posts that are
on their way already finish.
"""

from datetime import datetime

from django.db import transaction

from organisation.audit import record
from organisation.faults import logged
from organisation.models import Brand, Instance, Switch, User
from organisation.notices import resolve_notice
from platforms.models import Account

CLOCK = "clock"  # who acts when a pause was to last until a time


class NotAdopted(Exception):
    """Publishing was asked for in a database of which it is not sure that it may publish."""


def stop_publishing(
    *,
    by: User,
    now: datetime,
    brand: Brand | None = None,
    reason: str = "",
    until: datetime | None = None,
) -> None:
    """Turn publishing off for a brand, or for everything. Posts wait, and none is lost.

    It starts by itself at `until`; without it when somebody starts it.
    """
    _turn(stopped=True, by=by, now=now, brand=brand, reason=reason, until=until)


def start_publishing(*, by: User | str, now: datetime, brand: Brand | None = None) -> None:
    """Turn publishing on again. Posts later than their account's limit become missed first.

    Raises NotAdopted, with the sentence to show, for everything in a database that is in doubt.
    """
    doubt = Instance.objects.exclude(doubt="").values_list("doubt", flat=True).first()
    if brand is None and doubt:
        raise NotAdopted(doubt)
    _turn(stopped=False, by=by, now=now, brand=brand)


def _turn(
    *,
    stopped: bool,
    by: User | str,
    now: datetime,
    brand: Brand | None,
    reason: str = "",
    until: datetime | None = None,
) -> None:
    with transaction.atomic():
        accounts = Account.objects.filter(brand=brand) if brand else Account.objects.all()
        list(accounts.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        Switch.objects.update_or_create(
            brand=brand,
            defaults={
                "stopped": stopped,
                "stopped_by": by if stopped and isinstance(by, User) else None,
                "stopped_at": now if stopped else None,
                "until": until,
                "reason": reason[:200],
            },
        )
        scope = brand.name if brand else "everything"
        turned = f"turned publishing {'off' if stopped else 'on'} for {scope}{_span(until)}"
        sentence = f"{by} {turned}. {reason}"
        record("stop" if stopped else "start", sentence.strip(), by=by, brand=brand)


def pause_account(
    account: Account,
    *,
    by: User | str,
    now: datetime,
    reason: str,
    until: datetime | None = None,
) -> None:
    """Pause one account: its posts wait until then, or until a person resumes it."""
    _set_state(account, Account.State.PAUSED, by=by, now=now, reason=reason, until=until)


def resume_account(account: Account, *, by: User | str, now: datetime) -> None:
    """Let a paused or reconnected account send again. Without a token it waits for one instead."""
    have = account.credentials.filter(is_active=True).values_list("credential_type", flat=True)
    if set(account.platform.adapter.credential_types) <= set(have):
        _set_state(account, Account.State.CONNECTED, by=by, now=now)
        return
    reason = "It was resumed and has no token. Reconnect it."
    _set_state(account, Account.State.NEEDS_RECONNECT, by=by, now=now, reason=reason)


def resume_elapsed(now: datetime) -> None:
    """End the pauses and stops that were to last until now.

    Each on its own: one that cannot be ended keeps neither the others nor the queue waiting.
    """
    for account in Account.objects.filter(state=Account.State.PAUSED, paused_until__lte=now):
        with logged(f"the pause of account {account.pk} could not be ended"):
            resume_account(account, by=CLOCK, now=now)
    for switch in Switch.objects.filter(stopped=True, until__lte=now).select_related("brand"):
        with logged(f"the stop of {switch.brand or 'everything'} could not be ended"):
            _start_by_clock(switch, now)


def _start_by_clock(switch: Switch, now: datetime) -> None:
    try:
        start_publishing(by=CLOCK, now=now, brand=switch.brand)
    except NotAdopted:  # a database in doubt is started by nobody's clock
        Switch.objects.filter(pk=switch.pk).update(until=None)


def _set_state(
    account: Account,
    state: str,
    *,
    by: User | str,
    now: datetime,
    reason: str = "",
    until: datetime | None = None,
) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        locked.state, locked.state_reason, locked.state_since = state, reason, now
        locked.blocked_until, locked.paused_until, locked.halted = None, until, False
        locked.save(
            update_fields=[
                "state", "state_reason", "state_since", "blocked_until", "paused_until", "halted"
            ]
        )  # fmt: skip
        state_now = f"{locked.get_state_display().lower()}{_span(until)}"
        sentence = f"{by} set {locked.name} to {state_now}. {reason}"
        if state == Account.State.CONNECTED:
            resolve_notice(f"account:{account.pk}", now, f"{by} resumed it.")
        record(f"account {state}", sentence.strip(), by=by, subject=locked, brand=locked.brand)
    account.refresh_from_db()


def _span(until: datetime | None) -> str:
    return f" until {until:%d %B %Y %H:%M} {until.tzname()}" if until else ""
