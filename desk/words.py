"""Times, spans and numbers as people read them."""

from datetime import datetime, timedelta

from django.utils import timezone

from posting.states import Hold

A_MINUTE, AN_HOUR, A_DAY = 60, 3600, 86_400  # seconds
WEEK = timedelta(days=6)
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def when(at: datetime | None) -> str:
    """09:30 today, Mon 14:12 this week, else 24 Nov 2026 14:12, in the viewer's zone."""
    return _told(at, "%H:%M")


def moment(at: datetime | None) -> str:
    """As `when`, to the second."""
    return _told(at, "%H:%M:%S")


def _told(at: datetime | None, clock: str) -> str:
    if at is None:
        return ""
    here, today = timezone.localtime(at), timezone.localtime().date()
    if here.date() == today:
        return here.strftime(clock)
    if abs(here.date() - today) <= WEEK:
        return here.strftime(f"%a {clock}")
    return f"{here.day} {here.strftime(f'%b %Y {clock}')}"


def zoned(at: datetime | None) -> str:
    """As `when`, with the zone's name: 09:30 GMT."""
    return f"{when(at)} {timezone.localtime(at):%Z}" if at else ""


def day_named(at: datetime, now: datetime) -> str:
    """Today, Tuesday 24 November; the year only where it is another one. In the viewer's zone."""
    here, today = timezone.localtime(at).date(), timezone.localtime(now).date()
    named = f"{here:%A} {here.day} {here:%B}" + (f" {here.year}" if here.year != today.year else "")
    near = {0: "Today, ", 1: "Tomorrow, "}.get((here - today).days, "")
    return f"{near}{named}"


def span(length: timedelta | None) -> str:
    """2 s, 13 min, 7 h, 3 days. Rounded down, and never below zero."""
    if length is None:
        return ""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < A_MINUTE:
        return f"{seconds} s"
    if seconds < AN_HOUR:
        return f"{seconds // A_MINUTE} min"
    if seconds < 2 * A_DAY:
        return f"{seconds // AN_HOUR} h"
    return f"{seconds // A_DAY} days"


def exact(length: timedelta) -> str:
    """0.9 s, 6.0 s; from a minute on as `span`."""
    seconds = max(length.total_seconds(), 0)
    return f"{seconds:.1f} s" if seconds < A_MINUTE else span(length)


def held_words(holds: Hold) -> str:
    """What keeps a post back: "not approved, on hold"."""
    said = {
        Hold.APPROVAL: "not approved",
        Hold.PERSON: "on hold",
        Hold.LABEL: "its label is on hold",
    }
    return ", ".join(words for hold, words in said.items() if hold in holds)


def until(at: datetime, now: datetime) -> str:
    return span(at - now)


def place(zone: str) -> str:
    """London, for Europe/London."""
    return zone.rpartition("/")[2].replace("_", " ")


def spelled(number: int) -> str:
    """Small numbers as words, as one writes them in a sentence."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"
