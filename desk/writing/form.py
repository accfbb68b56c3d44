"""What a person chooses before pieces are written: sections, channels, tone and writer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.http import QueryDict

from content.llm.endpoint import Endpoint, endpoint
from content.models import Section, Source, WritingItem, WritingRun
from content.sources.memory import Made, made_from
from content.writers.brief import brief_for, shows_text
from content.writers.estimating import Usual, dollars_for, usual
from content.writers.prompts import template_for
from content.writers.starting import Target
from desk.numbers import wholes
from desk.reviewing import Channel
from desk.views.review import channels_of
from organisation.models import User
from platforms.limiting import limits_of


@dataclass(frozen=True)
class SectionRow:
    """One section to tick, with what was made of its words before."""

    section: Section
    made: list[Made]
    chosen: bool

    @property
    def called(self) -> str:
        """Its heading, or its first words."""
        return self.section.heading or f"{self.section.text[:70].strip()}…"

    @property
    def made_for(self) -> list[str]:
        """The channels of which it has pieces, each once."""
        return list(dict.fromkeys(made.channel for made in self.made))


@dataclass
class WriteForm:
    """The form at one moment. `asked` is what the address or the sent form says."""

    source: Source
    asked: QueryDict
    user: User
    is_sent: bool = False
    errors: list[str] = field(default_factory=list)

    @cached_property
    def key(self) -> uuid.UUID:
        """The id of the run that this form becomes. A form without one gets a new one."""
        try:
            return uuid.UUID(self.asked.get("key", ""))
        except ValueError:
            return uuid.uuid4()

    @cached_property
    def rows(self) -> list[SectionRow]:
        sections = list(self.source.sections.all())
        made = made_from(self.source, sections)
        wanted = set(wholes(self.asked.getlist("section")))
        if not wanted and not self.is_sent:
            wanted = {section.pk for section in sections if not made[section.pk]}
        return [SectionRow(one, made[one.pk], one.pk in wanted) for one in sections]

    @property
    def sections(self) -> list[Section]:
        return [row.section for row in self.rows if row.chosen]

    @cached_property
    def _channels(self) -> list[Channel]:
        return channels_of(self.source.brand)

    @cached_property
    def channels(self) -> list[Channel]:
        """Those that show text."""
        return [one for one in self._channels if shows_text(one.account, one.channel_type)]

    @property
    def wordless(self) -> bool:
        """Whether some channels are left out, for they show no text."""
        return len(self.channels) < len(self._channels)

    @cached_property
    def chosen(self) -> list[str]:
        """The keys of the ticked channels: at first those of this person's last run."""
        if self.is_sent or "to" in self.asked:
            return self.asked.getlist("to")
        last = WritingRun.objects.filter(brand=self.source.brand_id, by=self.user).first()
        items = WritingItem.objects.filter(run=last) if last else WritingItem.objects.none()
        pairs = items.order_by().values_list("account", "channel_type").distinct()
        return [f"{account}-{channel}" for account, channel in pairs]

    @property
    def targets(self) -> list[Target]:
        chosen = set(self.chosen)
        return [
            (one.account, one.channel_type)
            for one in self.channels
            if one.key in chosen and one.account.can_send
        ]

    @property
    def tone(self) -> str:
        asked = self.asked.get("tone", "")
        return asked if asked in WritingRun.Tone.values else WritingRun.Tone.PLAIN.value

    @property
    def tones(self) -> Sequence[tuple[str, str]]:
        return WritingRun.Tone.choices

    @cached_property
    def model(self) -> Endpoint | None:
        return endpoint()

    @property
    def writer(self) -> str:
        asked = self.asked.get("writer", "")
        if asked in WritingRun.Writer.values:
            return asked
        return (WritingRun.Writer.MODEL if self.model else WritingRun.Writer.OFFLINE).value

    @property
    def again(self) -> bool:
        """Whether what has a piece already is written once more."""
        return "again" in self.asked

    @cached_property
    def usual(self) -> Usual:
        return usual(self.model.model) if self.model else Usual()

    @cached_property
    def dollars(self) -> Decimal | None:
        """About what one piece costs, of the longest section for the roomiest channel."""
        if self.model is None or not self.model.has_price or not self.rows or not self.channels:
            return None
        longest = max((row.section for row in self.rows), key=lambda one: len(one.text))
        longest.source = self.source
        one = max(self.channels, key=lambda one: limits_of(one.account, one.channel_type).text_max)
        brief = brief_for(longest, one.account, one.channel_type)
        template = template_for(self.source.brand, one.channel_type).text
        return dollars_for(brief, template, self.model, self.usual)
