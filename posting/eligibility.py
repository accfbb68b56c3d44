"""Which accounts may send now: seen from outside as a hint, and under the lock for certain."""

from datetime import datetime

from django.db import connection
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from organisation.models import Switch
from platforms.models import Account
from posting.models import FollowUp, Post
from posting.states import Status


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


# One question for three tables, asked in each claim: as querysets, building it costs more than it.
IN_FLIGHT_AND_STOPS = f"""
    SELECT (SELECT COUNT(*) FROM {Post._meta.db_table}
            WHERE status = '{Status.PUBLISHING}' AND account_id = %s)
         + (SELECT COUNT(*) FROM {FollowUp._meta.db_table}
            WHERE state = '{FollowUp.State.SENDING}' AND account_id = %s),
           EXISTS (SELECT 1 FROM {Switch._meta.db_table}
                   WHERE stopped AND (brand_id IS NULL OR brand_id = %s))
"""  # noqa: S608


def may_send(account: Account, now: datetime) -> bool:
    """Say whether the account, whose row lock the caller holds, may send one more post now."""
    if not account.may_send(now):
        return False
    with connection.cursor() as cursor:
        cursor.execute(IN_FLIGHT_AND_STOPS, [account.pk, account.pk, account.brand_id])
        in_flight, stopped = cursor.fetchone()
    return in_flight < account.max_in_flight and not stopped
