"""A server's errors: a status, a name and a sentence."""

from __future__ import annotations

from sandbox.platform import Refused
from sandbox.wire import Response, json_response


def answer(status: int, name: str, words: str, headers: dict[str, str] | None = None) -> Response:
    said = {"error": name, "message": words}
    return json_response(said, status, tuple((headers or {}).items()))


def refused(status: int, name: str, words: str) -> Refused:
    return Refused(answer(status, name, words))


def invalid(words: str) -> Refused:
    """What does not fit its lexicon."""
    return refused(400, "InvalidRequest", words)


def bad_token(words: str = "Token could not be verified") -> Refused:
    return refused(400, "InvalidToken", words)
