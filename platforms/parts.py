"""Threads whose posts are one request each: how their steps are called, and how they are removed.

A platform that takes a whole thread at once needs none of this.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from platforms.contract import Journal
from platforms.errors import Rejected
from platforms.values import Json

STEP = re.compile(r"post(?::([1-9][0-9]{0,3}))?")
DELETED_FOR = timedelta(days=30)  # how long a deletion that is done is not asked for again


@dataclass(frozen=True)
class PartOut:
    """One post of a thread that the platform has taken."""

    remote_id: str
    url: str = ""


def step_of(place: int) -> str:
    """Return the journal's name of the request for one post of a thread, from 1."""
    return "post" if place == 1 else f"post:{place}"


def deletion_step(place: int) -> str:
    """Return the journal's name of the request that removes it."""
    return "delete" if place == 1 else f"delete:{place}"


def parts_out(steps: Iterable[Any]) -> list[PartOut]:
    """Return what is out by the journal, in its order. `steps`: with `key`, `state`, `result`."""
    found = {
        int(match[1] or 1): PartOut(str(step.result["id"]), str(step.result.get("url") or ""))
        for step in steps
        if step.state == "done" and (match := STEP.fullmatch(step.key))
        if step.result and step.result.get("id")
    }
    return [found[place] for place in sorted(found)]


def delete_each(remote_ids: Sequence[str], journal: Journal, delete: Callable[[str], Json]) -> None:
    """Remove the posts of a thread, the last first, so that none is left answering nothing.

    What is done is in the journal: after a stop the next worker goes on where this one was.
    Raises Rejected, once all were tried, with those that the platform keeps.
    """
    kept: dict[int, str] = {}
    for place in range(len(remote_ids), 0, -1):
        remove = partial(delete, remote_ids[place - 1])
        try:
            journal.repeatable(deletion_step(place), remove, DELETED_FOR)
        except Rejected as refusal:
            if len(remote_ids) == 1:
                raise
            kept[place] = refusal.sentence
    if kept:
        raise Rejected(_kept(kept, len(remote_ids)))


def _kept(kept: dict[int, str], count: int) -> str:
    *more, last = [str(place) for place in sorted(kept)]
    which = f"Posts {', '.join(more)} and {last}" if more else f"Post {last}"
    rest = "The others are deleted. " if len(kept) < count else ""
    return f"{which} of {count} could not be deleted. {rest}{kept[max(kept)]}"
