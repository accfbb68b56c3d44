"""What is wrong with a rendition, said before anything leaves."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from platforms.contract import Adapter
from platforms.values import Limits, MediaItem, Problem, Rendition

TIGHTENABLE = ("text_max", "images_max", "image_bytes_max", "image_pixels_max", "alt_max")


def limits_for(
    adapter: type[Adapter],
    channel: str,
    server_facts: Mapping[str, Any],
    lower: Mapping[str, Any] | None = None,
) -> Limits:
    """Return the channel's limits; `lower` are staff's own, which may only tighten them."""
    limits = adapter.limits(channel, server_facts)
    tighter: dict[str, Any] = {
        name: min(value, getattr(limits, name) or value)
        for name, value in (lower or {}).items()
        if name in TIGHTENABLE and isinstance(value, int) and value > 0
    }
    return replace(limits, **tighter)


def problems_of(adapter: type[Adapter], rendition: Rendition, limits: Limits) -> list[Problem]:
    """Return every problem: the general limits first, then what only this platform knows."""
    return [
        *_text_problems(adapter.name, rendition, limits),
        *_media_problems(adapter.name, rendition, limits),
        *adapter.problems(rendition, limits),
    ]


def stopping(problems: list[Problem]) -> list[Problem]:
    """Only those that keep the post from going out."""
    return [problem for problem in problems if problem.level == "stop"]


def _text_problems(name: str, rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    length = limits.count(rendition.text)
    if length > limits.text_max:
        yield Problem(
            "text_too_long",
            f"The text has {length:,} {limits.unit} and {name} takes {limits.text_max:,}. "
            f"Shorten it by {length - limits.text_max:,}.",
        )
    if not _can_be_seen(rendition.text) and not rendition.link and not rendition.media:
        yield Problem(
            "empty", f"There is nothing to send to {name}. Write a text or add a picture."
        )


def _can_be_seen(text: str) -> bool:
    """Zero-width characters and marks of direction alone are no text."""
    return any(not sign.isspace() and unicodedata.category(sign) != "Cf" for sign in text)


def _media_problems(name: str, rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    count = len(rendition.media)
    if count > limits.images_max:
        yield Problem(
            "too_many_images",
            f"{count} pictures are chosen and {name} takes {limits.images_max} here. "
            f"Remove {count - limits.images_max}.",
        )
    for item in rendition.media:
        for problem in _image_problems(name, item, limits):
            yield replace(problem, picture=item.position)


def _image_problems(name: str, item: MediaItem, limits: Limits) -> Iterator[Problem]:
    if limits.image_types and item.mime not in limits.image_types:
        yield Problem("image_type", f"{name} does not take {item.mime}: picture {item.position}.")
    if limits.image_bytes_max and item.size > limits.image_bytes_max:
        yield Problem(
            "image_too_large",
            f"Picture {item.position} has {item.size / 1e6:.1f} MB and {name} takes "
            f"{limits.image_bytes_max / 1e6:.0f} MB. Make it smaller.",
        )
    if limits.image_pixels_max and item.width * item.height > limits.image_pixels_max:
        yield Problem(
            "image_too_many_pixels",
            f"Picture {item.position} has {item.width:,} × {item.height:,} pixels, more than "
            f"{name} takes. Make it smaller.",
        )
    if limits.alt_max and len(item.alt) > limits.alt_max:
        yield Problem(
            "alt_too_long",
            f"The description of picture {item.position} has {len(item.alt):,} characters and "
            f"{name} takes {limits.alt_max:,}. Shorten it.",
        )
    if not item.alt.strip() and not item.decorative:
        yield Problem(
            "alt_missing",
            f"Picture {item.position} has no description. Say what it shows, for those who "
            "cannot see it.",
            level="warn",
        )
