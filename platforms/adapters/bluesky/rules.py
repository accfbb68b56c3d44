"""What Bluesky takes, and what it takes away in silence.

Sources: the lexicons `app.bsky.feed.post`, `app.bsky.embed.*` and `app.bsky.feed.threadgate`.
Numbers marked (unsure) are those of Bluesky's own app; staff may set lower ones for a channel.
"""

import re
from collections.abc import Iterator
from typing import Any

from platforms.adapters.bluesky.threads import BYTES_MAX, PARTS_MAX, TEXT_MAX, parts_of
from platforms.splitting import NUMBERED
from platforms.text import graphemes
from platforms.values import Channel, Limits, Option, PictureShape, Problem, Rendition

THREAD_MAX = TEXT_MAX * (PARTS_MAX - 1)  # graphemes; cutting between sentences wastes some
IMAGE_BYTES_MAX = 2_000_000
EMBED_IMAGES_MAX = 4  # more than these stand in a gallery
IMAGES_MAX = 10
ALT_MAX = 2_000  # characters (unsure)
VIDEO_BYTES_MAX = 300_000_000
VIDEO_SECONDS_MAX = 180  # (unsure)
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
# Larger pictures are scaled to these; no proportions are refused, the extremes are nobody's.
SHAPE = PictureShape(1 / 20, 20, 1, 4_000, IMAGE_BYTES_MAX, keeps_fitting=True)
LANGUAGES_MAX = 3
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

POST, THREAD = "post", "thread"
CHANNELS = (
    Channel(POST, "Post", takes_edit=False),
    Channel(THREAD, "Thread", takes_edit=False),
)
NOBODY = Option("replies_nobody", "Nobody can reply")
MENTIONED = Option("replies_mentioned", "People who are mentioned can reply")
FOLLOWED = Option("replies_followed", "People this account follows can reply")
FOLLOWERS = Option(
    "replies_followers", "Followers can reply", help="With none of these chosen, anybody can."
)
NO_QUOTES = Option("no_quotes", "Nobody can quote it")
LANGUAGES = Option("languages", "Languages", "names", "Up to 3 codes, such as en or pt-BR.")
SHARED = (FOLLOWED, FOLLOWERS, MENTIONED, NOBODY, NO_QUOTES, LANGUAGES)
OPTIONS: dict[str, tuple[Option, ...]] = {POST: SHARED, THREAD: (NUMBERED, *SHARED)}
# An option, and the rule by which a thread's gate says the same.
GATES = {
    FOLLOWED.name: "app.bsky.feed.threadgate#followingRule",
    FOLLOWERS.name: "app.bsky.feed.threadgate#followerRule",
    MENTIONED.name: "app.bsky.feed.threadgate#mentionRule",
}


def limits_of(channel: str) -> Limits:
    """Return what a channel takes."""
    return Limits(
        text_max=THREAD_MAX if channel == THREAD else TEXT_MAX,
        count=graphemes,
        part_max=TEXT_MAX if channel == THREAD else 0,
        link_beside_media=True,
        images_max=IMAGES_MAX,
        image_types=IMAGE_TYPES,
        image_bytes_max=IMAGE_BYTES_MAX,
        alt_max=ALT_MAX,
        videos_max=1,
        video_types=frozenset({"video/mp4"}),
        video_bytes_max=VIDEO_BYTES_MAX,
        video_seconds_max=VIDEO_SECONDS_MAX,
        picture_shape=SHAPE,
    )


def texts_of(rendition: Rendition) -> list[str]:
    """Return the texts of a thread's posts; one that says nothing has pictures, or a card."""
    return parts_of(rendition.text, bool(rendition.options.get(NUMBERED.name))) or [""]


def problems_of(rendition: Rendition) -> Iterator[Problem]:
    """Yield what Bluesky would refuse, or would not show."""
    if rendition.channel == THREAD:
        yield from _thread_problems(rendition)
    elif len(rendition.text.encode()) > BYTES_MAX and graphemes(rendition.text) <= TEXT_MAX:
        yield Problem(
            "text_too_many_bytes",
            f"The text has {len(rendition.text.encode()):,} bytes and Bluesky takes {BYTES_MAX:,}. "
            "Emoji and some scripts take several bytes each. Shorten it.",
        )
    for item in rendition.images:
        if item.mime == "image/gif":
            yield Problem(
                "picture_still",
                f"{item.noun} is a GIF, and Bluesky shows one still picture of it.",
                level="warn",
                picture=item.position,
            )
    yield from _option_problems(rendition)


def _thread_problems(rendition: Rendition) -> Iterator[Problem]:
    parts = texts_of(rendition)
    if len(parts) > PARTS_MAX:
        yield Problem(
            "thread_too_long",
            f"The text becomes {len(parts)} posts and a thread may have {PARTS_MAX}. Shorten it.",
        )
    elif len(parts) < 2:
        yield Problem(
            "thread_of_one",
            "The text fits into one post, so this is no thread. It goes out as one post.",
            level="warn",
        )


def _option_problems(rendition: Rendition) -> Iterator[Problem]:
    known = {option.name: option for option in OPTIONS[rendition.channel]}
    for name, value in rendition.options.items():
        if name not in known:
            yield Problem("unknown_option", f"Bluesky has no option “{name}” here. Remove it.")
        elif known[name].kind == "flag" and not isinstance(value, bool):
            yield Problem(name, f"“{known[name].label}” is on or off.")
    if rendition.options.get(NOBODY.name) and any(map(rendition.options.get, GATES)):
        yield Problem(
            NOBODY.name,
            "Nobody can reply, and some can: choose the one or the other.",
        )
    languages = rendition.options.get(LANGUAGES.name)
    if languages is not None and not _are_languages(languages):
        yield Problem(
            LANGUAGES.name,
            f"Languages are up to {LANGUAGES_MAX} codes such as en or pt-BR. Correct them.",
        )


def _are_languages(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= LANGUAGES_MAX
        and all(isinstance(code, str) and LANGUAGE.fullmatch(code) for code in value)
    )
