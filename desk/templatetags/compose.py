"""What only the composer's templates need."""

from collections.abc import Mapping
from typing import Any

from django import template

from desk.compose.composition import Place
from desk.compose.filled import Own
from desk.compose.options import Choice, choices

register = template.Library()


@register.filter
def at(known: Mapping[str, Any], key: str) -> Any:
    """Return what a mapping holds under a key; nothing where it holds nothing."""
    return known.get(key, "")


@register.filter
def choices_of(place: Place, own: Own | str) -> list[Choice]:
    """Return what may be chosen on a place's channel, with what the form holds for it."""
    return list(choices(place.options, own.chosen if isinstance(own, Own) else {}))


@register.filter
def join_key(prefix: str, name: object) -> str:
    """Return "prefix:name", as the composer's fields are called."""
    return f"{prefix}:{name}"
