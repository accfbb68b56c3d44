"""Setting an account's slots, hours and days off: each as a whole, audited."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from organisation.audit import record
from organisation.models import Brand, User
from platforms.models import Account
from scheduling.models import Blackout, Slot, TimeRules
from scheduling.weekdays import named_days

SLOTS_MAX = 60  # of one account


def set_slots(account: Account, wanted: Sequence[tuple[int, time, str]], *, by: User) -> None:
    """Let the account have exactly these slots: days, time and queue of each.

    Posts that have taken a slot keep their times. Raises ValidationError; then nothing was changed.
    """
    if len(wanted) > SLOTS_MAX:
        raise ValidationError(f"{SLOTS_MAX} slots are the most of one account. Remove some.")
    merged: dict[tuple[time, str], int] = {}
    for days, at, queue in wanted:
        merged[at, queue] = merged.get((at, queue), 0) | days
    slots = [Slot(account=account, days=days, at=at, queue=queue)
             for (at, queue), days in merged.items()]  # fmt: skip
    with transaction.atomic():
        # Whoever takes a slot holds this lock, and so sees the slots of before or those of after.
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        Slot.objects.filter(account=account).delete()
        for slot in slots:
            slot.full_clean()
        Slot.objects.bulk_create(slots)
        told = "; ".join(map(str, slots)) or "none"
        record("set slots", f"{by} set the slots of {account.name}: {told}.", by=by,
               subject=account, brand=account.brand)  # fmt: skip


def set_rules(brand: Brand, account: Account | None, *, by: User, **values: Any) -> None:
    """Set what is asked of the times of an account, or of the brand's accounts (`account` None).

    `values` are fields of `TimeRules`. Raises ValidationError.
    """
    with transaction.atomic():
        rules = TimeRules.objects.filter(brand=brand, account=account).first()
        rules = rules or TimeRules(brand=brand, account=account)
        for name, value in values.items():
            setattr(rules, name, value)
        rules.full_clean()
        rules.save()
        record("set time rules", f"{by} set {str(rules).lower()}: {_told(rules)}.", by=by,
               subject=account or brand, brand=brand)  # fmt: skip


def _told(rules: TimeRules) -> str:
    hours = [f"{named_days(one['days'])} {one['opens']} to {one['closes']}"
             for one in rules.hours or ()]  # fmt: skip
    parts = [
        "hours " + (", ".join(hours) or "any") if rules.hours is not None else "",
        f"holidays of {rules.country}" if rules.country else "",
        f"{rules.daily_budget} posts a day" if rules.daily_budget is not None else "",
        f"look back {rules.look_back} days" if rules.look_back is not None else "",
        {
            None: "",
            True: "suggested times are taken at once",
            False: "suggested times are only proposed",
        }[rules.takes_suggestions],
    ]
    return "; ".join(filter(None, parts)) or "nothing"


def add_blackout(
    brand: Brand, account: Account | None, first: date, last: date, why: str, *, by: User
) -> Blackout:
    """Let nothing go out from one day to another, both included. Raises ValidationError."""
    blackout = Blackout(brand=brand, account=account, first=first, last=last, why=why)
    with transaction.atomic():
        blackout.full_clean()
        blackout.save()
        whose = account.name if account else f"all accounts of {brand}"
        record("add blackout", f"{by} keeps {whose} silent: {blackout}.", by=by,
               subject=account or brand, brand=brand)  # fmt: skip
    return blackout


def end_blackout(blackout: Blackout, *, by: User) -> None:
    """Take a blackout away again."""
    with transaction.atomic():
        record("end blackout", f"{by} took a blackout away: {blackout}.", by=by,
               subject=blackout.account or blackout.brand, brand=blackout.brand)  # fmt: skip
        blackout.delete()
