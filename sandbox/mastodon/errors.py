"""Mastodon's errors: a status and one sentence in JSON."""

from __future__ import annotations

from sandbox.platform import Refused
from sandbox.wire import json_response


def refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(json_response({"error": sentence}, status, tuple((headers or {}).items())))


def unprocessable(sentence: str) -> Refused:
    """What its services refuse."""
    return refused(422, sentence)


def validation(sentence: str) -> Refused:
    """What its models refuse, which it says in front."""
    return refused(422, f"Validation failed: {sentence}")


def not_found() -> Refused:
    return refused(404, "Record not found")


def unauthorised(sentence: str) -> Refused:
    return refused(401, sentence)
