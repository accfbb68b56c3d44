"""What a language model is told about each kind of channel, in templates that staff may change.

`{title}` and `{section}` point at the material, which goes in a message of its own: what an article
says never becomes part of an instruction.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from content.models import PromptTemplate
from content.writers.brief import Brief
from content.writing import EditConflict, clean_text
from organisation.audit import record
from organisation.models import Brand, User
from platforms.models import ChannelType

LONGEST = 4_000  # characters
VARIABLES: Mapping[str, str] = {
    "title": "the title of the article",
    "section": "the section it is about",
    "limit": "how long the text may be, without the link",
    "unit": "what the channel counts, mostly characters",
    "tone": "the tone that was chosen",
    "platform": "the platform's name",
    "channel": "the channel's name",
    "brand": "the brand's name",
}
_POINTERS = {"title": "the title in the material", "section": "the section in the material"}

GENERAL = (
    "Write one {channel} for {platform} that {brand} publishes about {section}. "
    "Tone: {tone}. At most {limit} {unit}; shorter is better. "
    "Begin with what matters to readers, in whole sentences."
)
DEFAULTS: Mapping[str, str] = {
    "facebook": GENERAL + " Three to six sentences. One or two hashtags at the end, or none.",
    "instagram": GENERAL
    + " A caption that works beside a picture. Up to five hashtags at the end.",
    "mastodon": GENERAL + " No slogans. Up to three hashtags, in CamelCase, at the end.",
    "bluesky": GENERAL + " One to three sentences. No hashtags unless they are well known.",
    "twitter": GENERAL + " One or two sentences with one thought. At most one hashtag.",
}
THREAD = (
    "Write a thread for {platform} that {brand} publishes about {section}. Tone: {tone}. "
    "Three to six posts, each of one to three short sentences that stand by themselves, with a "
    "line of three hyphens between two posts. At most {limit} {unit} together."
)


@dataclass(frozen=True)
class Told:
    """The template that counts for one kind of channel of a brand."""

    text: str
    number: int = 0  # of its last version; 0: nobody has changed it yet
    is_own: bool = False


def default_for(platform: str, channel: str) -> str:
    """Return the product's own words for a channel, by slugs."""
    return THREAD if channel == "thread" else DEFAULTS.get(platform, GENERAL)


def template_for(brand: Brand | int, channel: ChannelType) -> Told:
    """Return what counts now for this brand."""
    last = PromptTemplate.objects.filter(brand=brand, channel_type=channel).first()
    return told(last, channel)


def told(last: PromptTemplate | None, channel: ChannelType) -> Told:
    """The same, when the last version is known already; None where there is none."""
    own = last.text if last else ""
    words = own or default_for(channel.platform.slug, channel.slug)
    return Told(words, last.number if last else 0, bool(own))


def clean_template(text: str) -> str:
    """Return the words. Raises ValidationError for what could not be filled in."""
    text = clean_text(text)
    if len(text) > LONGEST:
        raise ValidationError(
            {"text": f"It has {len(text):,} characters and may have {LONGEST:,}. Shorten it."}
        )
    try:
        found = list(Formatter().parse(text))
    except ValueError as error:
        raise ValidationError(
            {"text": "A { or } stands alone. Write {{ or }} for one that is meant as such."}
        ) from error
    for _, name, spec, conversion in found:
        if name is not None and (name not in VARIABLES or spec or conversion):
            known = ", ".join(f"{{{one}}}" for one in VARIABLES)
            written = (
                f"{{{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}}}"
            )
            raise ValidationError({"text": f"{written[:60]} is no variable. There are {known}."})
    return text


def save_template(
    brand: Brand, channel: ChannelType, text: str, *, by: User, expected: int
) -> PromptTemplate:
    """Save a new version; empty text: the product's own words again.

    Raises ValidationError for what could not be filled in, and EditConflict, with nothing saved,
    when the last version is no longer number `expected`.
    """
    text = clean_template(text)
    if text == default_for(channel.platform.slug, channel.slug):
        text = ""
    last = PromptTemplate.objects.filter(brand=brand, channel_type=channel).first()
    if (last.number if last else 0) != expected:
        raise EditConflict("Somebody else saved this prompt a moment ago.")
    try:
        with transaction.atomic():
            saved = PromptTemplate.objects.create(
                brand=brand, channel_type=channel, number=expected + 1, text=text, by=by
            )
            what = "changed" if text else "took back to the original"
            record(
                "change prompt",
                f"{by} {what} the prompt of {channel}.",
                by=by,
                subject=saved,
                brand=brand,
            )
    except IntegrityError as error:
        raise EditConflict("Somebody else saved this prompt a moment ago.") from error
    return saved


def filled(template: str, brief: Brief) -> str:
    """Return the instructions: every variable filled in, and nothing out of the material."""
    values = {
        **_POINTERS,
        "limit": f"{brief.room:,}".replace(",", ""),
        "unit": brief.limits.unit,
        "tone": brief.tone.lower(),
        "platform": brief.adapter.name,
        "channel": brief.channel_name.lower(),
        "brand": brief.brand,
    }
    one = re.compile(r"\{\{|\}\}|\{(" + "|".join(VARIABLES) + r")\}")
    return one.sub(lambda m: values[m[1]] if m[1] else m[0][0], template)
