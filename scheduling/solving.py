"""Putting a conflict right with one press, or leaving it as it is with a note."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from organisation.audit import record
from organisation.models import User
from posting.deciding import NotPossible
from posting.models import Post
from posting.states import Status
from scheduling.account_times import account_times
from scheduling.conflicts import Conflict, Kind, Planned, Scene, conflicts_of, with_prints
from scheduling.models import IgnoredConflict
from scheduling.neighbours import posts_between
from scheduling.slots import KEEPS_FREE, lock
from scheduling.timing import schedule
from scheduling.walltime import wall_text, zone_named

AHEAD = timedelta(days=400)  # how far a free time is looked for; look-back is a year at most
STEPS = 500  # from one obstacle to the next
PARTNERS = 50  # later posts with which one may change places
CHAIN = 100  # posts that are spread out at once
NOTE_MAX = 300  # characters
MINUTE = timedelta(minutes=1)


def find_conflict(post: Post, kind: str, facts: str, now: datetime) -> Conflict:
    """Return the post's conflict of this kind. Raises NotPossible when it is over, or another."""
    if post.status == Status.SCHEDULED and post.due_at:
        for conflict in conflicts_of([Planned.of(post)], now).get(post.pk, []):
            if conflict.kind == kind and facts in ("", conflict.facts):
                return conflict
    raise NotPossible("This conflict is over, or a different one by now. Nothing was changed.")


def next_free_time(post: Post, conflict: Conflict, *, by: User, now: datetime) -> datetime:
    """Move the post to the next time that has none of the conflicts a time can have; return it.

    Raises NotPossible, and what `schedule` raises.
    """
    if post.due_at is None:
        raise NotPossible("The post has no time. Nothing was changed.")
    with transaction.atomic():
        lock([post.account_id])
        at = free_time(Planned.of(post), max(post.due_at, now + MINUTE), also=conflict.kind)
        if at is None:
            raise NotPossible(
                f"{post.account.name} has no free time within {AHEAD.days} days. Nothing was "
                "changed. Choose a time yourself."
            )
        _move(post, at, by, now)
    return at


def free_time(planned: Planned, start: datetime, *, also: Kind | None = None) -> datetime | None:
    """Return the first instant from `start` on, to the minute, that nothing speaks against.

    That the same was said lately counts only if it is asked for by `also`. Four queries at most,
    however long the search; None where there is no such time.
    """
    accounts = account_times({planned.account}, start, start + AHEAD)
    beside = posts_between(accounts, start - AHEAD, start + AHEAD)
    (planned,), at = with_prints([planned], beside), _whole_minute(start)
    for _ in range(STEPS):
        here = replace(planned, at=at)
        against = [
            one
            for one in Scene([here], accounts, beside).conflicts(here)
            if one.kind in KEEPS_FREE or one.kind == also or one.stops
        ]
        if not against:
            return at
        ends = [one.free_from for one in against if one.free_from is not None]
        if len(ends) < len(against):
            return None  # one of them no time ends
        at = _whole_minute(max(*ends, at + MINUTE))
        if at > start + AHEAD:
            return None
    return None


def spread_out(post: Post, *, by: User, now: datetime) -> list[Post]:
    """Move the account's posts that crowd around this one apart, in their order; return the moved.

    The first stays; each next one comes the account's least gap after the one before it, as far as
    it is not later anyway. All or none. Raises NotPossible, and what `schedule` raises.
    """
    gap = post.account.minimum_gap
    with transaction.atomic():
        lock([post.account_id])
        row = _crowd(post, gap, now)
        moved = []
        for before, one in pairwise(row):
            earliest = _at(before) + gap
            if _at(one) < earliest:
                _move(one, _whole_minute(earliest), by, now)
                moved.append(one)
        if not moved:
            raise NotPossible("The posts are far enough apart by now. Nothing was changed.")
    return moved


def _at(post: Post) -> datetime:
    if post.due_at is None:
        raise NotPossible("The post has no time. Nothing was changed.")
    return post.due_at


def _crowd(post: Post, gap: timedelta, now: datetime) -> list[Post]:
    """The account's posts that follow each other too closely around this one, and those after
    them that would be too close once these are apart."""
    waiting = Post.objects.scheduled().filter(account=post.account_id, irrevocable=False).for_rows()
    earlier = waiting.filter(due_at__lte=_at(post), due_at__gte=now).order_by("-due_at", "-pk")
    row: list[Post] = []
    for one in earlier[:CHAIN]:
        if row and _at(row[-1]) - _at(one) >= gap:
            break
        row.append(one)
    row.reverse()
    end = _at(row[0]) if row else _at(post)
    for one in row[1:]:
        end = max(end + gap, _at(one))
    for one in waiting.filter(due_at__gt=_at(post)).order_by("due_at", "pk")[:CHAIN]:
        if _at(one) >= end + gap:
            break
        row.append(one)
        end += gap
    return row


def swap(post: Post, conflict: Conflict, *, by: User, now: datetime) -> Post:
    """Let the post change its time with a later one of its account, so that the conflict is over
    and the other gets none of the kind. Return the other. Raises NotPossible, as `schedule` does.
    """
    with transaction.atomic():
        lock([post.account_id])
        later = Post.objects.scheduled().filter(
            account=post.account_id, due_at__gt=post.due_at, irrevocable=False
        )
        for other in later.for_rows().order_by("due_at", "pk")[:PARTNERS]:
            if _helps(post, other, conflict, now):
                _exchange(post, other, by, now)
                return other
    raise NotPossible(
        f"None of the next {PARTNERS} posts of {post.account.name} can change places with it. "
        "Nothing was changed."
    )


def _helps(post: Post, other: Post, conflict: Conflict, now: datetime) -> bool:
    if conflict.kind == Kind.APPROVAL:
        return not other.holds
    asked = [Planned.of(post, other.due_at), Planned.of(other, post.due_at)]
    found = conflicts_of(asked, now)
    return all(one.kind != conflict.kind and not one.stops for row in found.values() for one in row)


def _exchange(post: Post, other: Post, by: User, now: datetime) -> None:
    mine, theirs = _time_of(post), _time_of(other)
    schedule(post, **theirs, by=by, now=now)
    schedule(other, **mine, by=by, now=now)


def _time_of(post: Post) -> dict[str, Any]:
    return {"wall": post.wall_time, "zone": post.zone, "fold": post.fold}


def ignore(post: Post, conflict: Conflict, *, by: User, now: datetime, note: str) -> None:
    """Leave the conflict as it is; it is silent until one of its facts changes.

    Raises ValidationError without a note, NotPossible for what is not sent like this.
    """
    note = " ".join(note.replace("\x00", "").split())
    if not note:
        raise ValidationError({"note": "Say why, for whoever asks later. Nothing was changed."})
    if len(note) > NOTE_MAX:
        raise ValidationError({"note": f"{NOTE_MAX} characters are the most. Shorten it."})
    if conflict.stops:
        raise NotPossible("The post is not sent like this. Nothing was changed.")
    with transaction.atomic():
        _, new = IgnoredConflict.objects.get_or_create(
            post=post,
            kind=conflict.kind.value,
            facts=conflict.facts,
            defaults={"sentence": conflict.sentence, "note": note, "by": by, "at": now},
        )
        if new:
            sentence = f"{by} left a conflict as it is: “{conflict.sentence}” {note}"
            record("ignore conflict", f"{sentence} {post}.", by=by, subject=post, brand=post.brand)


def _move(post: Post, at: datetime, by: User, now: datetime) -> None:
    """Give it an instant, as the clock of the zone it was meant in shows it."""
    zone = post.zone or post.account.timezone
    wall = at.astimezone(zone_named(zone))
    schedule(post, wall=wall_text(wall), zone=zone, fold=wall.fold, by=by, now=now)


def _whole_minute(at: datetime) -> datetime:
    """The minute that begins at or after an instant."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE
