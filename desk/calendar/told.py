"""A moment in every zone that matters to a post, in words."""

import zoneinfo
from dataclasses import dataclass
from datetime import datetime

from desk.calendar.clock import Clock, zone_words
from posting.models import Post
from scheduling.walltime import parse_wall


@dataclass(frozen=True)
class Told:
    """One moment by one clock."""

    day: str  # Wednesday 25 November 2026
    time: str  # 14:30
    zone: str  # London, GMT (UTC+0)
    whose: str  # "yours", "the account’s" or empty


def times_of(post: Post, clock: Clock, viewers: zoneinfo.ZoneInfo) -> list[Told]:
    """When the post goes out: by the page's clock first, then by yours and the account's."""
    return moments(post.due_at, post, clock, viewers) if post.due_at else []


def moments(
    at: datetime, post: Post, clock: Clock, viewers: zoneinfo.ZoneInfo, first: str = ""
) -> list[Told]:
    """The same moment in each zone once. `first`: the name of the zone to begin with."""
    account = post.account.timezone
    wanted = (first or clock.of(post.account), viewers.key, account)
    return [_told(at, name, viewers.key, account) for name in dict.fromkeys(wanted)]


def meant(post: Post, told: list[Told]) -> str:
    """The wall time as the person who planned it meant it, where no zone above says the same."""
    if not post.wall_time or not post.zone or post.due_at is None:
        return ""
    named = zone_words(zoneinfo.ZoneInfo(post.zone), post.due_at)
    wall = parse_wall(post.wall_time)
    if f"{wall:%H:%M}" in {one.time for one in told}:
        return ""
    return f"Planned as {wall:%H:%M} on {wall.day} {wall:%B} in {named}."


def _told(at: datetime, name: str, viewers: str, account: str) -> Told:
    zone = zoneinfo.ZoneInfo(name)
    there = at.astimezone(zone)
    whose = " and ".join(
        words
        for words, key in (("yours", viewers), ("the account’s", account))
        if key == name and viewers != account
    )
    day = f"{there:%A} {there.day} {there:%B %Y}"
    return Told(day, f"{there:%H:%M}", zone_words(zone, at), whose)
