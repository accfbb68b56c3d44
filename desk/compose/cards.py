"""The posts of a thread as cards that are moved and written in, above the one text they are.

What is sent is always the text: cards cut it where it will be cut, and are joined into it again.
What is added when it is sent, the numbers and the link, is counted on its card and not part of it.
"""

from dataclasses import dataclass, replace

from django.utils.text import slugify

from content.rendering import ChannelContent
from desk.compose.composition import Composition, Place
from platforms.contract import WritesThreads
from platforms.splitting import without_numbers
from platforms.values import Limits, Rendition

SHARED = "text"  # the field of the text for all


@dataclass(frozen=True)
class Card:
    """One post of the thread."""

    text: str
    length: int  # with what is added, by the platform's own count
    most: int
    has_link: bool = False  # the link stands at its end


@dataclass(frozen=True)
class Deck:
    """A thread as its cards. `field` is the id of the text they are joined into."""

    place: Place
    field: str
    cards: list[Card]

    @property
    def name(self) -> str:
        return slugify(self.place.channel_key.replace("/", "-"))


def deck_of(
    composition: Composition, place: Place, rendition: Rendition, limits: Limits
) -> Deck | None:
    """Return the cards of a place that makes threads; None where there is nothing to move."""
    adapter = place.account.platform.adapter
    if not limits.part_max or not issubclass(adapter, WritesThreads):
        return None
    if limits.count(rendition.text) > limits.text_max or not rendition.text.strip():
        return None
    sent = adapter.parts(rendition, limits)
    content = composition.content_for(place)
    cards = [
        Card(text, limits.count(whole), limits.part_max)
        for text, whole in zip(without_numbers(sent, rendition), sent, strict=True)
    ]
    return Deck(place, _field(composition, place), _without_link(cards, content, rendition))


def _without_link(cards: list[Card], content: ChannelContent, rendition: Rendition) -> list[Card]:
    """The renderer puts the link at the end; it stays there, whichever card is the last."""
    if rendition.text == content.text or not content.link:
        return cards
    *others, last = cards
    text = last.text.removesuffix(content.link).rstrip()
    return [*others, replace(last, text=text, has_link=True)]


def _field(composition: Composition, place: Place) -> str:
    """The channel's own text, unless no other channel would say what is written in the cards."""
    own = composition.own(place.channel_key).text.strip()
    alone = {chosen.channel_key for chosen in composition.chosen} == {place.channel_key}
    return SHARED if alone and not own else f"own-{slugify(place.channel_key)}"
