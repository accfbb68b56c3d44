"""X's refusals, in the shape it calls a problem (RFC 9457)."""

from __future__ import annotations

from sandbox.platform import Refused
from sandbox.wire import Response, json_response

KIND = "https://api.x.com/2/problems/"
INVALID = "One or more parameters to your request was invalid."
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."


def answer(
    status: int, title: str, detail: str, kind: str = "", headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    said = {
        "title": title,
        "detail": detail,
        "type": KIND + kind if kind else "about:blank",
        "status": status,
    }
    return json_response(said, status, headers)


def refused(status: int, title: str, detail: str, kind: str = "") -> Refused:
    return Refused(answer(status, title, detail, kind))


def invalid(words: str) -> Refused:
    """A request that is wrong: it names what."""
    said = {
        "errors": [{"message": words}],
        "title": "Invalid Request",
        "detail": INVALID if "[" not in words else words,
        "type": f"{KIND}invalid-request",
    }
    return Refused(json_response(said, 400))


def forbidden(words: str) -> Refused:
    return refused(403, "Forbidden", words)


def unauthorized() -> Refused:
    return refused(401, "Unauthorized", "Unauthorized")


def missing(name: str) -> Refused:
    said = {
        "value": name,
        "detail": f"Could not find tweet with id: [{name}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "id",
        "resource_id": name,
        "type": f"{KIND}resource-not-found",
    }
    return Refused(json_response({"errors": [said]}))


def no_credit() -> Refused:
    words = "Your enrolled account does not have any credits to fulfill this request."
    return refused(402, "CreditsDepleted", words)
