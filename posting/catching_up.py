"""After a stop, late posts go out one by one, oldest first, with their account's minimum gap.

What a person asked to send first comes before them, in the same way.

A post is late when its moment has passed by a minute and its account has sent nothing since: the
workers were away, or the account was stopped. A queue that merely takes long, because much was due
at once, is not late. A post that is on time is never made to wait.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q

from organisation.models import Switch
from platforms.models import Account
from posting.models import Post, PostEvent
from posting.states import Status

LATE_AFTER = timedelta(minutes=1)
ORDER = ("-priority", "due_at", "pk")
BATCH = 500  # posts of one account that get their turns in one transaction


def late_now(account: Account, now: datetime) -> Q:
    """The account's posts that are late. No worker takes them before they have their turn."""
    late = Q(wake_at__lt=now - LATE_AFTER, first_claimed_at=None, irrevocable=False)
    return late & Q(wake_at__gt=account.last_served_at) if account.last_served_at else late


def space_late(now: datetime) -> int:
    """Give every late post its turn; return how many got one."""
    served = F("account__last_served_at")
    late = Post.objects.due(now - LATE_AFTER).filter(
        Q(account__last_served_at=None) | Q(wake_at__gt=served),
        account__in=Account.objects.able_to_send(now),
        first_claimed_at=None,
        irrevocable=False,
    )
    running = late.exclude(brand__in=Switch.objects.filter(stopped=True).values("brand"))
    if Switch.objects.filter(brand=None, stopped=True).exists():
        return 0
    accounts = running.order_by().values_list("account", flat=True).distinct()
    return sum(_space(account, now) for account in list(accounts))


def _space(account_pk: int, now: datetime) -> int:
    """One transaction for an account, whose row keeps two dispatchers from giving one turn."""
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=account_pk)
        waiting = Post.objects.leaving().filter(
            account=account, first_claimed_at=None, irrevocable=False
        )
        late = list(waiting.filter(late_now(account, now)).order_by(*ORDER)[:BATCH])
        to_come = waiting.filter(next_attempt_at__gt=now, due_at__lt=now)
        if any(post.next_attempt_at for post in late):
            # A turn passed while nothing was sent. All turns are given anew, in the old order.
            late, last = [*late, *to_come], None
        else:
            last = to_come.aggregate(last=Max("next_attempt_at"))["last"]
        return sum(_give_turn(post, turn) for post, turn in turns(account, late, last, now))


def turns(
    account: Account, late: Iterable[Post], last: datetime | None, now: datetime
) -> Iterator[tuple[Post, datetime]]:
    """Yield when each of the account's late posts goes out; `last`: the last turn given already."""
    turn = _next_turn(account, last, now)
    for post in sorted(late, key=_place):
        yield post, turn
        turn += account.minimum_gap


def _place(post: Post) -> tuple[int, datetime | None, int]:
    """The order of late posts; the same as ORDER. All of them have a time."""
    return -post.priority, post.due_at, post.pk


def _next_turn(account: Account, last: datetime | None, now: datetime) -> datetime:
    after = [moment + account.minimum_gap for moment in (last, account.last_served_at) if moment]
    return max([now, *after])


def _give_turn(post: Post, turn: datetime) -> bool:
    rows = Post.objects.scheduled().filter(
        pk=post.pk, version=post.version, lease_token=post.lease_token
    )
    if not rows.update(next_attempt_at=turn, wake_at=turn):
        return False
    if post.next_attempt_at is None:
        PostEvent.objects.create(
            post=post,
            old=Status.SCHEDULED,
            new=Status.SCHEDULED,
            actor="dispatcher",
            sentence="It is late. The late posts of an account go out one by one; this one at "
            f"{turn:%H:%M:%S} UTC, if nothing stops it.",
        )
    return True
