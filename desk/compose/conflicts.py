"""What speaks against the time in the form, before anything is saved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from content.sameness import plain, print_of
from desk.compose.composition import Composition, Place
from desk.compose.times import OWN, wants_time
from scheduling.conflicts import Conflict, Kind, Planned, conflicts_of
from scheduling.solving import free_time
from scheduling.timing import instant_to_send


@dataclass(frozen=True)
class Told:
    """One conflict at one place. `instead` puts another time there, as the form's fixes do."""

    place: Place
    conflict: Conflict
    words: str = ""  # of the button, such as "Tue 24 Nov 09:30"
    instead: str = ""  # "2026-11-24T09:30"

    @property
    def stops(self) -> bool:
        return self.conflict.stops


def conflicts_in(composition: Composition, now: datetime) -> list[Told]:
    """Return the conflicts of every chosen account; none while there is no time, or a wrong one.

    A constant number of queries, and a few more to find another time for the first of them.
    """
    planned = {place.name: _planned(composition, place, now) for place in composition.chosen}
    asked = [one for one in planned.values() if one]
    found = conflicts_of(asked, now)
    told = [
        Told(place, conflict)
        for place in composition.chosen
        for conflict in found.get(place.name, [])
    ]
    # An approval will be asked for once it is sent; until then nobody can give one.
    told = [one for one in told if one.conflict.kind is not Kind.APPROVAL]
    return _with_a_way_out(composition, told, planned)


def _planned(composition: Composition, place: Place, now: datetime) -> Planned | None:
    at = _instant(composition, place, now)
    if at is None or composition.filled.says_nothing:
        return None
    content = composition.content_for(place)
    return Planned(
        key=place.name,
        account=place.account.pk,
        at=at,
        channel=place.channel_key,
        print=print_of(content.text, content.link),
        words=plain(content.text, content.link),
        overridden=bool(composition.filled.note.strip()),
    )


def _instant(composition: Composition, place: Place, now: datetime) -> datetime | None:
    filled = composition.filled
    if filled.when == "now":
        return now + timedelta(seconds=filled.hold)
    if not wants_time(composition) or not (filled.day and filled.time):
        return None
    zone = place.account.timezone if filled.zone == OWN else filled.zone
    try:
        at = instant_to_send(filled.wall, zone, int(filled.fold or 0), now)
    except ValidationError:
        return None  # said of the time itself
    return max(at, now)


def _with_a_way_out(
    composition: Composition, told: list[Told], planned: dict[str, Planned | None]
) -> list[Told]:
    """Let the first that another time would end offer the next free one, by the form's clock."""
    if composition.filled.when == "now":
        return told
    for number, one in enumerate(told):
        asked = planned[one.place.name]
        if asked is None or one.conflict.free_from is None:
            continue
        at = free_time(asked, asked.at, also=one.conflict.kind)
        if at is not None:
            zone = composition.filled.zone
            there = at.astimezone(ZoneInfo(one.place.account.timezone if zone == OWN else zone))
            words = f"{there:%a} {there.day} {there:%b} {there:%H:%M}"
            told[number] = Told(one.place, one.conflict, words, f"{there:%Y-%m-%dT%H:%M}")
        break
    return told
