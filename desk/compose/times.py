"""What a wall time comes to, in plain words: skipped, twice, past, or when exactly."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError

from desk.compose.composition import Composition
from desk.words import place
from scheduling.timing import instant_to_send
from scheduling.walltime import instant_of, is_ambiguous, neighbours, parse_wall, zone_named

OWN = "own"  # each account's own zone


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
    stop: bool = False
    instead: list[Choice] = field(default_factory=list)  # other times
    twice: list[Choice] = field(default_factory=list)  # the first and the second


def wants_time(composition: Composition) -> bool:
    filled = composition.filled
    return filled.when == "at" or (filled.when == "approval" and bool(filled.time))


def notes_on_time(composition: Composition, now: datetime) -> list[Note]:
    """Return what is to be said about the time; nothing until there is one."""
    if not wants_time(composition) or not (composition.filled.day and composition.filled.time):
        return []
    notes = [_note(composition, zone, now) for zone in zones_of(composition)]
    stops = [note for note in notes if note.stop]
    return list({note.sentence: note for note in stops or notes}.values())


def zones_of(composition: Composition) -> list[str]:
    """The zones in which the time is meant."""
    if composition.filled.zone != OWN:
        return [composition.filled.zone]
    return list(dict.fromkeys(chosen.account.timezone for chosen in composition.chosen))


def _note(composition: Composition, zone: str, now: datetime) -> Note:
    wall, fold = composition.filled.wall, composition.filled.fold
    try:
        instant = instant_to_send(wall, zone, int(fold or 0), now)
    except ValidationError as error:
        return Note(error.messages[0], stop=True, instead=_instead(error, wall, zone))
    if is_ambiguous(parse_wall(wall), zone_named(zone)):
        return _twice(wall, zone, fold)
    there = instant.astimezone(zone_named(zone))
    return Note(f"Goes out on {there:%A} {there.day} {there:%B %Y} at {there:%H:%M %Z}.")


def _instead(error: ValidationError, wall: str, zone: str) -> list[Choice]:
    if getattr(error, "code", "") != "gap":
        return []
    times = neighbours(parse_wall(wall), zone_named(zone))
    return [Choice(f"{time:%H:%M}", f"{time:%Y-%m-%dT%H:%M}") for time in times]


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
    return Note(sentence, stop=not fold, twice=choices)
