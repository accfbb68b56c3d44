"""The posts around a time, in memory, in the order in which comparisons ask for them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from content.models import TextPrint
from posting.models import Post
from posting.states import Status

# What goes out, is out, or may be.
COUNTS = (Status.SCHEDULED, Status.PUBLISHING, Status.UNCONFIRMED, Status.PUBLISHED)


@dataclass(eq=False, slots=True)
class Neighbour:
    """A post, or a time that is only planned (`post` 0), with the print of its text.

    Two are never equal, which makes them quick to look up; nobody changes one.
    """

    at: datetime
    post: int
    account: int
    print: str = ""
    version: int = 0
    channel: str = ""  # such as "mastodon/status"
    words: str | None = None  # the `plain` text where no version has it yet

    @property
    def order(self) -> tuple[datetime, int]:
        return self.at, self.post

    def is_the_same_as(self, other: "Neighbour") -> bool:
        return self is other or (self.post != 0 and self.post == other.post)


def posts_between(accounts: Iterable[int], first: datetime, last: datetime) -> list[Neighbour]:
    """Return what these accounts send from `first` to `last`. One query, in no order."""
    rows = Post.objects.filter(
        account__in=list(accounts), status__in=COUNTS, due_at__range=(first, last)
    ).values_list(
        "due_at",
        "pk",
        "account_id",
        "piece_version__prints__value",
        "piece_version_id",
        "platform__slug",
        "channel_type__slug",
        "piece_version__prints__channel",
    )
    found: dict[int, Neighbour] = {}
    for at, pk, account, value, version, platform, slug, own in rows.order_by():
        channel = f"{platform}/{slug}"
        if own == channel or (not own and pk not in found):
            found[pk] = Neighbour(at, pk, account, value or "", version, channel)
        elif pk not in found:  # words for another channel; those for this one may come yet
            found[pk] = Neighbour(at, pk, account, "", version, channel)
        elif not own and not found[pk].print:
            found[pk] = replace(found[pk], print=value or "")
    return list(found.values())


class Neighbourhood:
    """Posts by account, in the order of their times."""

    def __init__(self, neighbours: Iterable[Neighbour]) -> None:
        self._by_account: dict[int, list[Neighbour]] = defaultdict(list)
        for one in sorted(neighbours, key=lambda one: one.order):
            self._by_account[one.account].append(one)
        self._times = {pk: [one.at for one in row] for pk, row in self._by_account.items()}

    def __iter__(self) -> Iterator[Neighbour]:
        for row in self._by_account.values():
            yield from row

    def add(self, one: Neighbour) -> None:
        """Let one more stand among them."""
        times = self._times.setdefault(one.account, [])
        place = bisect_right(times, one.at)
        times.insert(place, one.at)
        self._by_account[one.account].insert(place, one)

    def drop(self, one: Neighbour) -> None:
        """Take away what was added."""
        place = self._by_account[one.account].index(one)
        del self._by_account[one.account][place], self._times[one.account][place]

    def between(self, account: int, first: datetime, last: datetime) -> list[Neighbour]:
        """Return the account's from `first`, before `last`, in their order."""
        times = self._times.get(account, [])
        row = self._by_account.get(account, [])
        return row[bisect_left(times, first) : bisect_left(times, last)]

    def nearest(self, here: Neighbour, within: timedelta) -> Neighbour | None:
        """Return the account's nearest other one that is closer than `within`."""
        times, row = self._times.get(here.account, []), self._by_account.get(here.account, [])
        low, high = bisect_right(times, here.at - within), bisect_left(times, here.at + within)
        others = [one for one in row[low:high] if not one.is_the_same_as(here)]
        return min(others, key=lambda one: (abs(one.at - here.at), one.post), default=None)


def prints_for(asked: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Return the prints of versions on channels, by both. One query."""
    pairs = set(asked)
    rows = TextPrint.objects.filter(version__in={version for version, _ in pairs})
    known = {(pk, own): value for pk, own, value in rows.values_list("version", "channel", "value")}
    return {
        (version, channel): known.get((version, channel), known.get((version, ""), ""))
        for version, channel in pairs
    }
