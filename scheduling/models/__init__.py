"""When things go out, and what stands on their days: recurring plans and notes."""

from scheduling.models.day_note import DayNote
from scheduling.models.recurring import Occurrence, Schedule, ScheduleTarget

__all__ = ["DayNote", "Occurrence", "Schedule", "ScheduleTarget"]
