"""The ways in which times are found for many posts. A new one is an entry in WAYS.

What the form asks for a way beside the days stands in a template of the name of its slug, in
`templates/syndication/scheduling/ways/`; everything else follows from here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from organisation.models import Brand
from scheduling.bulk.asking import Asked, Placed
from scheduling.bulk.by_suggestion import place_by_suggestion
from scheduling.bulk.by_template import place_by_template
from scheduling.bulk.evenly import place_evenly
from scheduling.bulk.in_slots import place_in_slots
from scheduling.models import ScheduleTemplate, Slot


@dataclass(frozen=True)
class Way:
    """One way of finding times.

    `place` answers every candidate of what was asked, in any order: with a time, or with why there
    is none. It only reads.
    """

    slug: str
    words: str
    meaning: str
    place: Callable[[Asked], list[Placed]]
    offered: Callable[[Brand], bool] = lambda brand: True  # whether it could find any time there
    lacking: str = ""  # said where it is not offered
    brings_channels: bool = False  # pieces go where it says; posts that have a channel cannot
    ranges: bool = True  # it asks for a last day

    def told(self, asked: Asked) -> str:
        """Say what was asked for, as the proposal keeps it."""
        first, last = (f"{day.day} {day:%b %Y}" for day in (asked.first, asked.last))
        return f"{self.words}, from {first}" + (f" to {last}" if self.ranges else "")


@dataclass(frozen=True)
class SlotWay(Way):
    def told(self, asked: Asked) -> str:
        queue = f"queue “{asked.queue}”" if asked.queue else "for any post"
        return f"{super().told(asked)}, {queue}"


@dataclass(frozen=True)
class EvenWay(Way):
    def told(self, asked: Asked) -> str:
        return f"{super().told(asked)}, between {asked.opens:%H:%M} and {asked.closes:%H:%M}"


@dataclass(frozen=True)
class TemplateWay(Way):
    def told(self, asked: Asked) -> str:
        name: ScheduleTemplate | None = asked.template
        many = len(asked.versions) > 1
        apart = f", a piece every {asked.apart} days" if many and asked.apart > 1 else ""
        return f"{super().told(asked)}{apart}: {name}"


def _has_slots(brand: Brand) -> bool:
    return Slot.objects.filter(account__brand=brand).exists()


def _has_templates(brand: Brand) -> bool:
    return ScheduleTemplate.objects.filter(brand=brand).exists()


WAYS: tuple[Way, ...] = (
    SlotWay(
        "slots", "In free slots",
        "Each account’s posts take its next free slots of a queue, in order.", place_in_slots,
        offered=_has_slots, lacking="No account of the brand has slots yet.",
    ),
    EvenWay(
        "even", "Evenly spaced",
        "Each account’s posts are spread over the hours of the days, as far apart as they fit.",
        place_evenly,
    ),
    Way(
        "suggested", "At suggested times",
        "Each account’s posts take its best hours, by its own results where there are enough.",
        place_by_suggestion,
    ),
    TemplateWay(
        "template", "By a template",
        "Each piece goes where and when the steps of a template say, counted from its start.",
        place_by_template, offered=_has_templates, lacking="The brand has no template yet.",
        brings_channels=True, ranges=False,
    ),
)  # fmt: skip
BY_SLUG = {way.slug: way for way in WAYS}
