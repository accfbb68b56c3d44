"""When things go out: recurring plans and what was made for each of their times."""

from scheduling.models.recurring import Occurrence, Schedule, ScheduleTarget

__all__ = ["Occurrence", "Schedule", "ScheduleTarget"]
