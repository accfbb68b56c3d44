"""Times of recurring plans for which no post is made yet, computed and not kept."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, islice

from django.db.models import Q

from scheduling.models import Occurrence, Schedule, ScheduleTarget
from scheduling.recurring.instants import Moment, moment_of
from scheduling.recurring.times import WIDEST
from scheduling.walltime import wall_text

PLANS = 200  # that are looked at together


@dataclass(frozen=True)
class Ahead:
    """One time of one channel of a plan."""

    plan: Schedule
    target: ScheduleTarget
    moment: Moment


def times_ahead(
    brands: Iterable[int], accounts: Collection[int] | None, first: datetime, last: datetime,
    now: datetime, most: int,
) -> tuple[list[Ahead], bool]:  # fmt: skip
    """Return when active plans go on between two instants, beyond what is made, and whether there
    is more: at most `most` times of 200 plans are looked at.

    `accounts` None: all of the brands. One query where every plan has its posts; else four.
    """
    unmade = Q(made_through=None) | Q(made_through__lt=last)
    plans = Schedule.objects.active().filter(unmade, brand__in=list(brands))
    with_all = plans.select_related("piece").prefetch_related("targets__account__platform")
    rows = list(with_all.order_by("pk")[: PLANS + 1])
    if not rows:
        return [], False
    seen_to = _seen_to(rows, first)
    found = (
        one
        for plan in rows[:PLANS]
        for one in _of(plan, first, last, after=max(plan.made_through or now, now))
        if (accounts is None or one.target.account_id in accounts)
        and (one.target.pk, wall_text(one.moment.nominal)) not in seen_to
    )
    times = list(islice(found, most + 1))
    return times[:most], len(times) > most or len(rows) > PLANS


def _seen_to(plans: list[Schedule], first: datetime) -> set[tuple[int, str]]:
    """Times that were skipped, or have their posts all the same."""
    rows = Occurrence.objects.filter(target__schedule__in=plans, instant__gte=first - WIDEST)
    return set(rows.values_list("target", "nominal"))


def _of(plan: Schedule, first: datetime, last: datetime, *, after: datetime) -> Iterator[Ahead]:
    begin, end = (at.replace(tzinfo=None) for at in (first - WIDEST, last + WIDEST))
    times = plan.checked_rule.times(plan.starts, through=end)
    for nominal in dropwhile(lambda one: one < begin, times):
        for target in plan.targets.all():
            moment = moment_of(nominal, plan.zone_of(target.account))
            if first <= moment.instant < last and moment.instant > after:
                yield Ahead(plan, target, moment)
