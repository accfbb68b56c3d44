"""What Meta's Graph API has in common for Facebook, Instagram and Threads.

Errors carry a code, perhaps a subcode, and a mark when they pass by themselves; the HTTP status
does not tell them apart. Source: Meta's "Handling Errors" and "Rate Limits"; lines marked (3p)
are known from other people's working code only.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.http import Answer
from platforms.pauses import pause_until
from platforms.values import Allowance, Json

PAUSE = timedelta(minutes=15)  # where Graph does not say how long; its windows are an hour (unsure)
USAGE_HEADER = "X-Business-Use-Case-Usage"
APP_HEADER = "X-App-Usage"

# Refused before anything was written, even where marked transient: limits of the app (4, 341), the
# person (17), the Page (32), spikes (613), Pages (80001), Instagram (80002).
RATE_CODES = frozenset({4, 17, 32, 341, 613, 80001, 80002})

BY_CODE: dict[int, type[PlatformError]] = {
    **dict.fromkeys(RATE_CODES, RateLimited),
    102: CredentialsExpired,
    104: CredentialsExpired,
    190: CredentialsExpired,
    3: PermissionMissing,
    10: PermissionMissing,
    **dict.fromkeys(range(200, 300), PermissionMissing),
    368: AccountBlocked,
    506: DuplicateContent,
}

# Looked at where the code alone does not decide.
BY_SUBCODE: dict[int, type[PlatformError]] = {
    33: PermissionMissing,  # the Page does not exist for this token
    1363047: Unclear,  # service unavailable (3p)
    1366051: DuplicateContent,  # photos already posted (3p)
    1390008: RateLimited,  # posting too fast (3p)
    1404078: PermissionMissing,  # Page Publishing Authorization (3p)
    1609010: Unclear,  # service unavailable (3p)
    4854002: PermissionMissing,  # confirm the identity (3p)
}

TRANSIENT_CODES = frozenset({1, 2})

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
    code, subcode = said["code"], said.get("error_subcode")
    if status >= 500 or not status >= 400:
        return Unclear
    if code in RATE_CODES:
        return RateLimited
    if code in TRANSIENT_CODES or said.get("is_transient"):
        return Unclear
    if "appsecret_proof" in str(said.get("message")):
        return PermissionMissing
    return BY_CODE.get(code) or BY_SUBCODE.get(subcode or 0) or Rejected


def words_of(said: Json) -> str:
    """Return Graph's own words for people, or why the token ended."""
    if reason := TOKEN_ENDED.get(said.get("error_subcode") or 0):
        return reason
    message = re.sub(r"^\(#\d+\)\s*", "", str(said.get("message") or ""))
    return str(said.get("error_user_msg") or message or f"code {said['code']}")


def is_not_there(said: Json) -> bool:
    """Whether the object named in the path is gone, or hidden from this token."""
    code, subcode = said["code"], said.get("error_subcode")
    return (code, subcode) in NOT_THERE or (code, None) in NOT_THERE


def regained_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when Graph will listen again, by the longest of the waits it names in minutes."""
    waits = _waits(headers.get(USAGE_HEADER, ""))
    longest = max(waits, default=0)
    moment = now + timedelta(minutes=min(longest, 24 * 60)) if longest > 0 else None
    return pause_until(now, moment, PAUSE)


def _waits(header: str) -> list[float]:
    try:
        usage = json.loads(header)
        return [
            float(entry.get("estimated_time_to_regain_access", 0))
            for entries in usage.values()
            for entry in entries
        ]
    except (ValueError, TypeError, AttributeError):
        return []


def allowances(headers: Mapping[str, str], now: datetime) -> list[Allowance]:
    """Read Graph's usage headers, which count in percent and come once usage is noticeable.

    The app's usage is shared by all its accounts; a business use case counts for the one Page.
    """
    app = _percent(_json(headers.get(APP_HEADER)))
    told = []
    if app is not None:
        spent = regained_at(headers, now) if app >= 100 else None
        told.append(Allowance("app", 100, 100 - min(app, 100), spent, whole_app=True))
    business = _json(headers.get(USAGE_HEADER))
    entries = [
        entry for entries in business.values() if isinstance(entries, list) for entry in entries
    ]
    for entry in entries:
        used = _percent(entry)
        if used is not None:
            spent = regained_at(headers, now) if used >= 100 else None
            told.append(Allowance(str(entry.get("type", "")), 100, 100 - min(used, 100), spent))
    return told


def _json(header: str | None) -> Json:
    try:
        value = json.loads(header or "")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _percent(counts: object) -> int | None:
    """The highest of the three counts: reaching 100 with any of them stops the calls."""
    if not isinstance(counts, dict):
        return None
    used = [counts.get(name) for name in ("call_count", "total_cputime", "total_time")]
    numbers = [int(number) for number in used if isinstance(number, int | float)]
    return max(numbers, default=None)


def proof(token: str, secret: str) -> str:
    """Return the `appsecret_proof` of a token: HMAC-SHA256 in hexadecimal."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
