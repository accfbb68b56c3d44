"""The times of some accounts in memory, while further posts are put among them one by one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

from platforms.models import Account
from scheduling.account_times import AccountTimes, account_times
from scheduling.conflicts import Conflict, Planned, Scene
from scheduling.neighbours import posts_between
from scheduling.slots import FAR, KEEPS_FREE, LEAST

MINUTE = timedelta(minutes=1)
STEPS = 500  # from one obstacle to the next
Span = tuple[datetime, datetime]  # from, and before


class Board:
    """What stands between two instants, and what has been put there since. Four queries in all.

    It judges as slots do: by gap, hours, days off, posts a day and quota, and not by texts.
    """

    def __init__(self, accounts: Iterable[Account], first: datetime, last: datetime) -> None:
        wanted = {account.pk for account in accounts}
        self.times: dict[int, AccountTimes] = account_times(wanted, first - FAR, last + FAR)
        beside = posts_between(wanted, first - FAR, last + FAR)
        silent = [replace(one, print="") for one in beside]  # texts are not compared here
        self._scene = Scene([], self.times, silent)
        self._keys = count()
        self._of_day = Counter((one.account, self._day(one.account, one.at)) for one in beside)

    def why_not(self, account: Account, at: datetime) -> list[Conflict]:
        """Return what keeps the account from one more post at an instant."""
        found = self._scene.against(self._planned(account, at))
        return [one for one in found if one.kind in KEEPS_FREE]

    def is_taken(self, account: Account, at: datetime) -> bool:
        """Whether a post of the account stands too near, whatever gap it asks for."""
        least = max(account.minimum_gap, LEAST)
        return self._scene.nearest(self._planned(account, at), least) is not None

    def put(self, account: Account, at: datetime) -> None:
        """Let one more post of the account stand at an instant."""
        self._scene.against(self._planned(account, at), keep=True)
        self._of_day[account.pk, self._day(account.pk, at)] += 1

    def posts_on(self, account: Account, day: date) -> int:
        """Return how many posts of the account stand on a day of its own calendar."""
        return self._of_day[account.pk, day]

    def free_from(
        self, account: Account, start: datetime, end: datetime, within: Sequence[Span] = ()
    ) -> datetime | None:
        """Return the first whole minute from `start` to `end` that nothing keeps the account from.

        It lies in one of the spans `within`, which are in order, if there are any. None where there
        is no such time.
        """
        at: datetime | None = whole_minute(start)
        for _ in range(STEPS):
            at = _into(within, at) if at and within else at
            if at is None or at > end:
                return None
            ends = [one.free_from for one in self.why_not(account, at)]
            if not ends and self.is_taken(account, at):
                ends = [at + MINUTE]
            if not ends:
                return at
            if None in ends:
                return None  # one of them no time ends
            at = whole_minute(max(at + MINUTE, *(one for one in ends if one)))
        return None

    def _day(self, account: int, at: datetime) -> date:
        return self.times[account].wall(at).date()

    def _planned(self, account: Account, at: datetime) -> Planned:
        return Planned(next(self._keys), account.pk, at)


def whole_minute(at: datetime) -> datetime:
    """Return the minute that begins at or after an instant."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE


def _into(spans: Sequence[Span], at: datetime) -> datetime | None:
    """The first instant from `at` on that lies in one of the spans."""
    return next((max(first, at) for first, last in spans if at < last), None)
