"""What platforms say is left of their allowances, and waiting when nothing is.

Every answer may carry it, so it costs no request. A row is written when it changes by a tenth, or
once a minute: it is for people to see. Only an allowance that is used up stops anything.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from platforms.contract import Adapter, TellsAllowances
from platforms.models import Account, RateBudget
from platforms.values import Allowance

FRESH = timedelta(minutes=1)
PAUSE = timedelta(minutes=15)  # where a platform says that nothing is left and not until when


class Readings:
    """What this process last wrote of each allowance, so that it writes rarely."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: dict[tuple[int, str], tuple[int, datetime]] = {}

    def is_news(self, account: int, said: Allowance, now: datetime) -> bool:
        """Whether this is worth a row; if so it counts as written."""
        key, tenth = (account, said.name), said.remaining * 10 // max(said.limit, 1)
        with self._lock:
            known = self._written.get(key)
            if known and known[0] == tenth and now - known[1] < FRESH and said.remaining:
                return False
            self._written[key] = (tenth, now)
            return True


_readings = Readings()


def news_in(
    adapter: type[Adapter],
    account: Account,
    headers: Mapping[str, str],
    now: datetime,
    told: Sequence[Allowance] = (),
) -> list[Allowance]:
    """Return what an answer's headers say, and what bodies `told`, that is worth `learn`.

    Touches no database.
    """
    in_headers: list[Allowance] = []
    if headers and issubclass(adapter, TellsAllowances):
        in_headers = adapter.allowances(headers, now)
    return [said for said in (*in_headers, *told) if _readings.is_news(account.pk, said, now)]


def learn(account: Account, told: Iterable[Allowance], now: datetime) -> None:
    """Write down what is left; let the account, or all accounts of its app, wait if nothing is."""
    latest = {said.name: said for said in told}
    rows = [
        RateBudget(
            platform_id=account.platform_id,
            account_id=account.pk,
            name=said.name,
            limit=said.limit,
            remaining=said.remaining,
            resets_at=said.resets_at,
            read_at=now,
        )
        for said in latest.values()
    ]
    RateBudget.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["platform", "account", "name"],
        update_fields=["limit", "remaining", "resets_at", "read_at"],
    )
    for said in latest.values():
        if said.remaining <= 0:
            wait(account, said.resets_at or now + PAUSE, whole_app=said.whole_app)


def wait(account: Account, until: datetime, *, whole_app: bool = False) -> None:
    """Let the account's posts wait; another answer may have asked for longer already."""
    accounts = Account.objects.filter(pk=account.pk)
    if whole_app:
        accounts = Account.objects.filter(
            platform_id=account.platform_id, server=account.server, brand_id=account.brand_id
        )
    shorter = Q(blocked_until=None) | Q(blocked_until__lt=until)
    accounts.filter(shorter).update(blocked_until=until)
