"""Conventions of Meta's Graph API: versions, tokens, errors, fields and usage headers.

Facts are from Meta's documentation of error handling, rate limits and securing requests.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sandbox.accounts import Account
from sandbox.platform import Refused
from sandbox.wire import Request, Response, json_response

VERSIONS = ("v24.0", "v25.0", "v26.0")
VERSION = re.compile(r"v\d+\.\d+")

# What any call may carry besides its own parameters.
COMMON = frozenset(
    {"access_token", "appsecret_proof", "fields", "format", "locale", "pretty", "debug"}
)

RATE_RESET = 60  # seconds, where a rate_limit fault does not say
RATE_LIMITED = 80001  # Business Use Case limit of Pages


def error(
    code: int,
    message: str,
    *,
    status: int = 400,
    subcode: int | None = None,
    kind: str = "OAuthException",
    user_message: str = "",
    transient: bool = False,
    headers: tuple[tuple[str, str], ...] = (),
    more: dict[str, Any] | None = None,
) -> Response:
    """Graph's error envelope. `more` goes beside what every error has."""
    said: dict[str, Any] = {"message": message, "type": kind, "code": code}
    if subcode is not None:
        said["error_subcode"] = subcode
    if transient:
        said["is_transient"] = True
    if user_message:
        said |= {"error_user_title": "Can't Post", "error_user_msg": user_message}
    said |= more or {}
    said["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
    return json_response({"error": said}, status, headers)


def invalid(message: str, **options: Any) -> Refused:
    """`(#100)`: a parameter is missing, unknown or wrong."""
    return Refused(error(100, f"(#100) {message}", **options))


def not_found(name: str, method: str = "get") -> Refused:
    verb = {"GET": "get", "POST": "post", "DELETE": "delete"}.get(method.upper(), "get")
    message = (
        f"Unsupported {verb} request. Object with ID '{name}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation. Please read the Graph "
        "API documentation at https://developers.facebook.com/docs/graph-api"
    )
    return Refused(error(100, message, subcode=33, kind="GraphMethodException"))


def unknown_path(path: str) -> Refused:
    return Refused(error(2500, f"Unknown path components: {path}"))


def split_version(path: str) -> tuple[str, list[str]]:
    """The version and the rest of a path. Raises `Refused` without a supported version."""
    version, _, rest = path.strip("/").partition("/")
    if not VERSION.fullmatch(version):
        raise unknown_path(f"{path} (the version is missing, for example /{VERSIONS[-1]}{path})")
    if version not in VERSIONS:
        if float(version[1:]) > float(VERSIONS[-1][1:]):
            raise unknown_path(path)
        raise Refused(
            error(
                2635,
                f"(#2635) You are calling a deprecated version of the API. Please update to the "
                f"latest version: {VERSIONS[-1]}.",
            )
        )
    return version, [part for part in rest.split("/") if part]


def parameters(request: Request) -> dict[str, Any]:
    """Query and body as one, as Graph takes them; the body wins."""
    return {**request.query, **request.form.fields}


def token_of(request: Request) -> str:
    return str(parameters(request).get("access_token", "")) or request.bearer


def missing_token() -> Refused:
    message = "An access token is required to request this resource."
    return Refused(error(104, message, status=401, headers=challenge(message)))


def bad_token(message: str = "", subcode: int | None = None) -> Response:
    message = message or "Invalid OAuth access token - Cannot parse access token"
    return error(190, message, status=401, subcode=subcode, headers=challenge(message))


def expired_token() -> Response:
    message = (
        "Error validating access token: Session has expired on Thursday, 01-Jan-26 00:00:00 PST. "
        "The current time is later than that."
    )
    return bad_token(message, 463)


def challenge(message: str) -> tuple[tuple[str, str], ...]:
    value = f'OAuth "Facebook Platform" "invalid_token" "{message}"'
    return (("WWW-Authenticate", value),)


def check_proof(request: Request, account: Account) -> None:
    """`appsecret_proof` is HMAC-SHA256 of the token with the app secret, in hexadecimal."""
    secret = account.limits.get("app_secret")
    if not secret:
        return
    proof = str(parameters(request).get("appsecret_proof", ""))
    if not proof:
        message = "API calls from the server require an appsecret_proof argument"
        raise Refused(error(100, message, kind="GraphMethodException"))
    expected = hmac.new(secret.encode(), token_of(request).encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(proof.encode(), expected.encode()):
        message = "Invalid appsecret_proof provided in the API argument"
        raise Refused(error(100, message, kind="GraphMethodException"))


def check_names(request: Request, known: Iterable[str]) -> None:
    """Raises `Refused` for a parameter or file that the call does not know."""
    allowed = COMMON.union(known)
    for name in (*parameters(request), *request.form.files):
        if name.partition("[")[0] not in allowed:
            raise invalid(f"Unknown parameter: {name}")


def decoded(value: Any, name: str) -> Any:
    """A structured parameter: JSON in a form field, or already a structure."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise invalid(f"param {name} must be valid JSON.") from None


def truth(value: Any, name: str) -> bool:
    """A boolean parameter. Raises `Refused`."""
    known = {"true": True, "1": True, "false": False, "0": False}
    text = str(value).lower()
    if text not in known:
        raise invalid(f"param {name} must be a boolean.")
    return known[text]


def whole(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise invalid(f"param {name} must be an integer.") from None


def field_names(text: str) -> list[str]:
    """The outer names of `id,comments.summary(true){id,message}`: id, comments."""
    names, depth, name = [], 0, ""
    for character in text + ",":
        depth += (character in "({") - (character in ")}")
        if character == "," and depth == 0:
            names.append(re.split(r"[.({]", name.strip(), maxsplit=1)[0])
            name = ""
        else:
            name += character
    return [name for name in names if name]


def chosen(
    request: Request, values: dict[str, Any], node: str, default: tuple[str, ...]
) -> dict[str, Any]:
    """The fields asked for. None means "known, but empty", which Graph leaves out."""
    names = field_names(request.query.get("fields", "")) or list(default)
    for name in names:
        if name not in values:
            raise invalid(f"Tried accessing nonexisting field ({name}) on node type ({node})")
    picked = {name: values[name] for name in names if values[name] is not None}
    return picked | {"id": values["id"]}


def timestamp(moment: datetime) -> str:
    """Graph's own form of ISO 8601: `2026-11-22T09:00:00+0000`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


def usage(
    account: Account | None, percent: int = 0, minutes: int = 0, kind: str = "pages"
) -> dict[str, str]:
    """Usage headers. Values are percent of what is allowed; `minutes` until it is regained."""
    name = account.id if account else "0"
    if account and not percent:
        percent = int(account.limits.get("usage", 0))
    counts = {"call_count": percent, "total_cputime": percent // 4, "total_time": percent // 4}
    business = {"type": kind} | counts | {"estimated_time_to_regain_access": minutes}
    return {
        "X-App-Usage": json.dumps(counts),
        "X-Business-Use-Case-Usage": json.dumps({name: [business]}),
    }


ERROR_NAMES = ("code", "message", "status", "subcode", "user_message", "transient")


def refusal(
    fault: str, seconds: float, account: Account | None, said: dict[str, Any] | None = None
) -> Response:
    """A fault in Graph's words; `said` orders one error of its table, such as `{"code": 506}`."""
    if said:
        named: dict[str, Any] = {"code": 100, "message": "(#100) Invalid parameter"}
        return error(**named | {name: said[name] for name in ERROR_NAMES if name in said})
    if fault == "rate_limit":
        minutes = math.ceil((seconds or RATE_RESET) / 60)
        return error(
            RATE_LIMITED,
            f"(#{RATE_LIMITED}) There have been too many calls to this Page account. Wait a bit "
            "and try again.",
            headers=tuple(usage(account, 100, minutes).items()),
        )
    if fault == "expired_token":
        return expired_token()
    if fault == "error_500":
        message = "An unexpected error has occurred. Please retry your request later."
        return error(2, message, status=500, transient=True)
    return REFUSALS[fault]()


def quota_used_up() -> Response:
    message = "(#368) The action attempted has been deemed abusive or is otherwise disallowed"
    return error(368, message, user_message="You're temporarily blocked.")


def duplicate_post() -> Response:
    message = "(#506) Duplicate status message"
    return error(506, message, subcode=1455006, user_message="This was already posted.")


def content_rejected() -> Response:
    return error(
        100,
        "(#100) Invalid parameter",
        subcode=1346003,
        user_message="This content was refused because it may be abusive.",
    )


REFUSALS = {"quota": quota_used_up, "duplicate": duplicate_post, "refuse": content_rejected}
