"""What an account has spent in a month, and the cap that no further post goes beyond.

What counts is the journal: each request that was sent carries its price on its step, also one whose
answer was lost, and none that was proven not to have happened. Claims decide under the account's
row lock, and count what posts on their way have still to spend; so two workers together do not
spend more than one would. Posts that the cap keeps wait, until it is raised or the month turns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Now

from content.rendering import first_comment
from organisation.audit import record
from organisation.models import Notice, User
from organisation.notices import open_notice, resolve_notice
from platforms.costs import MICROS, bill_for, bill_for_comment, dollars, list_of_prices
from platforms.models import Account
from platforms.values import Rendition
from posting.models import FollowUp, Post, PostEvent, PublishStep
from posting.states import Status
from posting.waking import wake_soon

CAPPED = "CapReached"  # the error class of posts that wait for it
LOOK_AGAIN = timedelta(seconds=5)  # while others on their way may turn out not to spend


@dataclass(frozen=True)
class Spending:
    """One account's month, in millionths of a dollar."""

    begins: datetime
    ends: datetime
    spent: int
    cap: int | None  # None: there is none

    @property
    def left(self) -> int | None:
        return None if self.cap is None else max(self.cap - self.spent, 0)

    @property
    def month(self) -> str:
        return f"{self.begins:%B}"

    @property
    def words(self) -> str:
        """$1.23 of $10.00 in November."""
        of = f" of {dollars(self.cap)}" if self.cap is not None else ""
        return f"{dollars(self.spent)}{of} in {self.month}"


def is_charged(account: Account) -> bool:
    """Say whether sending by this account costs anything."""
    return account.pays_per_use and bool(list_of_prices(account.platform.adapter))


def month_of(account: Account, now: datetime) -> tuple[datetime, datetime]:
    """Return when the account's month began and when it ends, by the clock of its zone."""
    zone = ZoneInfo(account.timezone)
    begins = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    ends = (begins + timedelta(days=32)).replace(day=1)
    return begins, ends


def spending_of(accounts: Iterable[Account], now: datetime) -> dict[int, Spending]:
    """Return the month of each account that is charged, by its id. One question for all."""
    charged = [account for account in accounts if is_charged(account)]
    months = {account.pk: month_of(account, now) for account in charged}
    if not charged:
        return {}
    these = Q()
    for pk, (begins, ends) in months.items():
        these |= Q(charged_to=pk, started_at__gte=begins, started_at__lt=ends)
    sums = PublishStep.objects.filter(these).order_by().values_list("charged_to")
    spent = dict(sums.annotate(micros=Sum("cost")))
    return {
        account.pk: Spending(*months[account.pk], spent.get(account.pk) or 0, _cap(account))
        for account in charged
    }


def _cap(account: Account) -> int | None:
    return None if account.monthly_cap is None else int(account.monthly_cap * MICROS)


def kept_by_cap(post: Post, account: Account, bill: Mapping[str, int], now: datetime) -> bool:
    """Whether the account's cap keeps the post for now; then it was put off, with the reason.

    The caller holds the account's row lock. `bill`: what sending it costs, by step.
    """
    if account.monthly_cap is None or not bill:
        return False
    month = spending_of([account], now)[account.pk]
    _close_old_notice(account, month, now)
    wanted = _unspent(bill, post.steps.all())
    on_the_way = _on_the_way(account, post)
    if not wanted or month.spent + on_the_way + wanted <= (month.cap or 0):
        return False
    if on_the_way:
        # They may be refused after all, which costs nothing: ask again when that is known.
        _put_off(post, now + LOOK_AGAIN, "Waits for what other posts of the account spend.")
    else:
        _put_off(post, month.ends.astimezone(UTC), _sentence(post, account, month, wanted))
        _tell(account, month)
    return True


def _unspent(bill: Mapping[str, int], steps: Iterable[PublishStep]) -> int:
    begun = {step.key for step in steps if step.state != PublishStep.State.VOID}
    return sum(micros for step, micros in bill.items() if step not in begun)


def _on_the_way(account: Account, but: Post) -> int:
    """What posts and comments that workers hold, or that follow, have still to spend."""
    total = 0
    sending = Post.objects.publishing().filter(account=account).exclude(pk=but.pk)
    for post in sending.select_related("piece_version", "channel_type").prefetch_related("steps"):
        snapshot = Rendition.from_snapshot(post.snapshot or {})
        comment = first_comment(post.piece_version, account.platform.slug, post.channel_type.slug)
        total += _unspent(bill_for(account, snapshot, comment), post.steps.all())
    comments = FollowUp.objects.filter(
        account=account, kind=FollowUp.Kind.COMMENT, state__in=FollowUp.UNDECIDED
    )
    for comment_row in comments.prefetch_related("steps"):
        total += _unspent(bill_for_comment(account, comment_row.text), comment_row.steps.all())
    return total


def _sentence(post: Post, account: Account, month: Spending, wanted: int) -> str:
    where = "Nothing more was sent" if post.irrevocable else "Nothing was sent"
    return (
        f"This would cost {dollars(wanted)} at {account.platform.name}, and "
        f"{dollars(month.left or 0)} is left of the {dollars(month.cap or 0)} that {account.name} "
        f"may spend in {month.month}. {where}. It waits until the month is over, or until somebody "
        "raises the cap on the account's page."
    )


def _put_off(post: Post, until: datetime, sentence: str) -> None:
    rows = Post.objects.scheduled().filter(
        pk=post.pk, version=post.version, lease_token=post.lease_token, holds=0
    )
    values = {"error_class": CAPPED, "error_sentence": sentence, "updated_at": Now()}
    if rows.update(wake_at=until, **values) and sentence != post.error_sentence:
        PostEvent.objects.create(
            post=post,
            old=Status.SCHEDULED,
            new=Status.SCHEDULED,
            actor="budget",
            sentence=sentence,
        )


def _tell(account: Account, month: Spending) -> None:
    open_notice(
        f"cap:{account.pk}",
        f"{account} may spend {dollars(month.cap or 0)} in {month.month}, and a post would go "
        f"beyond that: {dollars(month.spent)} is spent. Such posts wait until the month is over, "
        "or until somebody raises the cap on the account's page.",
        brand=account.brand_id,
    )


def _close_old_notice(account: Account, month: Spending, now: datetime) -> None:
    old = Notice.objects.open().filter(fault=f"cap:{account.pk}", opened_at__lt=month.begins)
    old.update(resolved_at=now, ending="A new month has begun.")


def set_terms(
    account: Account,
    *,
    by: User,
    now: datetime,
    pays_per_use: bool,
    monthly_cap: Decimal | None,
    tier: str = "",
) -> int:
    """Say what an account may spend and which subscription it has.

    Posts that waited for the cap are looked at again at once; return how many.
    """
    cap = "no cap" if monthly_cap is None else f"{dollars(int(monthly_cap * MICROS))} a month"
    paid = f"pays per use, {cap}" if pays_per_use else "pays by plan"
    sentence = f"{by} set {account}: {paid}{f', {tier}' if tier else ''}."
    with transaction.atomic():
        rows = Account.objects.select_for_update(of=("self",)).filter(pk=account.pk)
        locked = rows.get()
        locked.pays_per_use, locked.monthly_cap, locked.tier = pays_per_use, monthly_cap, tier
        locked.save(update_fields=["pays_per_use", "monthly_cap", "tier"])
        waiting = Post.objects.scheduled().filter(account=account, error_class=CAPPED)
        count = waiting.update(**released(now))
        resolve_notice(f"cap:{account.pk}", now, sentence)
        record("account terms", sentence, by=by, subject=account, brand=account.brand)
    account.refresh_from_db()
    wake_soon()
    return count


def released(now: datetime) -> dict[str, Any]:
    """Return what changes in posts that waited for the cap: they are at their own times again.

    So what is late by now goes out one by one, or asks first.
    """
    return {"wake_at": Coalesce(F("due_at"), now), "error_class": "", "error_sentence": ""}
