"""Sources, sections and runs for tests, as reading and starting would have left them."""

import hashlib
from typing import Any

from content.models import Section, Source, WritingItem, WritingRun
from content.writers.brief import Brief, brief_for
from content.writers.starting import start
from platforms.models import Account, ChannelType
from platforms.registry import adapter_for
from tests.factories import AccountFactory, BrandFactory

ADDRESS = "https://glenandloom.example/journal/hogmanay"
KIRK = (
    "For almost four hundred years Scotland did not keep Christmas. The Kirk abolished Christmas "
    "in 1640, and anyone who baked Yule bread could be called before the session. Hogmanay was "
    "another matter. Nobody could stop the Kirk from frowning, and nobody could stop Hogmanay: the "
    "night belonged to the neighbours, to first-footing and to the fire. Dr. Grant of Aberdeen "
    "counted forty households that kept Hogmanay in one close alone. Christmas became a public "
    "holiday in Scotland in 1958; Hogmanay had been one in all but name for three centuries."
)
REDDING = (
    "Before the bells you redd the house. Ashes go out, debts are paid, and the clock is wound. "
    "A house that is redd before Hogmanay stays lucky for the year. Nobody sweeps on "
    "the day itself."
)


def source_with(
    *texts: tuple[str, str], brand: Any = None, address: str = ADDRESS, title: str = ""
) -> Source:
    """A source with these sections, each a heading and a text."""
    texts = texts or (("A feast the Kirk could not stop", KIRK), ("Redding the house", REDDING))
    whole = "\n\n".join(f"# {heading}\n\n{text}" for heading, text in texts)
    source = Source.objects.create(
        brand=brand or BrandFactory(),
        kind=Source.Kind.URL if address else Source.Kind.TEXT,
        title=title or "Why Hogmanay beat Christmas until 1958",
        address=address,
        text=whole,
        words=len(whole.split()),
        sha256=_hash(whole),
    )
    for place, (heading, text) in enumerate(texts, start=1):
        Section.objects.create(
            source=source,
            position=place,
            heading=heading,
            text=text,
            words=len(text.split()),
            sha256=_hash(f"{heading}\n{text}"),
        )
    return source


def target(source: Source, platform: str = "mastodon", channel: str = "") -> tuple[Account, Any]:
    """An account of the source's brand, and its first channel or the one that is named."""
    account = AccountFactory(brand=source.brand, platform=platform)
    first = adapter_for(platform).channels[0].slug
    types = ChannelType.objects.select_related("platform")
    return account, types.get(platform__slug=platform, slug=channel or first)


def brief_of(
    source: Source, platform: str = "mastodon", channel: str = "", place: int = 1
) -> Brief:
    account, kind = target(source, platform, channel)
    return brief_for(source.sections.get(position=place), account, kind)


def run_of(source: Source, *targets: Any, by: Any = None, **how: Any) -> WritingRun:
    """A run of all sections for these targets, or for one Mastodon account."""
    return start(source, list(source.sections.all()), targets or [target(source)], by=by, **how)


def states(run: WritingRun) -> list[str]:
    return list(run.items.order_by("position").values_list("state", flat=True))


def item_of(run: WritingRun, position: int = 1) -> WritingItem:
    return run.items.get(position=position)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
