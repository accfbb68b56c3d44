"""What Instagram takes on each of its channels, and what it takes away in silence.

Sources: Meta's "Content Publishing" and "IG User Media" reference. Numbers marked (unsure) differ
between Meta's own pages or are in none; staff may set lower ones for a channel.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from platforms.values import Channel, Limits, Option, PictureShape, Problem, Rendition

CAPTION_MAX = 2_200  # characters
HASHTAGS_MAX = 30
MENTIONS_MAX = 20
ALT_MAX = 1_000  # characters
CAROUSEL_MAX = 10
IMAGE_BYTES_MAX = 8 * 1024 * 1024
VIDEO_BYTES_MAX = 300 * 1024 * 1024  # older copies of the reference say 1 GB (unsure)
STORY_BYTES_MAX = 100 * 1024 * 1024
REEL_SECONDS = (3, 15 * 60)
CLIP_SECONDS = (3, 60)  # of a story, and of a video in a carousel (there: unsure)
COLLABORATORS_MAX = 3
TAGS_MAX = 20  # people tagged in one picture (unsure)
AUDIO_NAME_MAX = 100  # characters (unsure)
VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime"})

# The feed shows from 4:5 to 1.91:1, scales widths to between 320 and 1440, and cuts the pictures
# of a carousel to the proportions of the first.
FEED_SHAPE = PictureShape(4 / 5, 1.91, 320, 1440, IMAGE_BYTES_MAX, alike=True)
STORY_SHAPE = PictureShape(9 / 16, 9 / 16, 1080, 1080, IMAGE_BYTES_MAX)

USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")
HASHTAG = re.compile(r"(?<![\w&])[#＃](?=[\w]*[^\W\d])\w+")
MENTION = re.compile(r"(?<![\w.@])@[A-Za-z0-9._]+")
ADDRESS = re.compile(r"https?://\S")

FEED, REEL, STORY = "feed-post", "reel", "story"
CHANNELS = (
    Channel(FEED, "Feed post", takes_edit=False),
    Channel(REEL, "Reel", takes_edit=False),
    Channel(STORY, "Story", takes_comment=False, takes_edit=False, lasts=timedelta(days=1)),
)
WHOLE = Option(
    "whole_pictures",
    "Show pictures whole",
    help="Nothing is cut off; white margins fill what is missing.",
)
COLLABORATORS = Option(
    "collaborators",
    "Together with",
    "names",
    f"Up to {COLLABORATORS_MAX} usernames. They are asked, and then show the post as theirs, too.",
)
PEOPLE = Option(
    "user_tags",
    "People in the pictures",
    "tags",
    "One a line, with the picture and the place in percent from the left and the top: "
    "1 @glen.and.loom 30 70",
)
PLACE = Option("location_id", "Place", "text", "The number of the place's Facebook Page.")
MADE_BY_AI = Option(
    "ai_generated", "Made with AI", help="Instagram labels the post so.", discloses="Made with AI"
)
PAID = Option(
    "paid_partnership",
    "Paid partnership",
    help="Instagram labels the post so. The account must be allowed to post branded content.",
    discloses="Paid partnership",
)
# Source: "Content Publishing", which offers the label with Facebook login only.
NOT_BY_INSTAGRAM_LOGIN = (
    "Instagram takes the label “Paid partnership” only from accounts connected by Facebook login. "
    "Connect the account that way, or add the label in the Instagram app."
)
OPTIONS: dict[str, tuple[Option, ...]] = {
    FEED: (WHOLE, COLLABORATORS, PEOPLE, PLACE, PAID, MADE_BY_AI),
    REEL: (
        Option("reels_only", "Only among the reels", help="It does not appear in the feed."),
        Option("cover_at", "Cover", "seconds", "The second of the video that is its cover."),
        Option("audio_name", "Name of the sound", "text"),
        COLLABORATORS,
        PLACE,
        PAID,
        MADE_BY_AI,
    ),
    STORY: (WHOLE, MADE_BY_AI),
}


def limits_of(channel: str, by_facebook: bool) -> Limits:
    """Return what a channel takes of an account that was connected by Facebook login, or not.

    That login lets videos be sent as bytes and paid partnerships be labelled.
    """
    limits = _limits_of(channel, by_facebook)
    return limits if by_facebook else replace(limits, barred=((PAID.name, NOT_BY_INSTAGRAM_LOGIN),))


def _limits_of(channel: str, by_facebook: bool) -> Limits:
    if channel == REEL:
        return Limits(
            text_max=CAPTION_MAX,
            link_in_text=True,
            media_min=1,
            videos_max=1,
            video_types=VIDEO_TYPES,
            video_bytes_max=VIDEO_BYTES_MAX,
            video_seconds_min=REEL_SECONDS[0],
            video_seconds_max=REEL_SECONDS[1],
            fetches_videos=not by_facebook,
        )
    if channel == STORY:
        return Limits(
            text_max=0,
            media_min=1,
            media_max=1,
            images_max=1,
            picture_shape=STORY_SHAPE,
            videos_max=1,
            video_types=VIDEO_TYPES,
            video_bytes_max=STORY_BYTES_MAX,
            video_seconds_min=CLIP_SECONDS[0],
            video_seconds_max=CLIP_SECONDS[1],
            fetches_images=True,
            fetches_videos=not by_facebook,
        )
    return Limits(
        text_max=CAPTION_MAX,
        link_in_text=True,
        media_min=1,
        media_max=CAROUSEL_MAX,
        mixes_media=True,
        images_max=CAROUSEL_MAX,
        picture_shape=FEED_SHAPE,
        alt_max=ALT_MAX,
        videos_max=CAROUSEL_MAX,
        video_types=VIDEO_TYPES,
        video_bytes_max=VIDEO_BYTES_MAX,
        video_seconds_min=CLIP_SECONDS[0],
        video_seconds_max=CLIP_SECONDS[1],
        fetches_images=True,
        fetches_videos=not by_facebook,
    )


def problems_of(rendition: Rendition) -> Iterator[Problem]:
    """Yield what Instagram would refuse, or would not show."""
    yield from _caption_problems(rendition.text if rendition.channel != STORY else "")
    if rendition.channel == FEED and len(rendition.media) == 1 and rendition.videos:
        yield Problem(
            "video_alone",
            "Instagram shows a single video as a reel. Choose the reel of this account instead.",
        )
    yield from _option_problems(rendition)


def _caption_problems(text: str) -> Iterator[Problem]:
    tags, names = len(HASHTAG.findall(text)), len(MENTION.findall(text))
    if tags > HASHTAGS_MAX:
        yield Problem(
            "too_many_hashtags",
            f"The text has {tags} hashtags and Instagram takes {HASHTAGS_MAX}. "
            f"Remove {tags - HASHTAGS_MAX}.",
        )
    if names > MENTIONS_MAX:
        yield Problem(
            "too_many_mentions",
            f"The text mentions {names} accounts and Instagram takes {MENTIONS_MAX}. "
            f"Remove {names - MENTIONS_MAX}.",
        )
    if ADDRESS.search(text):
        yield Problem(
            "link_not_live",
            "Instagram shows addresses in a caption as plain text that nobody can press.",
            level="warn",
        )


def _option_problems(rendition: Rendition) -> Iterator[Problem]:
    known = {option.name for option in OPTIONS.get(rendition.channel, ())}
    for name, value in rendition.options.items():
        if name not in known:
            yield Problem("unknown_option", f"Instagram has no option “{name}” here. Remove it.")
            continue
        check = CHECKS.get(name)
        if check and (fault := check(value, rendition)):
            yield Problem(name, fault)


def _collaborators(value: Any, rendition: Rendition) -> str:
    if not isinstance(value, list) or not all(_is_username(name) for name in value):
        return "Collaborators are Instagram usernames, such as glen.and.loom. Correct them."
    if len(value) > COLLABORATORS_MAX:
        return (
            f"{len(value)} collaborators are named and Instagram takes {COLLABORATORS_MAX}. "
            f"Remove {len(value) - COLLABORATORS_MAX}."
        )
    return ""


def _user_tags(value: Any, rendition: Rendition) -> str:
    if not isinstance(value, list) or not all(_is_tag(tag) for tag in value):
        return (
            "People are tagged one a line by picture, username and place, as in "
            "1 @glen.and.loom 30 70."
        )
    images = {item.position for item in rendition.images}
    for tag in value:
        if tag["picture"] not in images:
            return f"@{tag['username']} is tagged in picture {tag['picture']}, which is not there."
    for position in images:
        count = sum(tag["picture"] == position for tag in value)
        if count > TAGS_MAX:
            return f"Picture {position} has {count} people tagged and Instagram takes {TAGS_MAX}."
    return ""


def _is_tag(tag: Any) -> bool:
    return (
        isinstance(tag, Mapping)
        and _is_username(tag.get("username"))
        and isinstance(tag.get("picture"), int)
        and all(_is_share(tag.get(name)) for name in ("x", "y"))
    )


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_username(name: Any) -> bool:
    return isinstance(name, str) and USERNAME.fullmatch(name) is not None


def _cover_at(value: Any, rendition: Rendition) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        return "The moment of the cover is a number of seconds from the start of the video."
    if any(value > video.duration for video in rendition.videos):
        return "The moment of the cover lies behind the end of the video. Choose an earlier one."
    return ""


def _audio_name(value: Any, rendition: Rendition) -> str:
    fits = isinstance(value, str) and len(value) <= AUDIO_NAME_MAX
    return "" if fits else f"The name of the sound may have {AUDIO_NAME_MAX} characters."


def _location(value: Any, rendition: Rendition) -> str:
    fits = isinstance(value, str) and value.isascii() and value.isdigit()
    return "" if fits else "A place is named by the number of its Facebook Page."


def _flag(value: Any, rendition: Rendition) -> str:
    return "" if isinstance(value, bool) else "This option is on or off."


CHECKS = {
    "collaborators": _collaborators,
    "user_tags": _user_tags,
    "cover_at": _cover_at,
    "audio_name": _audio_name,
    "location_id": _location,
    "whole_pictures": _flag,
    "reels_only": _flag,
    "ai_generated": _flag,
    "paid_partnership": _flag,
}
