"""Making the posts of recurring plans ahead of their times: exactly one for each.

The row of an occurrence is unique in its channel and nominal time, and is written in the
transaction that makes the post. So it does not matter how often or by how many this is run. Each
such transaction first takes the plan's row by its version: a plan that is being changed lets none
of its old times through.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from organisation.notices import open_notice, resolve_notice
from posting.deciding import NotPossible
from posting.models import Post
from posting.queueing import queue_post
from scheduling.models import Occurrence, Schedule, ScheduleTarget
from scheduling.recurring.instants import Moment
from scheduling.recurring.times import WIDEST, upcoming
from scheduling.timing import schedule as give_time
from scheduling.walltime import parse_wall, wall_text

log = logging.getLogger(__name__)
MOST: Final = 200  # posts of one run, so that it ends before the next begins
TRY_AGAIN: Final = timedelta(minutes=10)


class PlanChanged(Exception):
    """Somebody changed the plan meanwhile; what it was is not carried on."""


def expand_all(now: datetime, most: int = MOST) -> int:
    """Make the posts of every active plan for the days ahead; return how many were made.

    A plan that cannot be expanded says so on its page and by a notice, and keeps no other waiting.
    """
    made = 0
    for plan in _to_expand(now):
        if made >= most:
            break
        try:
            made += expand(plan, now, most - made)
        except Exception:
            log.exception("plan %s could not be expanded", plan.pk)
    return made


def expand(plan: Schedule, now: datetime, most: int = MOST) -> int:
    """Make the posts of one plan, the nearest first; return how many were made."""
    through = now + timedelta(days=settings.PLAN_AHEAD_DAYS)
    made = 0
    try:
        for target, moment in _missing(plan, now, through):
            if made >= most:
                return made
            made += _make(plan, target, moment, now)
        _reached(plan, now, through)
    except PlanChanged:
        pass  # the next run takes up what it has become
    return made


def _to_expand(now: datetime) -> Iterator[Schedule]:
    """Active plans of which a time has come near, or was refused some minutes ago."""
    near = now + timedelta(days=settings.PLAN_AHEAD_DAYS) - timedelta(hours=1)
    refused = _refused(now).filter(target__schedule=OuterRef("pk"), tried_at__lt=now - TRY_AGAIN)
    plans = Schedule.objects.active().filter(
        Q(made_through=None) | Q(made_through__lt=near) | Exists(refused)
    )
    return plans.select_related("piece__current", "brand", "created_by").iterator(100)


def _missing(
    plan: Schedule, now: datetime, through: datetime
) -> list[tuple[ScheduleTarget, Moment]]:
    """What no post was made for yet, the nearest first."""
    targets = list(
        plan.targets.select_related("account__platform", "account__brand", "channel_type")
    )
    done = set(
        Occurrence.objects.filter(target__schedule=plan, instant__gt=now - timedelta(days=2))
        .exclude(state=Occurrence.State.REFUSED)
        .values_list("target_id", "nominal")
    )
    missing = [
        (target, moment)
        for target in targets
        for moment in upcoming(plan, target, after=now, through=through)
        if (target.pk, wall_text(moment.nominal)) not in done
    ]
    return sorted(missing, key=lambda pair: (pair[1].instant, pair[0].pk))


def _make(plan: Schedule, target: ScheduleTarget, moment: Moment, now: datetime) -> int:
    with transaction.atomic():
        _take(plan)
        occurrence, _ = Occurrence.objects.get_or_create(
            target=target,
            nominal=wall_text(moment.nominal),
            defaults={"instant": moment.instant, "reason": "It is being made."},
        )
        if occurrence.state != Occurrence.State.REFUSED:
            return 0
        occurrence.tried_at = now
        try:
            with transaction.atomic():
                occurrence.post = _post(plan, target, moment, now)
        except (ValidationError, NotPossible) as refusal:
            occurrence.reason = _why(refusal)
            occurrence.save()
            _tell(plan, occurrence)
            return 0
        occurrence.state, occurrence.reason = Occurrence.State.MADE, ""
        occurrence.save()
    return 1


def _take(plan: Schedule) -> None:
    """Hold the plan's row until the transaction ends, if it still is what was read."""
    row = Schedule.objects.active().filter(pk=plan.pk, version=plan.version)
    if not row.update(state=Schedule.State.ACTIVE):
        raise PlanChanged


def _post(plan: Schedule, target: ScheduleTarget, moment: Moment, now: datetime) -> Post:
    piece = plan.piece
    if piece.current is None:
        raise ValidationError(f"“{piece}” says nothing yet.")
    post = queue_post(
        piece.current, target.account, target.channel_type, by=plan.created_by, now=now, again=True
    )
    by = plan.created_by or "the plan"
    give_time(post, wall=wall_text(moment.wall), zone=moment.zone, by=by, now=now)
    return post


def _reached(plan: Schedule, now: datetime, through: datetime) -> None:
    """Note how far the plan has its posts, or that its last time has passed."""
    row = Schedule.objects.active().filter(pk=plan.pk, version=plan.version)
    yesterday = now.replace(tzinfo=None) - WIDEST
    if plan.checked_rule.first_after(plan.starts, yesterday):
        row.update(made_through=through)
    else:
        row.update(state=Schedule.State.ENDED, updated_at=Now())
    if not _refused(now).filter(target__schedule=plan).exists():
        resolve_notice(_fault(plan), now, "Every time to come has its post.")


def _refused(now: datetime) -> QuerySet[Occurrence]:
    return Occurrence.objects.filter(state=Occurrence.State.REFUSED, instant__gt=now)


def _tell(plan: Schedule, occurrence: Occurrence) -> None:
    when = parse_wall(occurrence.nominal)
    open_notice(
        _fault(plan),
        f"The recurring plan of “{plan.piece}” has no post to {occurrence.target.account} for "
        f"{when.day} {when:%B %Y %H:%M}: {occurrence.reason} It is tried again until then.",
        brand=plan.brand_id,
    )


def _fault(plan: Schedule) -> str:
    # One notice for a plan, not one for each day of a month.
    return f"plan:{plan.pk}"


def _why(refusal: ValidationError | NotPossible) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
