"""What only the composer's templates need."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(known: Mapping[str, Any], key: str) -> Any:
    """Return what a mapping holds under a key; nothing where it holds nothing."""
    return known.get(key, "")


@register.filter
def join_key(prefix: str, name: object) -> str:
    """Return "prefix:name", as the composer's fields are called."""
    return f"{prefix}:{name}"
