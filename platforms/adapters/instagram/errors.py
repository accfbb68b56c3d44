"""What Instagram's refusals mean, as a table.

Instagram names them by subcode, in an answer or in the status of a container that died. Source:
Meta's "Error Codes" of the Instagram Platform; lines marked (3p) are known from others' working
code only. What is not here is read as any Graph error.
"""

from dataclasses import dataclass
from datetime import timedelta

from platforms.errors import (
    AccountBlocked,
    NotReady,
    NotSent,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
    VideoRefused,
)

QUOTA_PAUSE = timedelta(hours=1)  # the quota is a rolling day; when it frees is not said (unsure)
SOON = timedelta(minutes=1)  # Meta advises between 30 seconds and 2 minutes


@dataclass(frozen=True)
class Meaning:
    """One refusal: which of our errors it is, and what a person reads of what happened."""

    kind: type[PlatformError]
    sentence: str
    pause: timedelta | None = None  # when it makes sense to ask again; None: the engine's own


def _again(sentence: str) -> Meaning:
    """The container is lost, and a new one may do. Whether it was published it does not say."""
    return Meaning(Unclear, sentence)


def _refused(sentence: str) -> Meaning:
    return Meaning(Rejected, sentence)


MEANINGS: dict[int, Meaning] = {
    # Faults of theirs.
    2207001: _again("Instagram had a fault of its own."),
    2207003: _again("Instagram took too long to fetch the picture or video."),
    2207032: _again("Instagram could not prepare the picture or video."),
    2207053: _again("Instagram could not take in the video."),
    # The container is gone or not there yet; the publishing itself was refused.
    2207006: Meaning(NotSent, "Instagram no longer has what was prepared for this post."),
    2207008: Meaning(NotReady, "Instagram does not have what was prepared yet.", SOON),
    2207020: Meaning(NotSent, "What was prepared for this post waited too long at Instagram."),
    2207027: Meaning(NotReady, "Instagram is still preparing the post."),
    # Too much, or not any more.
    2207042: Meaning(
        RateLimited,
        "This account has used up the posts that Instagram allows apps in 24 hours.",
        QUOTA_PAUSE,
    ),
    2207050: Meaning(
        AccountBlocked,
        "Instagram has restricted the account. Sign in to the Instagram app to see why.",
    ),
    2207051: Meaning(
        AccountBlocked,
        "Instagram took this for spam and stopped the account from posting. Look in its app.",
    ),
    2207081: _refused("This account has no trial reels."),  # (3p)
    # The address they fetch from.
    2207052: Meaning(
        NotSent,
        "Instagram could not fetch the picture or video from this server. Check that "
        "MEDIA_BASE_URL can be reached from outside and that no robots.txt keeps Meta away.",
    ),
    # What was sent.
    2207004: _refused("Instagram finds the picture too large. It takes up to 8 MB."),
    2207005: _refused("Instagram cannot read the picture's format. It takes JPEG."),
    2207009: _refused("Instagram does not take the picture's proportions."),
    2207010: _refused("Instagram finds the caption too long. It takes 2,200 characters."),
    2207023: _refused("Instagram does not know this kind of post."),
    2207026: Meaning(
        VideoRefused,
        "Instagram cannot read the video. It takes MP4 or MOV with H.264 or HEVC and AAC sound.",
    ),
    2207028: _refused("Instagram takes between 2 and 10 pictures or videos together."),
    2207035: _refused("Instagram could not tag someone there: a position lies outside."),  # (3p)
    2207036: _refused("Instagram needs a position for each person tagged in a picture."),  # (3p)
    2207037: _refused("Instagram could not tag a product."),  # (3p)
    2207040: _refused("Instagram finds too many people or products tagged. It takes 20."),
    2207057: _refused("The moment chosen for the cover lies outside the video."),
    2207073: _refused("Instagram lets apps delete no post of this kind. Delete it in its app."),
}

# Read where a refusal has no subcode of Instagram's own.
BY_CODE: dict[int, Meaning] = {
    9007: MEANINGS[2207027],
    9004: MEANINGS[2207052],
}


def meaning_of(code: int | None, subcode: int | None) -> Meaning | None:
    """Return what the table says of a refusal; None for one that is like any of Graph's."""
    return MEANINGS.get(subcode or 0) or BY_CODE.get(code or 0)
