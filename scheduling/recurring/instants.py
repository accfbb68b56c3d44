"""When a nominal wall time happens in a zone: exactly once, also where the clocks change.

A wall time that the clocks skip moves forward by the length of the gap; of two equal ones the
first counts. So each nominal time has one instant, and a plan never has one post too many or too
few. The nominal time itself stays what it was, and is what a post is made for once.
"""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduling.walltime import instant_of, is_ambiguous, neighbours


@dataclass(frozen=True)
class Moment:
    """One nominal time in one zone."""

    nominal: datetime  # a wall time, without a zone
    wall: datetime  # at which it happens: the nominal one, or moved out of a gap
    instant: datetime  # UTC
    zone: str  # IANA name
    repeated: bool  # whether the wall time comes twice; it is the first

    @property
    def moved(self) -> bool:
        return self.wall != self.nominal

    @property
    def note(self) -> str:
        """What the clocks do at this time, in words; empty on most days."""
        if self.moved:
            return (
                f"{self.nominal:%H:%M} does not exist on this day, the clocks go forward; "
                f"it goes out at {self.wall:%H:%M}."
            )
        if self.repeated:
            return (
                "This time comes twice on this day, the clocks go back; it goes out at the first."
            )
        return ""


def moment_of(nominal: datetime, zone: zoneinfo.ZoneInfo) -> Moment:
    """Return the one moment of a nominal wall time in a zone."""
    there = nominal.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    wall = nominal if there == nominal else neighbours(nominal, zone)[1]
    return Moment(nominal, wall, instant_of(wall, zone), zone.key, is_ambiguous(wall, zone))
