"""What every page shows around its content: navigation, publishing state, signs of life."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from desk.attention import all_in_need
from desk.counting import Count
from desk.guidance import help_template
from desk.navigation import Place, places
from desk.notices import count_open
from desk.reach import Reach, chosen_brand, reach_of
from desk.signs import Process, Signs
from desk.zones import zone_of
from organisation.models import Brand, Heartbeat, Switch, User
from organisation.models.brand import Person
from organisation.rights import CONNECT_ACCOUNT, MANAGE_BRAND, WRITE_PIECE
from platforms.models import Account

TABS = 4


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame`, which asks the database only for what a template shows."""
    return {"frame": Frame(request)}


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation. It exists only if its page does."""

    words: str
    icon: str
    url: str
    keys: str
    current: bool
    apart: bool  # set off by a line
    waiting: Count | None = None  # what needs a person there


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
    def reach(self) -> Reach:
        return reach_of(self.request)

    @cached_property
    def may_connect_for(self) -> set[int]:
        """The brands whose accounts this person can connect."""
        if self.person is None:
            return set()
        return {brand.pk for brand in self.reach.where(CONNECT_ACCOUNT)}

    @cached_property
    def entries(self) -> list[Entry]:
        if self.person is None:
            return []
        there = [pair for pair in places(self.reach) if pair[0].in_rail]
        here = self._here(there)
        return [self._entry(place, address, address == here) for place, address in there]

    @property
    def tabs(self) -> list[Entry]:
        """What fits into the bar of a phone, besides More."""
        return [entry for entry in self.entries if not entry.apart][:TABS]

    @property
    def beyond_tabs(self) -> list[Entry]:
        return [entry for entry in self.entries if entry not in self.tabs]

    @cached_property
    def may_write(self) -> bool:
        """Whether the button that begins a post is there for them."""
        return self.reach.may_anywhere(WRITE_PIECE)

    def _here(self, there: list[tuple[Place, str]]) -> str:
        """The entry under which this page stands: the longest address it begins with."""
        home, path = reverse("desk:home"), self.request.path
        for place, address in there:
            if place.under and path.startswith(place.under):
                return address
        begun = [one for _, one in there if one != home and path.startswith(one)]
        return max(begun, key=len, default=home if path == home else "")

    def _entry(self, place: Place, address: str, current: bool) -> Entry:
        waiting = self.waiting if place.name == "desk:posting_hub" else None
        return Entry(
            place.words, place.icon, address, place.keys, current, place.for_staff, waiting
        )

    @cached_property
    def waiting(self) -> Count:
        """What needs a person, in the brands this page shows."""
        shown = [self.brand] if self.brand else self.reach.brands
        return all_in_need([one.pk for one in shown])

    @cached_property
    def open_notices(self) -> Count:
        """Of all the person's brands, whichever this page shows."""
        return count_open(self.person) if isinstance(self.person, User) else Count(0)

    @cached_property
    def brand(self) -> Brand | None:
        return chosen_brand(self.request)

    @property
    def help(self) -> str:
        """The name of this page, if there is help on it."""
        match = self.request.resolver_match
        name = (match.url_name or "") if match and match.app_name == "desk" else ""
        return name if help_template(name) else ""

    @cached_property
    def switches(self) -> str:
        """Where the mark of the kill switch leads this person; nowhere without the right."""
        if self.person is None or not self.reach.may_anywhere(MANAGE_BRAND):
            return ""
        mine = {brand.pk for brand in self.reach.where(MANAGE_BRAND)}
        for stop in self.stops:
            if stop.brand_id in mine or (stop.brand_id is None and self.reach.everything):
                return reverse("desk:start_publishing")
        stopped = any(stop.brand_id is None for stop in self.stops)
        return "" if stopped else reverse("desk:stop_publishing")

    @property
    def switch_words(self) -> str:
        starts = self.switches == reverse("desk:start_publishing")
        return "start publishing again" if starts else "stop more"

    @property
    def zone(self) -> str:
        return str(zone_of(self.person)) if self.person else "UTC"

    @cached_property
    def stops(self) -> list[Switch]:
        """The switches that keep this person's posts from going out, the widest first."""
        if self.person is None:
            return []
        mine = [brand.pk for brand in self.reach.brands]
        standing = Switch.objects.stopping(Brand.objects.filter(pk__in=mine))
        return list(standing.select_related("brand", "stopped_by"))

    @cached_property
    def signs(self) -> Signs:
        return Signs(self.now)

    @property
    def workers(self) -> Process:
        return self.signs.of(Heartbeat.Kind.SENDER)

    @cached_property
    def sandboxed(self) -> list[Account]:
        """Accounts of this person's brands whose posts stay on this machine."""
        if self.person is None:
            return []
        return list(
            Account.objects.filter(brand__in=self.reach.brands)
            .sandboxed()
            .select_related("platform")
        )

    @property
    def mark(self) -> str:
        """Changes with the lines across the page, so that they are replaced only then."""
        stops = "-".join(f"{stop.pk}{stop.until or ''}" for stop in self.stops)
        silent = self.signs.silent
        signs = f"{silent.kind}-{silent.look}" if silent else "alive"
        return f"{signs}.{stops}.{len(self.sandboxed)}"
