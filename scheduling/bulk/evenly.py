"""Times by even spacing: each account's posts divide the hours of a range into equal parts."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from platforms.models import Account
from scheduling.bulk.asking import Asked, Candidate, Placed, by_account
from scheduling.bulk.board import Board, Span
from scheduling.bulk.days import open_spans, whole_range
from scheduling.conflicts import Conflict


def place_evenly(asked: Asked) -> list[Placed]:
    """Spread each account's posts over the hours of the days. Four queries.

    The first stands at the beginning, and each next one an equal part of the hours later: as many
    posts as days are one each day at the same time. One that something keeps from its time moves to
    the next one that is free.
    """
    accounts = [account for account, _ in by_account(asked.candidates)]
    first, last = whole_range(accounts, asked.first, asked.last)
    board = Board(accounts, first, last)
    return [
        placed
        for account, some in by_account(asked.candidates)
        for placed in _placed(account, some, board, asked)
    ]


def _placed(
    account: Account, some: Sequence[Candidate], board: Board, asked: Asked
) -> Iterator[Placed]:
    times = board.times[account.pk]
    spans = open_spans(asked, times)
    if not spans:
        why = "None of these days has hours to come on which it could go out."
        yield from (Placed.nowhere(one, why) for one in some)
        return
    end = spans[-1][1] - timedelta(minutes=1)
    for candidate, wish in zip(some, _parts(spans, len(some)), strict=True):
        at = board.free_from(account, wish, end, spans)
        if at is None:
            against = board.why_not(account, wish)
            why = f" {against[0].sentence}" if against else ""
            yield Placed.nowhere(candidate, f"No time is free in these days.{why}")
            continue
        against = board.why_not(account, wish) if at != wish else []
        board.put(account, at)
        yield Placed.on(candidate, times.wall(at), _why(times.wall(wish), against))


def _why(wish: datetime, against: Sequence[Conflict]) -> str:
    moved = f", moved from {wish:%a %H:%M}: {against[0].sentence}" if against else ""
    return f"Evenly spaced{moved}"


def _parts(spans: Sequence[Span], number: int) -> Iterator[datetime]:
    """Yield the beginnings of so many equal parts of all spans together, to the whole minute."""
    minutes = [int((last - first).total_seconds()) // 60 for first, last in spans]
    total = sum(minutes)
    for part in range(number):
        rest = part * total // number
        for (first, _), length in zip(spans, minutes, strict=True):
            if rest < length:
                yield _whole(first) + timedelta(minutes=rest)
                break
            rest -= length


def _whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
