"""Numbers as people read them."""

from django import template

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """63,206 for 63206."""
    return f"{number:,}"


@register.filter
def at_most(number: int, most: int) -> int:
    return min(number, most)


@register.filter
def unlocalised(number: float) -> str:
    """A number as SVG takes it, whatever the page's language."""
    return f"{number:g}"


@register.filter
def kept_whole(text: str) -> str:
    """The content of a textarea. Browsers swallow one line end at its beginning."""
    return f"\n{text}" if text.startswith("\n") else text
