"""What Graph's errors mean: Meta's table of codes and subcodes, as data.

An error carries a code, perhaps a subcode, and a mark when it passes by itself; the HTTP status
does not tell them apart. Source: Meta's "Handling Errors", "Rate Limits" and "Reels Publishing";
rows marked (3p) are known from other people's working code only.
"""

import re
from dataclasses import dataclass

from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
    VideoRefused,
)
from platforms.http import Answer
from platforms.values import Json


@dataclass(frozen=True)
class Meaning:
    """What an error is for us, and why in words, where Graph's own are for developers.

    The words follow "Facebook refused the post: ". What becomes of the post, and what to do where
    the words do not say it, the engine adds: it depends on what was sent before.
    """

    kind: type[PlatformError]
    words: str = ""


# Refused before anything was written, even where marked transient.
RATES = {
    4: Meaning(RateLimited),  # the app
    17: Meaning(RateLimited),  # the person
    32: Meaning(RateLimited),  # the Page
    341: Meaning(RateLimited),  # the app, by time
    613: Meaning(RateLimited),  # this call; with 1996, a spike
    80001: Meaning(RateLimited),  # Pages
    80002: Meaning(RateLimited),  # Instagram
}

# Known by their code. These decide, whatever the subcode says.
BY_CODE: dict[int, Meaning] = {
    **RATES,
    1: Meaning(Unclear, "it says that something went wrong on its side"),
    2: Meaning(Unclear, "it says that it is out of service for the moment"),
    102: Meaning(CredentialsExpired, "its session is over"),
    104: Meaning(CredentialsExpired, "none was sent"),
    190: Meaning(CredentialsExpired),
    3: Meaning(PermissionMissing, "the app has not been given the right to make this call"),
    10: Meaning(PermissionMissing, "the app was not given this permission"),
    **{
        code: Meaning(PermissionMissing, "the token lacks a permission for it")
        for code in range(200, 300)
    },
    368: Meaning(AccountBlocked, "it takes what was posted for abuse and blocks for a time"),
    506: Meaning(DuplicateContent, "the Page has just posted the same"),
    324: Meaning(Rejected, "no picture arrived that it can read"),
    382: Meaning(VideoRefused, "the video is too small"),
    389: Meaning(Rejected, "it cannot fetch the video from its address"),
    6000: Meaning(VideoRefused, "it cannot read the video. Export it anew as MP4 (H.264 and AAC)"),
    6001: Meaning(
        VideoRefused, "it cannot take the video in. Export it anew as MP4 (H.264 and AAC)"
    ),
    2635: Meaning(
        Rejected,
        "this version of its interface has ended. Set a newer one for it under Platforms in the "
        "admin, then retry",
    ),
}

# Looked at where the code, often just 100, does not decide. Some also come as a code.
BY_SUBCODE: dict[int, Meaning] = {
    33: Meaning(PermissionMissing, "the token has no access to this Page, or it is gone"),
    1346003: Meaning(Rejected, "it takes the content for abusive"),
    1363019: Meaning(Unclear, "the upload of the video failed on its side"),  # (3p)
    1363030: Meaning(Unclear, "the upload of the video took too long"),  # (3p)
    1363033: Meaning(Unclear, "the upload of the video failed on its side"),  # (3p)
    1363040: Meaning(VideoRefused, "a reel is upright, 9:16, and this video is not"),  # (3p)
    1363047: Meaning(Unclear, "it says that it is out of service for the moment"),  # (3p)
    1363127: Meaning(VideoRefused, "a reel has at least 540 × 960 pixels"),  # (3p)
    1363128: Meaning(VideoRefused, "a reel lasts 3 to 90 seconds"),  # (3p)
    1363129: Meaning(VideoRefused, "a reel has 24 to 60 pictures a second"),  # (3p)
    1366046: Meaning(
        Rejected, "the picture is too large or of a kind that it does not take"
    ),  # (3p)
    1366051: Meaning(DuplicateContent, "these photos were posted already"),  # (3p)
    1390008: Meaning(RateLimited),  # posting too fast (3p)
    1404078: Meaning(
        PermissionMissing,
        "the person who connected the Page must first complete Page Publishing Authorization there",
    ),  # (3p)
    1404102: Meaning(Rejected, "the content goes against its community standards"),  # (3p)
    1609005: Meaning(Rejected, "it cannot read the page behind the link. Check the address"),
    1609008: Meaning(Rejected, "it takes no links to facebook.com here. Remove the link"),
    1609010: Meaning(Unclear, "it says that it is out of service for the moment"),  # (3p)
    2061006: Meaning(Rejected, "the address of the link is wrong. Check it"),  # (3p)
    4854002: Meaning(
        PermissionMissing, "the person who connected the Page must first confirm who they are there"
    ),  # (3p)
}

# Why a token ended, by the subcode of 190.
TOKEN_ENDED = {
    458: "the app was removed",
    459: "it wants the person to log in there first",
    460: "the password was changed",
    463: "it has expired",
    464: "the person has not confirmed their account",
    467: "it was withdrawn",
    492: "the person has no role on the Page any more",
}

NOT_THERE = frozenset({(100, 33), (803, None)})  # code and subcode of an object that is not there
WRONG_OFFSET = 1363037  # a part of a video begins elsewhere than Graph expects; it says where
VERSION_ENDED = 2635
UNKNOWN_PATH = 2500  # also for a version that does not exist


def refusal(answer: Answer) -> Json | None:
    """Return the error a Graph answer carries; None when it carries none that can be read."""
    try:
        said = answer.json().get("error")
    except Unclear:
        return None
    return said if isinstance(said, dict) and isinstance(said.get("code"), int) else None


def kind_of(status: int, said: Json) -> type[PlatformError]:
    """Return which of our errors a Graph error is.

    A 5xx or a transient error does not say whether anything was written. Any other error with a
    4xx is Graph's definite word that the request was refused.
    """
    if status >= 500 or not status >= 400:
        return Unclear
    if said["code"] in RATES:
        return RateLimited
    if said.get("is_transient"):
        return Unclear
    if "appsecret_proof" in str(said.get("message")):
        return PermissionMissing
    known = BY_CODE.get(said["code"]) or _by_subcode(said)
    return known.kind if known else Rejected


def _by_subcode(said: Json) -> Meaning | None:
    return BY_SUBCODE.get(said.get("error_subcode") or 0) or BY_SUBCODE.get(said["code"])


def words_of(said: Json) -> str:
    """Return why: Graph's own words for people, then ours, then its words for developers."""
    if reason := TOKEN_ENDED.get(said.get("error_subcode") or 0):
        return reason
    if its_own := said.get("error_user_msg"):
        return str(its_own)
    if "appsecret_proof" in str(said.get("message")):
        return "the app secret stored here is not this app's"
    known = _by_subcode(said) or BY_CODE.get(said["code"])
    message = re.sub(r"^\(#\d+\)\s*", "", str(said.get("message") or ""))
    return (known and known.words) or message or f"code {said['code']}"


def is_not_there(said: Json) -> bool:
    """Whether the object named in the path is gone, or hidden from this token."""
    code, subcode = said["code"], said.get("error_subcode")
    return (code, subcode) in NOT_THERE or (code, None) in NOT_THERE


def is_version_refused(said: Json | None) -> bool:
    """Whether the version in the path has ended or never was. Then nothing was looked at."""
    if said is None:
        return False
    unknown = said["code"] == UNKNOWN_PATH and bool(re.search(r"/v\d", str(said.get("message"))))
    return said["code"] == VERSION_ENDED or unknown
