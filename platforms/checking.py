"""What is wrong with a rendition, said before anything leaves."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from platforms.contract import Adapter
from platforms.fitting import GIF, Fitting
from platforms.values import Limits, MediaItem, Problem, Rendition

TIGHTENABLE = (
    "text_max",
    "images_max",
    "image_bytes_max",
    "image_pixels_max",
    "alt_max",
    "media_max",
    "videos_max",
    "video_bytes_max",
    "video_seconds_max",
)
WORTH_SAYING = 0.02  # the share of a picture that is cut off
NONE_AT_ALL = ("text_max", "images_max", "videos_max")  # here 0 is a limit and not its absence


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
    for name in NONE_AT_ALL:
        if not getattr(limits, name):
            tighter.pop(name, None)
    return replace(limits, **tighter)


def problems_of(adapter: type[Adapter], rendition: Rendition, limits: Limits) -> list[Problem]:
    """Return every problem: the general limits first, then what only this platform knows."""
    return [
        *_text_problems(adapter.name, rendition, limits),
        *_media_problems(adapter.name, rendition, limits),
        *_barred_options(rendition, limits),
        *adapter.problems(rendition, limits),
    ]


def _barred_options(rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    for name, why in limits.barred:
        if rendition.options.get(name):
            yield Problem(name, why)


def stopping(problems: list[Problem]) -> list[Problem]:
    """Only those that keep the post from going out."""
    return [problem for problem in problems if problem.level == "stop"]


def _text_problems(name: str, rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    if not limits.text_max:
        yield from _unshown(name, rendition)
        return
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


def _unshown(name: str, rendition: Rendition) -> Iterator[Problem]:
    if _can_be_seen(rendition.text) or rendition.link:
        yield Problem(
            "text_not_shown",
            f"{name} shows no text or link here, only the picture or video goes out.",
            level="warn",
        )


def _can_be_seen(text: str) -> bool:
    """Zero-width characters and marks of direction alone are no text."""
    return any(not sign.isspace() and unicodedata.category(sign) != "Cf" for sign in text)


def _media_problems(name: str, rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    images, videos = len(rendition.images), len(rendition.videos)
    if images > limits.images_max:
        yield _too_many("too_many_images", "picture", images, limits.images_max, name)
    if videos > limits.videos_max:
        yield _too_many("too_many_videos", "video", videos, limits.videos_max, name)
    if images and videos and not limits.mixes_media and limits.images_max and limits.videos_max:
        yield Problem(
            "mixed_media",
            f"{name} takes pictures or a video here, not both. Remove the one or the other.",
        )
    if images + videos < limits.media_min:
        yield Problem("media_missing", f"{name} needs {_wanted(limits)} here. Add one.")
    if limits.media_max and images + videos > limits.media_max:
        yield Problem(
            "too_many_media",
            f"{images + videos} pictures and videos are chosen and {name} takes "
            f"{limits.media_max} here. Remove {images + videos - limits.media_max}.",
        )
    fetched = (limits.fetches_images and images) or (limits.fetches_videos and videos)
    if fetched and limits.unreachable:
        yield Problem("unreachable", limits.unreachable)
    for item in rendition.media:
        check = _video_problems if item.type == "video" else _image_problems
        for problem in check(name, item, limits):
            yield replace(problem, picture=item.position)


def _too_many(code: str, what: str, count: int, most: int, name: str) -> Problem:
    chosen = f"{count} {what}s are" if count > 1 else f"A {what} is"
    takes = f"{most} here. Remove {count - most}" if most else "none here. Remove it"
    return Problem(code, f"{chosen} chosen and {name} takes {takes}.")


def _wanted(limits: Limits) -> str:
    kinds = [("a picture", limits.images_max), ("a video", limits.videos_max)]
    wanted = " or ".join(words for words, most in kinds if most)
    return wanted if limits.media_min == 1 else f"at least {limits.media_min} pictures or videos"


def _video_problems(name: str, item: MediaItem, limits: Limits) -> Iterator[Problem]:
    if limits.video_types and item.mime not in limits.video_types:
        yield Problem("video_type", f"{name} does not take {item.mime}: {item.noun.lower()}.")
    if limits.video_bytes_max and item.size > limits.video_bytes_max:
        yield Problem(
            "video_too_large",
            f"{item.noun} has {item.size / 1e6:,.1f} MB and {name} takes "
            f"{limits.video_bytes_max / 1e6:,.0f} MB. Make it smaller.",
        )
    if limits.video_pixels_max and item.width * item.height > limits.video_pixels_max:
        yield Problem(
            "video_too_many_pixels",
            f"{item.noun} has {item.width:,} × {item.height:,} pixels, more than {name} takes. "
            "Export it smaller.",
        )
    if limits.video_seconds_max and item.duration > limits.video_seconds_max:
        yield Problem(
            "video_too_long",
            f"{item.noun} lasts {item.duration:,.1f} s and {name} takes "
            f"{limits.video_seconds_max:,.0f} s here. Cut it.",
        )
    if item.duration < limits.video_seconds_min:
        yield Problem(
            "video_too_short",
            f"{item.noun} lasts {item.duration:,.1f} s and {name} wants at least "
            f"{limits.video_seconds_min:,.0f} s here. Use a longer one.",
        )
    yield from _alt_length(name, item, limits)


def _alt_length(name: str, item: MediaItem, limits: Limits) -> Iterator[Problem]:
    if limits.alt_max and len(item.alt) > limits.alt_max:
        yield Problem(
            "alt_too_long",
            f"The description of {item.noun.lower()} has {len(item.alt):,} characters and "
            f"{name} takes {limits.alt_max:,}. Shorten it.",
        )


def _fitting_problems(name: str, item: MediaItem) -> Iterator[Problem]:
    fitting = Fitting.parse(item.fitting)
    if fitting.lost >= WORTH_SAYING:
        yield Problem(
            "picture_cut",
            f"{name} shows other proportions, so {fitting.lost:.0%} of picture {item.position} is "
            "cut off. Choose what matters most in it, or send it whole with margins.",
            level="warn",
        )
    if fitting.enlarged:
        yield Problem(
            "picture_enlarged",
            f"Picture {item.position} has few pixels, so {name} shows it enlarged and less sharp.",
            level="warn",
        )
    if item.made_from.endswith(".gif"):
        yield Problem(
            "picture_still",
            f"Picture {item.position} is a GIF, and {name} shows one still picture of it.",
            level="warn",
        )


def _image_problems(name: str, item: MediaItem, limits: Limits) -> Iterator[Problem]:
    if limits.image_types and item.mime not in limits.image_types:
        yield Problem("image_type", f"{name} does not take {item.mime}: picture {item.position}.")
    most = (item.mime == GIF and limits.gif_bytes_max) or limits.image_bytes_max
    if most and item.size > most and not item.fitting:
        yield Problem(
            "image_too_large",
            f"Picture {item.position} has {item.size / 1e6:.1f} MB and {name} takes "
            f"{most / 1e6:.0f} MB. Make it smaller.",
        )
    if limits.image_pixels_max and item.width * item.height > limits.image_pixels_max:
        yield Problem(
            "image_too_many_pixels",
            f"Picture {item.position} has {item.width:,} × {item.height:,} pixels, more than "
            f"{name} takes. Make it smaller.",
        )
    yield from _alt_length(name, item, limits)
    if item.fitting:
        yield from _fitting_problems(name, item)
    if not item.alt.strip() and not item.decorative:
        yield Problem(
            "alt_missing",
            f"Picture {item.position} has no description. Say what it shows, for those who "
            "cannot see it.",
            level="warn",
        )
