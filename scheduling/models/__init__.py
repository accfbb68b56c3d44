"""Rows about when: what an account asks of its times, its slots, and conflicts left as they are."""

from scheduling.models.ignored import IgnoredConflict
from scheduling.models.rules import Blackout, TimeRules
from scheduling.models.slot import Slot

__all__ = ["Blackout", "IgnoredConflict", "Slot", "TimeRules"]
