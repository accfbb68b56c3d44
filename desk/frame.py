"""What every page shows around its content: navigation, publishing state, signs of life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from desk.zones import zone_of
from organisation.models import Brand, Heartbeat, Switch
from organisation.models.brand import Person
from organisation.models.heartbeat import ALIVE
from platforms.models import Account

GONE = timedelta(seconds=60)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame`, which asks the database only for what a template shows."""
    return {"frame": Frame(request)}


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation. It exists only if its page does."""

    words: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True)
class Workers:
    """The sending workers, as their heartbeats tell."""

    alive: int
    seen_at: datetime | None
    age: timedelta | None

    @property
    def look(self) -> str:
        """published: fine; unconfirmed: late; failed: gone or never seen."""
        if self.alive:
            return "published"
        return "unconfirmed" if self.age is not None and self.age <= GONE else "failed"


class Frame:
    """Read once per request; each property asks once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.now = timezone.now()

    @property
    def person(self) -> Person | None:
        """The person who is signed in; None also where a page has no request of its own."""
        person = getattr(self.request, "user", None)
        return person if person is not None and person.is_authenticated else None

    @cached_property
    def entries(self) -> list[Entry]:
        found = [self._entry("Home", "house", reverse("desk:home"), exact=True)]
        if self.person and self.person.is_staff:
            found.append(self._entry("Admin", "gear", reverse("admin:index")))
        return found

    def _entry(self, words: str, icon: str, url: str, *, exact: bool = False) -> Entry:
        path = self.request.path
        return Entry(words, icon, url, path == url if exact else path.startswith(url))

    @property
    def zone(self) -> str:
        return str(zone_of(self.person)) if self.person else "UTC"

    @cached_property
    def stops(self) -> list[Switch]:
        """The switches that keep this person's posts from going out, the widest first."""
        if self.person is None:
            return []
        brands = Brand.objects.visible_to(self.person)
        return list(Switch.objects.stopping(brands).select_related("brand", "stopped_by"))

    @cached_property
    def workers(self) -> Workers:
        seen = list(
            Heartbeat.objects.senders().order_by("-seen_at").values_list("seen_at", flat=True)
        )
        if not seen:
            return Workers(0, None, None)
        alive = sum(self.now - at <= ALIVE for at in seen)
        return Workers(alive, seen[0], max(self.now - seen[0], timedelta(0)))

    @cached_property
    def sandboxed(self) -> list[Account]:
        """Accounts of this person's brands whose posts stay on this machine."""
        if self.person is None:
            return []
        return list(Account.objects.visible_to(self.person).sandboxed().select_related("platform"))

    @property
    def mark(self) -> str:
        """Changes with the lines across the page, so that they are replaced only then."""
        stops = "-".join(str(stop.pk) for stop in self.stops)
        return f"{self.workers.look}.{stops}.{len(self.sandboxed)}"
