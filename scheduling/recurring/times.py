"""The next times of a plan, each in the zones of its channels."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from scheduling.models import Schedule, ScheduleTarget
from scheduling.recurring.instants import Moment, moment_of

WIDEST = timedelta(hours=26)  # between the wall clocks of any two zones


def upcoming(
    schedule: Schedule, target: ScheduleTarget, *, after: datetime, through: datetime
) -> Iterator[Moment]:
    """Yield the moments of one channel in (after, through], both UTC instants, oldest first."""
    zone = schedule.zone_of(target.account)
    last = through.replace(tzinfo=None) + WIDEST
    for nominal in schedule.checked_rule.times(schedule.starts, through=last):
        moment = moment_of(nominal, zone)
        if after < moment.instant <= through:
            yield moment
