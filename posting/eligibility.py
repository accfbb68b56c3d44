"""Which accounts may send now: seen from outside as a hint, and under the lock for certain."""

from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from organisation.models import Switch
from platforms.models import Account
from posting.models import FollowUp, Post


def accounts_with_work(now: datetime) -> QuerySet[Account]:
    """Accounts that have something due and may send it, least recently served first.

    Each carries `in_flight`, the number of its posts that workers hold.
    """
    stopped = Switch.objects.filter(Q(brand=None) | Q(brand=OuterRef("brand")), stopped=True)
    due = Post.objects.due(now).filter(account=OuterRef("pk"))
    follow_ups = FollowUp.objects.due(now).filter(account=OuterRef("pk"))
    held = Post.objects.publishing().filter(account=OuterRef("pk")).order_by().values("account")
    in_flight = Subquery(
        held.annotate(count=Count("pk")).values("count"), output_field=IntegerField()
    )
    return (
        Account.objects.able_to_send(now)
        .filter(Exists(due) | Exists(follow_ups), ~Exists(stopped))
        .annotate(in_flight=Coalesce(in_flight, 0))
        .filter(in_flight__lt=F("max_in_flight"))
        .order_by(F("last_served_at").asc(nulls_first=True), "pk")
    )


def may_send(account: Account, now: datetime) -> bool:
    """Say whether the account, whose row lock the caller holds, may send one more post now."""
    if not account.may_send(now):
        return False
    in_flight = _rows(Post.objects.publishing().filter(account=account), stops=False)
    follow_ups = _rows(FollowUp.objects.in_flight().filter(account=account), stops=False)
    switches = _rows(Switch.objects.stopped_for(account.brand_id), stops=True)
    rows = list(in_flight.union(follow_ups, switches, all=True))
    return len(rows) < account.max_in_flight and True not in rows


def _rows(rows: QuerySet[Any], *, stops: bool) -> QuerySet[Any, bool]:
    """A mark for each row, so that one statement can count several tables."""
    marked = rows.order_by().annotate(stops=Value(stops, output_field=BooleanField()))
    return marked.values_list("stops", flat=True)
