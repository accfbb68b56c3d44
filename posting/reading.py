"""Reading at a platform what nobody waits for: whether a post still stands, how it does.

Such questions take no account's lock and no sending slot, have little patience, and are not asked
while little is left of an allowance: that is for posts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from platforms.clock import boottime
from platforms.contract import Adapter
from platforms.models import Account, RateBudget
from platforms.registry import adapter_for
from posting.connecting import check_target, client_until, connection_for, target_of
from posting.database_threads import here
from posting.heeding import heed

PATIENCE = 10.0  # seconds for all questions about one post, and for each answer
OLD_WORD = timedelta(hours=1)  # after which a low allowance without a reset says nothing any more
PAUSE = timedelta(minutes=15)  # where a platform does not say when an allowance is whole again


@contextmanager
def adapter_to_read(account: Account) -> Iterator[Adapter]:
    """Give the account's adapter for a few questions, and learn what the answers say beside.

    Raises NotSent or CredentialsExpired where the account cannot be talked for.
    """
    target = target_of(account)
    kind = adapter_for(target.adapter_slug)
    check_target(target, kind)
    client = replace(
        client_until(boottime() + PATIENCE, target),
        connect_timeout=min(settings.CONNECT_TIMEOUT, PATIENCE),
        read_timeout=min(settings.READ_TIMEOUT, PATIENCE),
    )
    try:
        yield kind(connection_for(target, client))
    finally:
        heed(account, target, client, here)


def kept_for_posts(account: Account, now: datetime) -> datetime | None:
    """Until when nothing is asked because little is left of an allowance; None: ask."""
    still = Q(resets_at__gt=now) | Q(resets_at=None, read_at__gt=now - OLD_WORD)
    low = [b for b in RateBudget.objects.filter(still, account=account) if b.is_low]
    return max((budget.resets_at or now + PAUSE for budget in low), default=None)
