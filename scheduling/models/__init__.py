"""When things go out: recurring plans, slots, what is asked of times, notes and feeds."""

from scheduling.models.day_note import DayNote
from scheduling.models.edited import EditedPost, ManyEdit
from scheduling.models.feed import CalendarFeed
from scheduling.models.ignored import IgnoredConflict
from scheduling.models.imported import Import, ImportedPiece
from scheduling.models.proposal import Proposal, ProposedPost
from scheduling.models.recurring import Occurrence, Schedule, ScheduleTarget
from scheduling.models.rules import Blackout, TimeRules
from scheduling.models.slot import Slot
from scheduling.models.template import ScheduleTemplate, TemplateStep

__all__ = [
    "Blackout",
    "CalendarFeed",
    "DayNote",
    "EditedPost",
    "IgnoredConflict",
    "Import",
    "ImportedPiece",
    "ManyEdit",
    "Occurrence",
    "Proposal",
    "ProposedPost",
    "Schedule",
    "ScheduleTarget",
    "ScheduleTemplate",
    "Slot",
    "TemplateStep",
    "TimeRules",
]
