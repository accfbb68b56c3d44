"""Writing a proposal down, and changing it until somebody confirms it. No post is touched."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from organisation.models import User
from posting.deciding import NotPossible
from scheduling.bulk.asking import Asked, Placed
from scheduling.bulk.board import MINUTE, Board
from scheduling.bulk.looking import Look, Seen
from scheduling.bulk.ways import Way
from scheduling.models import Proposal, ProposedPost
from scheduling.models.proposal import LASTS
from scheduling.slots import AHEAD
from scheduling.timing import instant_to_send
from scheduling.walltime import parse_wall, wall_text

MOST = 200  # posts of one proposal: they are made while the person waits
REASON_MAX = 400  # characters


def propose(asked: Asked, way: Way, *, by: User) -> Proposal:
    """Find times for everything that is asked for, and keep them for a day.

    Raises ValidationError, with nothing kept, for too few or too many posts, and for a last day
    before the first. What has expired meanwhile is deleted.
    """
    placed = _found(asked, way)
    with transaction.atomic():
        Proposal.objects.expired(asked.now).delete()
        proposal = Proposal.objects.create(
            brand=asked.brand, by=by, at=asked.now, expires_at=asked.now + LASTS, way=way.slug,
            words=way.told(asked)[:300],
        )  # fmt: skip
        ProposedPost.objects.bulk_create(_items(proposal, placed, asked.again))
    return proposal


def _found(asked: Asked, way: Way) -> list[Placed]:
    if way.ranges and asked.last < asked.first:
        raise ValidationError({"last": "The last day lies before the first."})
    if way.brings_channels and asked.posts:
        raise ValidationError("A template makes posts of pieces; these posts are there already.")
    if not way.brings_channels:
        _check_number(len(asked.candidates))
    placed = way.place(asked)
    _check_number(len(placed))
    return placed


def _check_number(number: int) -> None:
    if not number:
        raise ValidationError("Nothing was chosen that could get a time, so nothing is proposed.")
    if number > MOST:
        raise ValidationError(
            f"That makes {number:,} posts, and {MOST} is the most at once. Choose fewer pieces or "
            "channels."
        )


def _items(proposal: Proposal, placed: Sequence[Placed], again: bool) -> list[ProposedPost]:
    """In the order of their times. Of a piece that an account gets more than once by this, all but
    the first are meant as further copies."""
    far = datetime.max.replace(tzinfo=UTC)
    had: set[tuple[int, int, int]] = set()
    found = []
    for place, one in enumerate(sorted(placed, key=lambda one: one.at or far)):
        candidate = one.candidate
        key = candidate.version.piece_id, candidate.account.pk, candidate.channel_type.pk
        found.append(
            ProposedPost(
                proposal=proposal, place=place, piece_version=candidate.version,
                account=candidate.account, channel_type=candidate.channel_type,
                post=candidate.post, existed=candidate.post is not None,
                again=again or key in had, wall_time=one.wall, zone=one.zone, fold=one.fold,
                due_at=one.at, reason=one.reason[:REASON_MAX],
            )
        )  # fmt: skip
        had.add(key)
    return found


def leave_out(look: Look, items: Iterable[ProposedPost], *, version: int, now: datetime) -> None:
    """Let these stay without a time when it is confirmed. Raises NotPossible."""
    _change(look.proposal, items, version, now, left_out=True)


def take_in(look: Look, items: Iterable[ProposedPost], *, version: int, now: datetime) -> None:
    """Take these in again. Raises NotPossible."""
    _change(look.proposal, items, version, now, left_out=False)


def set_time(look: Look, item: ProposedPost, wall: str, *, version: int, now: datetime) -> None:
    """Give one another time, by its account's clock.

    Raises ValidationError for a time that is past, skipped or unreadable, NotPossible for a
    proposal that is over or was changed meanwhile.
    """
    zone = item.account.timezone
    at = instant_to_send(wall, zone, 0, now)
    _change(look.proposal, [item], version, now, wall_time=wall_text(parse_wall(wall)), zone=zone,
            fold=0, due_at=at, reason="Chosen by hand", left_out=False)  # fmt: skip


def put_right(look: Look, seen: Sequence[Seen], *, version: int, now: datetime) -> int:
    """Move these to the next free time of their accounts; return how many found one.

    Five queries, and one for all that moved. Raises NotPossible.
    """
    mine = {one.item.pk for one in seen}
    board = Board([one.item.account for one in seen], now, now + AHEAD)
    for other in look.going:
        item = other.item
        if item.pk not in mine and item.due_at and item.account_id in board.times:
            board.put(item.account, item.due_at)
    moved = [one.item for one in seen if _move_on(one, board, now)]
    with transaction.atomic():
        _take(look.proposal, version, now)
        fields = ("wall_time", "zone", "fold", "due_at", "reason")
        ProposedPost.objects.bulk_update(moved, fields)
    return len(moved)


def _move_on(seen: Seen, board: Board, now: datetime) -> bool:
    item, account = seen.item, seen.item.account
    ends = [one.free_from for one in seen.conflicts if one.free_from is not None]
    wish = max([item.due_at or now, now + MINUTE, *ends])
    at = board.free_from(account, wish, now + AHEAD)
    if at is None:
        if item.due_at:
            board.put(account, item.due_at)
        return False
    there = at.astimezone(board.times[account.pk].zone)
    board.put(account, at)
    item.wall_time, item.zone, item.fold = wall_text(there), account.timezone, there.fold
    item.due_at, item.reason = at, "Moved to the next free time"
    return True


def take_new_words(look: Look, *, version: int, now: datetime) -> int:
    """Let posts to come say what their pieces say by now; return how many do."""
    old = [one.item for one in look.going if one.reworded]
    for item in old:
        item.piece_version = item.piece_version.piece.current  # type: ignore[assignment]
    with transaction.atomic():
        _take(look.proposal, version, now)
        ProposedPost.objects.bulk_update(old, ("piece_version",))
    return len(old)


def discard(proposal: Proposal) -> None:
    """Take a proposal away that nobody has confirmed. Raises NotPossible."""
    deleted, _ = Proposal.objects.filter(pk=proposal.pk, confirmed_at=None).delete()
    if not deleted:
        raise NotPossible("The proposal was confirmed or discarded already. Nothing was changed.")


def _change(
    proposal: Proposal, items: Iterable[ProposedPost], version: int, now: datetime, **values: Any
) -> None:
    with transaction.atomic():
        _take(proposal, version, now)
        mine = ProposedPost.objects.filter(proposal=proposal, pk__in=[one.pk for one in items])
        mine.update(**values)


def _take(proposal: Proposal, version: int, now: datetime) -> None:
    rows = Proposal.objects.open(now).filter(pk=proposal.pk, version=version)
    if not rows.update(version=F("version") + 1):
        raise NotPossible(
            "The proposal was changed or confirmed in another window, or has expired. Nothing was "
            "changed by you. Look at it as it is now."
        )
