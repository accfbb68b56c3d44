"""What X takes, and what it would refuse or leave out.

Sources: X's description of `POST /2/tweets`, "Media best practices" and "Counting characters".
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from platforms.adapters.twitter.media import GIF, SEGMENT
from platforms.adapters.twitter.weighted import TEXT_MAX, length
from platforms.splitting import NUMBERED, Splitter
from platforms.values import Channel, Limits, MediaItem, Option, PictureShape, Problem, Rendition

TWEET, THREAD = "tweet", "thread"
CHANNELS = (
    Channel(TWEET, "Post", takes_edit=False),
    Channel(THREAD, "Thread", takes_edit=False),
)
PARTS_MAX = 25  # X names no limit; each post costs
THREAD_MAX = TEXT_MAX * (PARTS_MAX - 1)  # cutting between sentences wastes some
IMAGES_MAX = 4
IMAGE_BYTES_MAX = 5_000_000
GIF_BYTES_MAX = 15_000_000
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", GIF})
GIF_SIZE = (1_280, 1_080)  # pixels
ALT_MAX = 1_000  # characters
VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime"})
VIDEO_BYTES_MAX = 1_000 * SEGMENT  # X takes 8 GB in larger segments, which not all accounts may
VIDEO_SECONDS = (0.5, 20 * 60)  # of an account without a subscription, since September 2026
VIDEO_SURE = (140, 512_000_000)  # seconds and bytes that every account may send
VIDEO_RATIO_MAX = 3  # as 3:1 and 1:3
SHAPE = PictureShape(
    1 / 20, 20, 1, 4_096, IMAGE_BYTES_MAX, keeps_fitting=True, gif_bytes_max=GIF_BYTES_MAX
)
PREMIUM = "premium"
TIERS = {"": "No subscription", PREMIUM: "Premium: longer posts and videos"}
PREMIUM_TEXT_MAX = 25_000  # by X's help; its documentation of the API does not say (unsure)
PREMIUM_SECONDS_MAX = 125 * 60  # of a video, since September 2026 (3p)
CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?\b")

POLL_ANSWERS = (2, 4)
POLL_ANSWER_MAX = 25  # characters
POLL_MINUTES = (5, 7 * 24 * 60)
POLL_HOURS_DEFAULT = 24
POLL = Option("poll", "Poll", "text", "2 to 4 answers with ; between them, such as Tea; Coffee.")
POLL_HOURS = Option(
    "poll_hours", "Hours the poll runs", "seconds", "From 0.1 to 168; empty: 24 hours."
)
# An option, and what X calls it in `reply_settings`.
REPLIES = {
    "replies_following": "following",
    "replies_mentioned": "mentionedUsers",
    "replies_subscribers": "subscribers",
    "replies_verified": "verified",
}
DISCLOSED = (
    Option("ai_generated", "Made with AI", help="X labels the post so.", discloses="Made with AI"),
    Option(
        "paid_partnership",
        "Paid partnership",
        help="X labels the post so.",
        discloses="Paid partnership",
    ),
)
FLAGS = (
    Option("replies_following", "Only accounts this account follows can reply"),
    Option("replies_mentioned", "Only accounts that are mentioned can reply"),
    Option("replies_subscribers", "Only subscribers can reply"),
    Option("replies_verified", "Only verified accounts can reply"),
    *DISCLOSED,
)
SHARED = (POLL, POLL_HOURS, *FLAGS)
OPTIONS: dict[str, tuple[Option, ...]] = {TWEET: SHARED, THREAD: (NUMBERED, *SHARED)}

TWEET_LIMITS = Limits(
    text_max=TEXT_MAX,
    count=length,
    unit="characters by X’s count",
    link_in_text=True,
    images_max=IMAGES_MAX,
    image_types=IMAGE_TYPES,
    image_bytes_max=IMAGE_BYTES_MAX,
    gif_bytes_max=GIF_BYTES_MAX,
    alt_max=ALT_MAX,
    videos_max=1,
    video_types=VIDEO_TYPES,
    video_bytes_max=VIDEO_BYTES_MAX,
    video_seconds_min=VIDEO_SECONDS[0],
    video_seconds_max=VIDEO_SECONDS[1],
    picture_shape=SHAPE,
)
LIMITS = {
    TWEET: TWEET_LIMITS,
    THREAD: replace(TWEET_LIMITS, text_max=THREAD_MAX, part_max=TEXT_MAX),
}
PREMIUM_LIMITS = {
    TWEET: replace(TWEET_LIMITS, text_max=PREMIUM_TEXT_MAX, video_seconds_max=PREMIUM_SECONDS_MAX),
    THREAD: replace(LIMITS[THREAD], video_seconds_max=PREMIUM_SECONDS_MAX),
}
SPLITTER = Splitter(lambda text, room: length(text) <= room, TEXT_MAX)


def limits_of(channel: str, tier: str) -> Limits:
    """Return what a channel takes from an account with this subscription."""
    return (PREMIUM_LIMITS if tier == PREMIUM else LIMITS)[channel]


def texts_of(rendition: Rendition) -> list[str]:
    """Return the text of each post; one that says nothing has pictures, or a video."""
    if rendition.channel != THREAD:
        return [rendition.text]
    return SPLITTER.parts(rendition.text, bool(rendition.options.get(NUMBERED.name))) or [""]


def problems_of(rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    """Yield what X would refuse, or would not show."""
    if rendition.channel == THREAD:
        yield from _thread_problems(rendition)
    gifs = [item for item in rendition.images if item.mime == GIF]
    if gifs and len(rendition.images) > 1:
        yield Problem(
            "gif_alone",
            f"X shows a GIF alone, and {gifs[0].noun.lower()} is one. Remove it or the others.",
            picture=gifs[0].position,
        )
    for item in gifs:
        if item.width > GIF_SIZE[0] or item.height > GIF_SIZE[1]:
            yield Problem(
                "gif_too_large",
                f"{item.noun} is a GIF of {item.width:,} × {item.height:,} pixels and X takes "
                f"{GIF_SIZE[0]:,} × {GIF_SIZE[1]:,}. Make it smaller.",
                picture=item.position,
            )
    for item in rendition.videos:
        yield from _video_problems(item, limits.video_seconds_max > VIDEO_SECONDS[1])
    if len(set(CASHTAG.findall(rendition.text))) > 1:
        yield Problem(
            "cashtags", "X may refuse a post with more than one cashtag. Keep one.", level="warn"
        )
    yield from _option_problems(rendition)


def _thread_problems(rendition: Rendition) -> Iterator[Problem]:
    texts = texts_of(rendition)
    if len(texts) > PARTS_MAX:
        yield Problem(
            "thread_too_long",
            f"The text becomes {len(texts)} posts and a thread may have {PARTS_MAX}. Shorten it.",
        )
    elif len(texts) < 2:
        yield Problem(
            "thread_of_one",
            "The text fits into one post, so this is no thread. It goes out as one post.",
            level="warn",
        )
    if len(set(texts)) < len(texts):
        yield Problem(
            "thread_repeats",
            "Two posts of the thread say the same, and X refuses the second. Change one of them.",
        )


def _video_problems(item: MediaItem, subscribed: bool) -> Iterator[Problem]:
    if item.alt.strip():
        yield Problem(
            "alt_not_taken",
            f"X has no place for the description of {item.noun.lower()}. It is not sent.",
            level="warn",
            picture=item.position,
        )
    if max(item.width, item.height) > VIDEO_RATIO_MAX * max(min(item.width, item.height), 1):
        yield Problem(
            "video_ratio",
            f"X takes videos from 1:3 to 3:1, and {item.noun.lower()} has {item.width:,} × "
            f"{item.height:,} pixels. Cut it to that shape.",
            picture=item.position,
        )
    if not subscribed and (item.duration > VIDEO_SURE[0] or item.size > VIDEO_SURE[1]):
        yield Problem(
            "video_may_be_too_long",
            f"{item.noun} is longer than 140 s or larger than 512 MB, which X does not take from "
            "every account.",
            level="warn",
            picture=item.position,
        )


def _option_problems(rendition: Rendition) -> Iterator[Problem]:
    known = {option.name for option in OPTIONS[rendition.channel]}
    flags = {option.name: option for option in (*FLAGS, NUMBERED)}
    for name, value in rendition.options.items():
        if name not in known:
            yield Problem("unknown_option", f"X has no option “{name}” here. Remove it.")
        elif name in flags and not isinstance(value, bool):
            yield Problem(name, f"“{flags[name].label}” is on or off.")
    if sum(bool(rendition.options.get(name)) for name in REPLIES) > 1:
        yield Problem("replies", "X takes one rule for who can reply. Choose one.")
    yield from _poll_problems(rendition)


def _poll_problems(rendition: Rendition) -> Iterator[Problem]:
    said, hours = (rendition.options.get(option.name) for option in (POLL, POLL_HOURS))
    if said is None and hours is not None:
        yield Problem(POLL_HOURS.name, "Hours are given for a poll, and no answers. Add them.")
    if hours is not None and not POLL_MINUTES[0] <= minutes_of(hours) <= POLL_MINUTES[1]:
        yield Problem(POLL_HOURS.name, "A poll on X runs for 5 minutes to 168 hours. Correct it.")
    if said is None:
        return
    answers, (least, most) = answers_of(said), POLL_ANSWERS
    if not least <= len(answers) <= most:
        yield Problem(
            POLL.name, "A poll on X has 2 to 4 answers. Write them with ; between: Tea; Coffee."
        )
    if any(len(answer) > POLL_ANSWER_MAX for answer in answers):
        yield Problem(POLL.name, f"An answer has {POLL_ANSWER_MAX} characters at most. Shorten it.")
    if rendition.media:
        yield Problem("poll_with_media", "X shows a poll or media, not both. Remove one of them.")


def answers_of(said: Any) -> list[str]:
    """Return a poll's answers, which the form writes into one line."""
    parts = said.split(";") if isinstance(said, str) else said if isinstance(said, list) else []
    return [str(part).strip() for part in parts if str(part).strip()]


def minutes_of(hours: Any) -> int:
    """Return the minutes of a number of hours; 0 for what is none."""
    is_number = isinstance(hours, int | float) and not isinstance(hours, bool)
    return round(hours * 60) if is_number and abs(hours) < 1e6 else 0
