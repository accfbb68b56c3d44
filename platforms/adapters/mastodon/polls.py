"""Polls: as they are sent, and as they have to be sent again when a text is changed.

An edit that leaves a poll out takes it away, and one with other answers throws its votes away.
Source: Mastodon's documentation of `statuses` and of the entity Poll.
"""

import math
from datetime import UTC, datetime
from typing import Any

from platforms.adapters.mastodon.rules import (
    POLL,
    POLL_HIDE_TOTALS,
    POLL_HOURS,
    POLL_HOURS_DEFAULT,
    POLL_MULTIPLE,
    answers_of,
    seconds_of,
)
from platforms.errors import Rejected, Unclear
from platforms.pauses import moment_in
from platforms.telling import EDIT, Teller
from platforms.values import Json, Rendition


def poll_in(rendition: Rendition) -> Json:
    """Return a post's poll as it is sent; empty where it has none."""
    options = rendition.options
    if not options.get(POLL.name):
        return {}
    return {
        "options": answers_of(options[POLL.name]),
        "expires_in": seconds_of(options.get(POLL_HOURS.name, POLL_HOURS_DEFAULT)),
        "multiple": bool(options.get(POLL_MULTIPLE.name)),
        "hide_totals": bool(options.get(POLL_HIDE_TOTALS.name)),
    }


def poll_after_edit(poll: Any, tell: Teller) -> Json:
    """Return the poll that is there as it has to be sent along, so that its votes stay.

    Raises Rejected once it is over, since Mastodon would open it anew, and Unclear where it cannot
    be read.
    """
    options = poll.get("options") if isinstance(poll, dict) else None
    ends = moment_in(str(poll.get("expires_at") or "")) if isinstance(poll, dict) else None
    if not isinstance(options, list) or not all(isinstance(one, dict) for one in options):
        raise tell.error(Unclear, EDIT, "its poll cannot be read")
    if ends is None:
        raise tell.error(Unclear, EDIT, "it does not say when its poll ends")
    left = math.ceil((ends - datetime.now(UTC)).total_seconds())
    if poll.get("expired") or left <= 0:
        raise Rejected("The poll is over, and a change of the text would open it again.")
    return {
        "options": [str(one.get("title") or "") for one in options],
        "expires_in": left,
        "multiple": bool(poll.get("multiple")),
        # While totals are hidden nobody is told them, and so we know that they are.
        "hide_totals": any(one.get("votes_count") is None for one in options),
    }
