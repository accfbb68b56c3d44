"""Posting slots: when an account is used to post, which of them are free, and taking the next one.

Slots are wall times of the account's zone. On the day on which the clocks go forward one that is
skipped comes an hour later; on the day on which they go back the first of two counts. Whoever takes
a slot holds the lock of the account's row while looking and writing, so no two people get the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction

from organisation.models import User
from platforms.models import Account
from posting.models import Post
from scheduling.account_times import AccountTimes, account_times
from scheduling.conflicts import Conflict, Kind, Planned, Scene, with_prints
from scheduling.models import Slot
from scheduling.neighbours import Neighbour, posts_between
from scheduling.timing import schedule
from scheduling.walltime import wall_text
from scheduling.weekdays import falls_on

AHEAD = timedelta(days=366)  # how far slots are looked for
AT_ONCE = 50  # openings that are judged together
LEAST = timedelta(minutes=1)  # between two posts in slots, whatever the account's gap
FAR = timedelta(days=2)  # posts beyond this say nothing about whether a slot is free
NOBODY = -1  # stands for a post that is not there yet, wherever it might go
# What keeps a slot from being taken. That the same was said lately does not: it is told.
KEEPS_FREE = frozenset(
    {Kind.GAP, Kind.STOPPED, Kind.HOURS, Kind.BLACKOUT, Kind.HOLIDAY, Kind.BUDGET, Kind.QUOTA}
)


class NoFreeSlot(ValidationError):
    """There is none within a year, or the account has no slots of this queue."""


@dataclass(frozen=True)
class Opening:
    """A slot on a day: the instant, and the time as the account's clock then shows it."""

    at: datetime
    wall: datetime
    slot: Slot
    taken_by: int = 0  # a post
    why_not: str = ""  # what else keeps it from being used

    @property
    def free(self) -> bool:
        return not self.taken_by and not self.why_not

    @property
    def moved(self) -> bool:
        """The clocks skip its time on that day."""
        return self.wall.time() != self.slot.at


def openings(slots: Sequence[Slot], times: AccountTimes, after: datetime) -> Iterator[Opening]:
    """Yield when the slots come after an instant, in order, for a year. Two at once are one."""
    day, last = times.wall(after).date() - timedelta(days=1), None
    end = times.wall(after + AHEAD).date()
    while slots and day <= end:
        todays = [_opening(slot, times, day) for slot in slots if falls_on(slot.days, day)]
        for one in sorted(todays, key=lambda one: one.at):
            if one.at > after and (last is None or one.at > last):
                last = one.at
                yield one
        day += timedelta(days=1)


def _opening(slot: Slot, times: AccountTimes, day: date) -> Opening:
    at = times.instant(datetime.combine(day, slot.at))
    return Opening(at, times.wall(at), slot)


def coming(
    account: Account, now: datetime, *, queue: str | None = None, post: Post | None = None,
    number: int = 10,
) -> list[Opening]:  # fmt: skip
    """Return the next slots of an account and whether they are free; `queue` None: of all queues.

    Seven queries at most.
    """
    slots = _slots_of(account, queue)
    times = account_times({account.pk}, now, now + AHEAD)
    near = list(islice(openings(slots, times[account.pk], now), number))
    return _judged(near, account, times, post, now) if near else []


def next_opening(account: Account, now: datetime, *, queue: str, post: Post | None) -> Opening:
    """Return the next free slot of the account in a queue, "" being that of any post.

    Raises NoFreeSlot.
    """
    slots = _slots_of(account, queue)
    if not slots:
        raise _without_slots(account, queue)
    times = account_times({account.pk}, now, now + AHEAD)
    turn = openings(slots, times[account.pk], now)
    while near := list(islice(turn, AT_ONCE)):
        for one in _judged(near, account, times, post, now):
            if one.free:
                return one
    raise NoFreeSlot(
        f"{account.name} has no free slot {_named(queue)} within a year. Nothing was scheduled. "
        "Choose a time, or add slots."
    )


def _without_slots(account: Account, queue: str) -> NoFreeSlot:
    return NoFreeSlot(
        f"{account.name} has no slots {_named(queue)}. Nothing was scheduled. Set them on the page "
        "of its times, or choose a time."
    )


def _named(queue: str) -> str:
    return f"in the queue “{queue}”" if queue else "for any post"


def free_openings(account: Account, now: datetime, *, queue: str, number: int) -> list[Opening]:
    """Return the next free slots for that many posts, or as many as there are within a year.

    Each one counts against those after it: the least gap, the day's budget, the platform's quota.
    Nothing is taken; who means to holds the `lock`. Raises NoFreeSlot where there are no slots.
    """
    slots = _slots_of(account, queue)
    if not slots:
        raise _without_slots(account, queue)
    times = account_times({account.pk}, now, now + AHEAD)
    turn = openings(slots, times[account.pk], now)
    found: list[Neighbour] = []
    free: list[Opening] = []
    while len(free) < number and (near := list(islice(turn, AT_ONCE))):
        beside = posts_between(times, near[0].at - FAR, near[-1].at + FAR)
        for one in near:
            if len(free) < number and _is_free(one, account, times, [*beside, *found]):
                found.append(Neighbour(one.at, NOBODY - 1 - len(found), account.pk))
                free.append(one)
    return free


def _is_free(
    one: Opening, account: Account, times: dict[int, AccountTimes], beside: list[Neighbour]
) -> bool:
    here = [other for other in beside if other.account == account.pk]
    if _taken(one, here, max(account.minimum_gap, LEAST)):
        return False
    asked = Planned(0, account.pk, one.at, post=NOBODY)
    return not why_not_free(Scene([asked], times, beside).conflicts(asked))


def take_next_slot(post: Post, *, by: User | str, now: datetime, queue: str = "") -> Opening:
    """Let the post go out in the next free slot of its account.

    Raises NoFreeSlot, and what `scheduling.timing.schedule` raises; then nothing was changed.
    """
    with transaction.atomic():
        lock([post.account_id])
        opening = next_opening(post.account, now, queue=queue, post=post)
        schedule(
            post,
            wall=wall_text(opening.wall),
            zone=post.account.timezone,
            fold=opening.wall.fold,
            by=by,
            now=now,
        )
    return opening


def lock(accounts: Iterable[int]) -> None:
    """Keep others from taking slots of these accounts until the transaction ends.

    In the order of their ids, so that two people never wait for each other. On SQLite, which has
    no row locks, the transaction itself lets one writer through.
    """
    rows = Account.objects.select_for_update(of=("self",)).filter(pk__in=set(accounts))
    list(rows.order_by("pk").values_list("pk", flat=True))


def lock_for(posts: Iterable[Post]) -> None:
    """As `lock`, for the accounts of these posts."""
    lock(post.account_id for post in posts)


def queues_of(accounts: Iterable[int]) -> list[str]:
    """Return the names of the queues of these accounts, "" among them if a slot has none."""
    names = Slot.objects.filter(account__in=list(accounts)).order_by("queue")
    return list(names.values_list("queue", flat=True).distinct())


def _slots_of(account: Account, queue: str | None) -> list[Slot]:
    slots = Slot.objects.filter(account=account)
    return list(slots if queue is None else slots.filter(queue=queue))


def _judged(
    near: Sequence[Opening], account: Account, times: dict[int, AccountTimes], post: Post | None,
    now: datetime,
) -> list[Opening]:  # fmt: skip
    beside = posts_between(times, near[0].at - FAR, near[-1].at + FAR)
    # All of one post, so that one opening is no neighbour of another.
    asked = with_prints(
        [_planned(place, one.at, account, post) for place, one in enumerate(near)], beside
    )
    scene = Scene(asked, times, beside)
    least = max(account.minimum_gap, LEAST)
    mine = post.pk if post else 0
    same = [one for one in beside if one.account == account.pk and one.post != mine]
    return [
        replace(
            one,
            taken_by=_taken(one, same, least),
            why_not=why_not_free(scene.conflicts(asked[place])),
        )
        for place, one in enumerate(near)
    ]


def _planned(place: int, at: datetime, account: Account, post: Post | None) -> Planned:
    if post is None:
        return Planned(place, account.pk, at, post=NOBODY)
    return replace(Planned.of(post, at), key=place)


def _taken(one: Opening, others: Iterable[Neighbour], least: timedelta) -> int:
    return next((other.post for other in others if abs(other.at - one.at) < least), 0)


def why_not_free(conflicts: Iterable[Conflict]) -> str:
    """Return the first sentence of what keeps a time from being taken; empty where nothing does."""
    told = (one.sentence for one in conflicts if one.kind in KEEPS_FREE or one.stops)
    return next(told, "")
