"""What each channel of a Page takes.

Source: Meta's guides to Page posts, reels and stories. What they leave open is marked (unsure);
staff may set less for a channel in the admin.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from platforms.values import Channel, Limits, MediaItem, Option, Problem, Rendition

FEED, REEL, STORY = "feed-post", "reel", "story"
CHANNELS = (
    Channel(FEED, "Page post"),
    Channel(REEL, "Reel"),
    Channel(STORY, "Story", takes_comment=False, takes_edit=False, lasts=timedelta(days=1)),
)

# Source: the description of Graph for the sponsor, Meta's SDK for v26 for the label, which it has
# for videos, reels and video stories only.
SPONSOR = Option(
    "sponsor_id",
    "Paid partnership with",
    "text",
    "The number of the sponsor's Facebook Page. Facebook shows the post as a paid partnership.",
    discloses="Paid partnership",
)
MADE_BY_AI = Option(
    "ai_generated", "Made with AI", help="Facebook labels the video so.", discloses="Made with AI"
)
OPTIONS: dict[str, tuple[Option, ...]] = {
    FEED: (SPONSOR, MADE_BY_AI),
    REEL: (MADE_BY_AI,),
    STORY: (MADE_BY_AI,),
}

TEXT_MAX = 63_206  # characters; the limit of Facebook's own pages, in no API document (unsure)
PHOTOS_MAX = 10  # in one post; not documented (unsure)
PHOTO_BYTES_MAX = 10 * 1024 * 1024  # Page photo guide; an old error text says 4 MB (unsure)
ALT_MAX = 0  # characters; no limit is documented (unsure)
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"})
VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime"})
VIDEO_SECONDS_MAX = 4 * 60 * 60  # of a video that is no reel (unsure)
REEL_SECONDS = (3, 90)
STORY_SECONDS = (3, 60)
UPRIGHT_MIN = (540, 960)  # pixels of a reel or a video story
RATIO, RATIO_SLACK = 9 / 16, 0.02  # and how far a video may be from it (unsure)

_FEED = Limits(
    text_max=TEXT_MAX,
    images_max=PHOTOS_MAX,
    image_types=PHOTO_TYPES,
    image_bytes_max=PHOTO_BYTES_MAX,
    alt_max=ALT_MAX,
    videos_max=1,
    video_types=VIDEO_TYPES,
    video_seconds_max=VIDEO_SECONDS_MAX,
)
_REEL = replace(
    _FEED,
    images_max=0,
    media_min=1,
    video_seconds_min=REEL_SECONDS[0],
    video_seconds_max=REEL_SECONDS[1],
)
_STORY = replace(
    _FEED,
    text_max=0,
    images_max=1,
    media_min=1,
    video_seconds_min=STORY_SECONDS[0],
    video_seconds_max=STORY_SECONDS[1],
)
LIMITS = {FEED: _FEED, REEL: _REEL, STORY: _STORY}


def problems_of(rendition: Rendition) -> Iterator[Problem]:
    """What a Page cannot do with the rendition beyond the general limits."""
    yield from _option_problems(rendition)
    if rendition.channel == REEL and rendition.link:
        yield Problem(
            "link_with_picture",
            "A reel has no link of its own. Write the link into the text.",
        )
    if rendition.channel == FEED and rendition.link and rendition.media:
        what = "video" if rendition.videos else "picture"
        yield Problem(
            "link_with_picture",
            f"Facebook shows a {what} or a link, not both. Remove the {what}, or write "
            "the link into the text.",
        )
    for video in rendition.videos:
        yield from _video_problems(rendition.channel, video)


def _option_problems(rendition: Rendition) -> Iterator[Problem]:
    known = {option.name for option in OPTIONS[rendition.channel]}
    chosen = rendition.options
    for name in chosen:
        if name not in known:
            yield Problem("unknown_option", f"Facebook has no option “{name}” here. Remove it.")
    sponsor = chosen.get("sponsor_id", "")
    if "sponsor_id" in known and sponsor != "" and not _is_number(sponsor):
        yield Problem("sponsor_id", "A sponsor is named by the number of its Facebook Page.")
    label = chosen.get("ai_generated", False)
    if not isinstance(label, bool):
        yield Problem("ai_generated", "This option is on or off.")
    elif label and not rendition.videos:
        yield Problem(
            "ai_generated",
            "Facebook takes the label “Made with AI” for videos only, and here is none. Take it "
            "off and say it in the text.",
        )


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 30


def _video_problems(channel: str, video: MediaItem) -> Iterator[Problem]:
    if video.alt.strip():
        yield Problem(
            "alt_not_taken",
            f"Facebook has no place for the description of {video.noun.lower()}. It is not sent.",
            level="warn",
            picture=video.position,
        )
    if channel == FEED:
        return
    kind = "reel" if channel == REEL else "video story"
    wide, high = UPRIGHT_MIN
    if not _is_upright(video):
        yield Problem(
            "video_ratio",
            f"A {kind} is upright, 9:16, and {video.noun.lower()} has {video.width} × "
            f"{video.height} pixels. Cut it to that shape.",
            picture=video.position,
        )
    elif video.width < wide or video.height < high:
        yield Problem(
            "video_too_small",
            f"A {kind} has at least {wide} × {high} pixels, and {video.noun.lower()} has "
            f"{video.width} × {video.height}. Use a larger one.",
            picture=video.position,
        )


def _is_upright(video: MediaItem) -> bool:
    return bool(video.height) and abs(video.width / video.height - RATIO) <= RATIO_SLACK
