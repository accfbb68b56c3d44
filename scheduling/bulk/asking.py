"""What a person asks for when many posts shall get times, and what is answered for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from content.models import PieceVersion
from organisation.models import Brand
from platforms.models import Account, ChannelType
from posting.models import Post
from scheduling.models import ScheduleTemplate
from scheduling.recurring.instants import Moment
from scheduling.walltime import wall_text
from scheduling.weekdays import EVERY_DAY


@dataclass(frozen=True)
class Candidate:
    """One post that wants a time; it is there already, or would be made."""

    version: PieceVersion
    account: Account
    channel_type: ChannelType
    post: Post | None = None


@dataclass(frozen=True)
class Asked:
    """Everything the form says. A way reads what it needs of it.

    Either `versions` go to `channels`, or `posts` that are there get times.
    """

    brand: Brand
    first: date  # days are by each account's own clock
    last: date  # included
    now: datetime
    versions: Sequence[PieceVersion] = ()
    channels: Sequence[tuple[Account, ChannelType]] = ()
    posts: Sequence[Post] = ()
    queue: str = ""
    days: int = EVERY_DAY
    opens: time = time(9)
    closes: time = time(18)
    template: ScheduleTemplate | None = None
    apart: int = 1  # days from the start of one piece to that of the next
    again: bool = False  # also where the account has the piece already

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Every version on every channel, or the posts, in the order in which they get times."""
        if self.posts:
            return [
                Candidate(one.piece_version, one.account, one.channel_type, one)
                for one in self.posts
            ]
        return [
            Candidate(version, account, channel_type)
            for version in self.versions
            for account, channel_type in self.channels
        ]


@dataclass(frozen=True)
class Placed:
    """What was found for one candidate."""

    candidate: Candidate
    wall: str  # as rows keep it; empty: no time was found
    zone: str
    fold: int
    at: datetime | None
    reason: str  # why this time, or why none

    @classmethod
    def on(cls, candidate: Candidate, there: datetime, reason: str) -> "Placed":
        """At a time as the clock of the account's zone shows it, with that zone."""
        zone = candidate.account.timezone
        return cls(candidate, wall_text(there), zone, there.fold, there, reason)

    @classmethod
    def by_clock(cls, candidate: Candidate, moment: Moment, reason: str) -> "Placed":
        """At a nominal time, moved where the clocks skip it, with what they do in words."""
        told = f"{reason}. {moment.note}" if moment.note else reason
        return cls(candidate, wall_text(moment.wall), moment.zone, 0, moment.instant, told)

    @classmethod
    def nowhere(cls, candidate: Candidate, reason: str) -> "Placed":
        return cls(candidate, "", "", 0, None, reason)


def by_account(candidates: Iterable[Candidate]) -> Iterator[tuple[Account, list[Candidate]]]:
    """Yield each account with its candidates, all in the order in which they come."""
    found: dict[int, list[Candidate]] = {}
    for one in candidates:
        found.setdefault(one.account.pk, []).append(one)
    for some in found.values():
        yield some[0].account, some
