"""Taking up what is to be read: each post that came out lately, and each account.

Publishing knows nothing of it and does nothing for it: what is out is found here.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef

from analytics.models import Watch
from analytics.timetable import WATCHED, first_reading
from platforms.contract import ReadsMetrics, reading_costs
from platforms.models import Account
from platforms.registry import ADAPTERS
from posting.models import Post

AT_ONCE = 500


def take_up(now: datetime) -> int:
    """Begin to watch what is not watched yet; return how much that was."""
    watches = [*_of_posts(now), *_of_accounts(now)]
    # Another worker may take up the same at the same moment; one watch stays.
    Watch.objects.bulk_create(watches, ignore_conflicts=True)
    return len(watches)


def readable() -> list[str]:
    """Return the slugs of the platforms whose figures can be read."""
    return [adapter.slug for adapter in ADAPTERS if issubclass(adapter, ReadsMetrics)]


def _of_posts(now: datetime) -> list[Watch]:
    watched = Watch.objects.filter(post=OuterRef("pk"))
    posts = (
        Post.objects.published_since(now - WATCHED)
        .filter(~Exists(watched), platform__slug__in=readable())
        .exclude(remote_id="")
        .order_by("-published_at")
    )
    costly = {adapter.slug for adapter in ADAPTERS if reading_costs(adapter)}
    rows = posts.values_list("pk", "account", "published_at", "platform__slug")[:AT_ONCE]
    return [
        Watch(
            post_id=pk,
            account_id=account,
            next_read_at=first_reading(published_at, costs=slug in costly),
        )
        for pk, account, published_at, slug in rows
    ]


def _of_accounts(now: datetime) -> list[Watch]:
    watched = Watch.objects.filter(account=OuterRef("pk"), post=None)
    accounts = Account.objects.filter(~Exists(watched), platform__slug__in=readable())
    pks = accounts.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    return [Watch(account_id=pk, next_read_at=now) for pk in pks]
