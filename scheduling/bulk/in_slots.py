"""Times by slots: each account's posts take the free slots of a queue, in their order."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from platforms.models import Account
from scheduling.account_times import AccountTimes
from scheduling.bulk.asking import Asked, Candidate, Placed, by_account
from scheduling.bulk.board import Board
from scheduling.bulk.days import whole_range
from scheduling.models import Slot
from scheduling.recurring.instants import Moment
from scheduling.slots import Opening, openings
from scheduling.walltime import is_ambiguous


def place_in_slots(asked: Asked) -> list[Placed]:
    """Let each account's posts take its free slots from the first day to the last. Five queries."""
    accounts = [account for account, _ in by_account(asked.candidates)]
    first, last = whole_range(accounts, asked.first, asked.last)
    board = Board(accounts, first, last)
    slots = _slots_of(accounts, asked.queue)
    return [
        placed
        for account, some in by_account(asked.candidates)
        for placed in _placed(account, some, slots.get(account.pk, []), board, asked)
    ]


def _slots_of(accounts: Sequence[Account], queue: str) -> dict[int, list[Slot]]:
    found: dict[int, list[Slot]] = {}
    for slot in Slot.objects.filter(account__in=accounts, queue=queue):
        found.setdefault(slot.account_id, []).append(slot)
    return found


def _placed(
    account: Account, some: Sequence[Candidate], slots: Sequence[Slot], board: Board, asked: Asked
) -> Iterator[Placed]:
    named = f"in the queue “{asked.queue}”" if asked.queue else "for any post"
    times = board.times[account.pk]
    free = _free(account, slots, times, board, asked)
    for candidate in some:
        opening = next(free, None)
        if opening is not None:
            yield Placed.on(candidate, opening.wall, _why(opening, times))
        elif not slots:
            yield Placed.nowhere(candidate, f"{account.name} has no slots {named}.")
        else:
            until = f"{asked.last.day} {asked.last:%B}"
            yield Placed.nowhere(
                candidate, f"{account.name} has no more free slot {named} until {until}."
            )


def _free(
    account: Account, slots: Sequence[Slot], times: AccountTimes, board: Board, asked: Asked
) -> Iterator[Opening]:
    start = max(asked.now, times.instant(datetime.combine(asked.first, datetime.min.time())))
    for one in openings(slots, times, start):
        if one.wall.date() > asked.last:
            return
        if not board.is_taken(account, one.at) and not board.why_not(account, one.at):
            board.put(account, one.at)
            yield one


def _why(opening: Opening, times: AccountTimes) -> str:
    wall = opening.wall.replace(tzinfo=None, fold=0)
    nominal = datetime.combine(wall.date(), opening.slot.at)
    twice = is_ambiguous(wall, times.zone)
    note = Moment(nominal, wall, opening.at, times.zone.key, twice).note
    return f"Slot {opening.slot}. {note}".strip() if note else f"Slot {opening.slot}"
