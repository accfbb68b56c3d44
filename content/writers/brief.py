"""What is to be written: the material of one section, and what one channel takes."""

from dataclasses import dataclass
from functools import cached_property

from content.models import Section, WritingRun
from content.rendering import ChannelContent, render
from platforms.checking import problems_of, stopping
from platforms.contract import Adapter
from platforms.limiting import limits_of
from platforms.models import Account, ChannelType
from platforms.values import Limits, Problem, Rendition

NOTHING_SPECIAL = "x"  # a text that no rule about words can object to


@dataclass(frozen=True)
class Brief:
    """One section for one channel. Link, channel and limits stand here and never in an answer."""

    brand: str
    title: str  # of the source
    heading: str  # of the section; may be empty
    text: str  # of the section
    link: str  # of the source; empty where it has none
    adapter: type[Adapter]
    channel: str  # slug
    channel_name: str
    limits: Limits
    tone: str = WritingRun.Tone.PLAIN.label

    @cached_property
    def room(self) -> int:
        """How much the text alone may have, in the channel's own units: the link takes its part."""
        alone = self.limits.count(NOTHING_SPECIAL)
        return max(self.limits.text_max - (self.length(NOTHING_SPECIAL) - alone), 0)

    def length(self, text: str) -> int:
        """Count what the channel would count, with all that the renderer adds."""
        return self.limits.count(self._rendered(text).text)

    def over(self, text: str) -> int:
        """By how much the text is too long; 0 when it fits."""
        return max(self.length(text) - self.limits.text_max, 0)

    def problems(self, text: str) -> list[Problem]:
        """Return what keeps the words from going out, by the same checks as for posts.

        What they cannot help, such as a picture that is missing, is not among them.
        """
        found = stopping(problems_of(self.adapter, self._rendered(text), self.limits))
        return [problem for problem in found if problem.code not in self._whatever_is_said]

    @cached_property
    def _whatever_is_said(self) -> frozenset[str]:
        rendition = self._rendered(NOTHING_SPECIAL)
        found = stopping(problems_of(self.adapter, rendition, self.limits))
        return frozenset(problem.code for problem in found)

    def _rendered(self, text: str) -> Rendition:
        return render(ChannelContent(text, self.link), self.channel, self.limits)


def brief_for(
    section: Section, account: Account, channel: ChannelType, *, tone: str = WritingRun.Tone.PLAIN
) -> Brief:
    """Put together what is known. Raises UnknownPlatform when the adapter's file is gone."""
    source = section.source
    return Brief(
        brand=account.brand.name,
        title=source.title,
        heading=section.heading,
        text=section.text,
        link=source.address,
        adapter=account.platform.adapter,
        channel=channel.slug,
        channel_name=channel.name,
        limits=limits_of(account, channel),
        tone=WritingRun.Tone(tone).label,
    )


def shows_text(account: Account, channel: ChannelType) -> bool:
    """Whether there is anything to write for: some channels show no words at all."""
    return bool(limits_of(account, channel).text_max)
