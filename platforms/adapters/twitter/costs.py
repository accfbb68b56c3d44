"""What X takes money for. Source: X's "Pricing" of August 2026; staff set what they are charged."""

from platforms.adapters.twitter.rules import texts_of
from platforms.adapters.twitter.weighted import addresses
from platforms.parts import step_of
from platforms.values import Price, Rendition

POST = Price("post", "a post", "0.015")
WITH_ADDRESS = Price("post_with_address", "a post whose text holds an address", "0.20")
DELETION = Price("deletion", "a deletion", "0.010")
DESCRIPTION = Price("description", "the description of a picture", "0.005")
PRICES = (POST, WITH_ADDRESS, DELETION, DESCRIPTION)


def bill(rendition: Rendition, comment: str = "") -> dict[str, str]:
    """Return the price of each step that sending takes. See `Charges.bill`."""
    found = {
        f"media:{item.position}:alt": DESCRIPTION.name for item in rendition.images if item.alt
    }
    for place, text in enumerate(texts_of(rendition), start=1):
        found[step_of(place)] = price_of(text)
    if comment:
        found["comment"] = price_of(comment)
    return found


def price_of(text: str) -> str:
    """Return the name of the price of one post: an address in it makes it dearer."""
    return WITH_ADDRESS.name if any(addresses(text)) else POST.name
