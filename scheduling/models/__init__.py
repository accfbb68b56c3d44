"""When things go out: recurring plans, slots, what is asked of times, and notes on days."""

from scheduling.models.day_note import DayNote
from scheduling.models.ignored import IgnoredConflict
from scheduling.models.recurring import Occurrence, Schedule, ScheduleTarget
from scheduling.models.rules import Blackout, TimeRules
from scheduling.models.slot import Slot

__all__ = [
    "Blackout",
    "DayNote",
    "IgnoredConflict",
    "Occurrence",
    "Schedule",
    "ScheduleTarget",
    "Slot",
    "TimeRules",
]
