"""Everyone reads times in a zone of their own."""

import zoneinfo
from collections.abc import Callable
from datetime import datetime, time

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organisation.models.brand import Person


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


def start_of_today(now: datetime) -> datetime:
    """Return the midnight before `now` in the active zone, also on days of 23 or 25 hours."""
    zone = timezone.get_current_timezone()
    return datetime.combine(timezone.localtime(now, zone).date(), time.min, tzinfo=zone)
