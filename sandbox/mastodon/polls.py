"""Polls of statuses: what a server takes, and how it shows them.

Source: Mastodon's PollOptionsValidator and PollExpirationValidator, and the entity Poll.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import characters
from sandbox.ledger import iso
from sandbox.mastodon import instance
from sandbox.mastodon.errors import validation


def poll_of(said: Mapping[str, Any], limits: instance.Limits) -> dict[str, Any] | None:
    """What a new or changed status asks, as it is kept. Raises `Refused`."""
    asked = said.get("poll")
    if not asked:
        return None
    if not isinstance(asked, dict):
        raise validation("Poll is invalid")
    rules = instance.configuration(limits)["polls"]
    options = asked.get("options")
    options = [str(one).strip() for one in options] if isinstance(options, list) else []
    check_options([one for one in options if one], rules)
    wanted = str(asked.get("expires_in") or "")
    seconds = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
    if seconds > rules["max_expiration"]:
        raise validation("Expires at is too far into the future")
    if seconds < rules["min_expiration"]:
        raise validation("Expires at is too soon")
    return {
        "options": [one for one in options if one],
        "multiple": asked.get("multiple") in (True, "true", "1"),
        "hide_totals": asked.get("hide_totals") in (True, "true", "1"),
        "expires_at": iso(datetime.now(UTC) + timedelta(seconds=seconds)),
    }


def check_options(options: list[str], rules: Mapping[str, int]) -> None:
    if len(options) < 2:
        raise validation("Options must have more than one item")
    if len(options) > rules["max_options"]:
        raise validation(f"Options can't contain more than {rules['max_options']} items")
    most = rules["max_characters_per_option"]
    if any(characters.count(one) > most for one in options):
        raise validation(f"Options can't be longer than {most} characters each")
    if len(set(options)) < len(options):
        raise validation("Options contains duplicate items")


def shown(name: str, poll: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A Poll nobody voted in. Hidden totals are told to nobody before its end."""
    if poll is None:
        return None
    over = datetime.fromisoformat(poll["expires_at"]) <= datetime.now(UTC)
    votes = None if poll["hide_totals"] and not over else 0
    return {
        "id": name,
        "expires_at": poll["expires_at"],
        "expired": over,
        "multiple": poll["multiple"],
        "votes_count": 0,
        "voters_count": 0,
        "options": [{"title": one, "votes_count": votes} for one in poll["options"]],
        "emojis": [],
        "voted": True,
        "own_votes": [],
    }
