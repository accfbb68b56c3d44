"""Prompts: what counts for each kind of channel of a brand, and how it reads when filled in."""

from dataclasses import dataclass, replace

from django.db.models import Max

from content.llm.client import Message
from content.models import PromptTemplate, Section, WritingRun
from content.writers.brief import Brief, brief_for
from content.writers.prompts import Told, filled, told
from content.writers.question import RULES, material
from organisation.models import Brand
from platforms.checking import limits_for
from platforms.models import Account, ChannelType

VERSIONS_SHOWN = 20
EXAMPLE_MAX = 900  # characters of the material that the preview shows
MARK = "3f9a61c07be24d58"  # stands where each question has one of its own
EXAMPLE = (
    "Before the bells you redd the house. Ashes go out, debts are paid, and the clock is wound. "
    "A house that is redd before Hogmanay stays lucky for the year."
)


@dataclass(frozen=True)
class PromptRow:
    """One kind of channel and the prompt that counts for it."""

    channel_type: ChannelType
    told: Told
    last: PromptTemplate | None


def prompts_of(brand: Brand) -> list[PromptRow]:
    """Return all kinds of channels that show text, by platform."""
    mine = PromptTemplate.objects.filter(brand=brand)
    newest = mine.order_by().values("channel_type").annotate(number=Max("number"))
    numbers = {row["channel_type"]: row["number"] for row in newest}
    rows = mine.filter(number__in=set(numbers.values())).select_related("by")
    last = {row.channel_type_id: row for row in rows if row.number == numbers[row.channel_type_id]}
    kinds = ChannelType.objects.filter(platform__enabled=True).select_related("platform")
    return [
        PromptRow(kind, told(last.get(kind.pk), kind), last.get(kind.pk))
        for kind in kinds.order_by("platform__name", "pk")
        if _brief_without_account(brand, kind).limits.text_max
    ]


def example(brand: Brand, kind: ChannelType) -> Brief:
    """Return a brief to show a prompt with: the brand's newest section, or one that is made up."""
    account = (
        Account.objects.filter(brand=brand, platform=kind.platform_id)
        .select_related("brand", "platform")
        .first()
    )
    section = (
        Section.objects.filter(source__brand=brand)
        .select_related("source")
        .order_by("-source", "position")
        .first()
    )
    if account and section:
        return brief_for(section, account, kind)
    made_up = _brief_without_account(brand, kind)
    if section is None:
        return made_up
    source = section.source
    return replace(
        made_up,
        title=source.title,
        heading=section.heading,
        text=section.text,
        link=source.address,
    )


def _brief_without_account(brand: Brand, kind: ChannelType) -> Brief:
    adapter = kind.platform.adapter
    return Brief(
        brand=brand.name,
        title="Why Hogmanay beat Christmas until 1958",
        heading="Redding the house",
        text=EXAMPLE,
        link="https://example.org/journal/hogmanay",
        adapter=adapter,
        channel=kind.slug,
        channel_name=kind.name,
        limits=limits_for(adapter, kind.slug, {}, kind.limits),
        tone=WritingRun.Tone.PLAIN.label,
    )


def preview(brief: Brief, template: str) -> list[Message]:
    """Return the messages as they would be sent; of long material its beginning."""
    short = replace(brief, text=_begun(brief.text))
    return [
        {"role": "system", "content": f"{RULES}\n\n{filled(template, brief)}"},
        {"role": "user", "content": material(short, MARK)},
    ]


def _begun(text: str) -> str:
    return text if len(text) <= EXAMPLE_MAX else f"{text[:EXAMPLE_MAX]} […]"
