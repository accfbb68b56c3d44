"""Times by suggestion: each account's posts take the hours at which it does well."""

from collections.abc import Iterator, Sequence

from analytics.best_times import LONGEST, Suggestion, hours_of
from platforms.models import Account
from scheduling.bulk.asking import Asked, Candidate, Placed, by_account
from scheduling.bulk.board import Board
from scheduling.bulk.days import SOON, whole_range


def place_by_suggestion(asked: Asked) -> list[Placed]:
    """Give each account's posts its best free hours of the days that hold the fewest. Five queries.

    A good Tuesday does not get all of them. No further ahead than suggestions are made.
    """
    accounts = [account for account, _ in by_account(asked.candidates)]
    first, last = whole_range(accounts, asked.first, asked.last)
    first = max(first, asked.now + SOON)
    last = min(last, first + LONGEST)
    board = Board(accounts, first, max(first, last))
    weeks = hours_of(accounts)
    return [
        placed
        for account, some in by_account(asked.candidates)
        for placed in _placed(
            account, some, weeks[account.pk].suggestions(first, max(first, last), now=asked.now),
            board, asked,
        )
    ]  # fmt: skip


def _placed(
    account: Account,
    some: Sequence[Candidate],
    good: Sequence[Suggestion],
    board: Board,
    asked: Asked,
) -> Iterator[Placed]:
    within = [one for one in good if asked.first <= one.at.date() <= asked.last]
    for candidate in some:
        found = next(_free(account, within, board), None)
        if found is None:
            why = f"None of the good hours of {account.name} in these days is free."
            yield Placed.nowhere(candidate, why)
            continue
        board.put(account, found.at)
        within.remove(found)
        yield Placed.on(candidate, found.at, f"Suggested. {found.reason}")


def _free(account: Account, good: Sequence[Suggestion], board: Board) -> Iterator[Suggestion]:
    # Stable: of days with as many posts, the best hour comes first.
    for one in sorted(good, key=lambda one: board.posts_on(account, one.at.date())):
        if not board.is_taken(account, one.at) and not board.why_not(account, one.at):
            yield one
