"""Everyone reads times in a zone of their own."""

import zoneinfo
from collections.abc import Callable
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organisation.models.brand import Person

CONTINENTS = frozenset(
    [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
)


class ViewersZone:
    """Middleware: pages, the admin and forms speak in the signed-in person's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(request.user)):
            return self.get_response(request)


def zone_of(person: Person) -> zoneinfo.ZoneInfo:
    """Return the person's zone; UTC for strangers and for a zone that no longer exists."""
    try:
        return zoneinfo.ZoneInfo(getattr(person, "timezone", "UTC"))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def all_zones() -> list[str]:
    """Every zone one may live in, in order; without the database's aliases and bare offsets."""
    named = zoneinfo.available_timezones()
    return ["UTC", *sorted(name for name in named if name.partition("/")[0] in CONTINENTS)]


def find_zone(words: str) -> str:
    """Return the zone a person means: its name in any case, or the city in it.

    Raises ValidationError when there is none or more than one.
    """
    wanted = "_".join(words.split()).lower()
    zones = {name.lower(): name for name in zoneinfo.available_timezones()}
    if wanted in zones:
        return zones[wanted]
    cities = [name for name in all_zones() if name.lower().rpartition("/")[2] == wanted]
    if len(cities) == 1:
        return cities[0]
    raise ValidationError(
        f"“{words}” is not a time zone. Type a larger city near you, or a name such as "
        "Europe/London."
    )


def start_of_today(now: datetime) -> datetime:
    """Return the midnight before `now` in the active zone, also on days of 23 or 25 hours."""
    zone = timezone.get_current_timezone()
    return datetime.combine(timezone.localtime(now, zone).date(), time.min, tzinfo=zone)
