"""What a wall time comes to, in plain words: skipped, twice, past, or when exactly."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from desk.compose.composition import Composition
from desk.words import place
from platforms.models import Account
from scheduling.slots import NoFreeSlot, next_opening
from scheduling.timing import instant_to_send
from scheduling.walltime import instant_of, is_ambiguous, neighbours, parse_wall, zone_named

OWN = "own"  # each account's own zone
SLOTS = 5  # accounts whose next slots are named while the form is filled in
BRIEFLY = {
    "past": "That time is past.",
    "gap": "That time does not exist.",
    "far": "That time is too far away.",
}


@dataclass(frozen=True)
class Choice:
    """A button that puts another time there, or one of two equal times to choose."""

    words: str
    value: str
    chosen: bool = False


@dataclass(frozen=True)
class Note:
    """What is said below the time. A `stop` keeps it from being sent."""

    sentence: str
    brief: str = ""  # beside the button that sends; for a `stop` only
    instead: list[Choice] = field(default_factory=list)  # other times
    twice: list[Choice] = field(default_factory=list)  # the first and the second

    @property
    def stop(self) -> bool:
        return bool(self.brief)


def wants_time(composition: Composition) -> bool:
    filled = composition.filled
    return filled.when == "at" or (filled.when == "approval" and bool(filled.time))


def notes_on_time(composition: Composition, now: datetime) -> list[Note]:
    """Return what is to be said about the time; nothing until there is one."""
    if composition.filled.when == "slot":
        return _notes_on_slots(composition, now)
    if not wants_time(composition) or not (composition.filled.day and composition.filled.time):
        return []
    notes = [_note(composition, zone, now) for zone in zones_of(composition)]
    stops = [note for note in notes if note.stop]
    return list({note.sentence: note for note in stops or notes}.values())


def _notes_on_slots(composition: Composition, now: datetime) -> list[Note]:
    """When the next free slots are now. Somebody may be faster, and then it is the one after."""
    accounts = list({place.account.pk: place.account for place in composition.chosen}.values())
    notes = [_note_on_slot(account, composition.filled.queue, now) for account in accounts[:SLOTS]]
    more = len(accounts) - SLOTS
    if more > 0:
        notes.append(Note(f"And the next free slots of {more} more accounts."))
    return sorted(notes, key=lambda note: not note.stop)


def _note_on_slot(account: Account, queue: str, now: datetime) -> Note:
    try:
        opening = next_opening(account, now, queue=queue, post=None)
    except NoFreeSlot as refusal:
        return Note(refusal.messages[0], "No free slot.")
    there = opening.wall
    return Note(f"{account.name}: {there:%A} {there.day} {there:%B} at {there:%H:%M %Z}.")


def zones_of(composition: Composition) -> list[str]:
    """The zones in which the time is meant."""
    if composition.filled.zone != OWN:
        return [composition.filled.zone]
    return list(dict.fromkeys(chosen.account.timezone for chosen in composition.chosen))


def _note(composition: Composition, zone: str, now: datetime) -> Note:
    return note_on(composition.filled.wall, zone, composition.filled.fold, now)


def note_on(wall: str, zone: str, fold: str, now: datetime) -> Note:
    """Return what is to be said about one wall time. `fold` is "0", "1" or, not chosen, empty."""
    try:
        instant = instant_to_send(wall, zone, int(fold or 0), now)
    except ValidationError as error:
        code = getattr(error, "code", "")
        brief = BRIEFLY.get(code, "That is no time to send at.")
        return Note(error.messages[0], brief, instead=_instead(code, wall, zone, now))
    if is_ambiguous(parse_wall(wall), zone_named(zone)):
        return _twice(wall, zone, fold)
    there = instant.astimezone(zone_named(zone))
    return Note(f"Goes out on {there:%A} {there.day} {there:%B %Y} at {there:%H:%M %Z}.")


def _instead(code: str, wall: str, zone: str, now: datetime) -> list[Choice]:
    """Times one press away: those around a gap, the same time of the next day after a past one."""
    if code == "past":
        next_ = _next(parse_wall(wall), now.astimezone(zone_named(zone)).replace(tzinfo=None))
        return [Choice(f"{next_:%A} {next_.day} {next_:%B} at {next_:%H:%M}", _value(next_))]
    if code == "gap":
        times = neighbours(parse_wall(wall), zone_named(zone))
        return [Choice(f"{time:%H:%M}", _value(time)) for time in times]
    return []


def _next(wall: datetime, here: datetime) -> datetime:
    """The next time the clock there shows the same."""
    day = here.date() if wall.time() > here.time() else here.date() + timedelta(days=1)
    return datetime.combine(day, wall.time())


def _value(wall: datetime) -> str:
    return f"{wall:%Y-%m-%dT%H:%M}"


def _twice(wall: str, zone: str, fold: str) -> Note:
    local = parse_wall(wall)
    names = [
        f"{instant_of(local, zone_named(zone), which).astimezone(zone_named(zone)):%H:%M %Z}"
        for which in (0, 1)
    ]
    choices = [
        Choice(f"The {word}, {name}", str(which), fold == str(which))
        for which, (word, name) in enumerate(zip(("first", "second"), names, strict=True))
    ]
    sentence = (
        f"{local:%H:%M} comes twice on {local.day} {local:%B %Y} in {place(zone)}, because the "
        "clocks go back. Choose which one is meant."
    )
    return Note(sentence, "" if fold else "That time comes twice.", twice=choices)
