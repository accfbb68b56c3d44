"""How well each post of an account did, as one figure that is comparable between its posts.

The figure is what a post had reached at the age of a day: reactions, comments and shares together,
or views where the platform tells none of these. It counts against the posts of the same kind around
it in time, so that neither a growing account nor a story beside a video passes for a good hour.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from analytics.models import Reading, Watch
from platforms.models import Account
from posting.models import Post

LOOK_BACK = timedelta(days=180)
MOST = 500  # posts of one account that are looked at, the newest
YOUNGEST, OLDEST = timedelta(hours=20), timedelta(hours=36)  # a day, give or take late readings
AROUND = 31  # posts that make up the usual, the one itself among them
FEWEST = 5  # of a kind; of fewer nobody knows what is usual
MADS = 2.5  # how far from the usual a result counts at the most, in robust standard deviations
MAD = 1.4826  # a median absolute deviation is this part of a normal standard deviation
LEAST_BOUND = math.log(2)  # where most posts do alike, one may still count as twice the usual
AT_ONCE = 200  # posts whose readings are asked for together


@dataclass(frozen=True)
class Outcome:
    """One post that has been out for a day. `count` None: what it had reached is not known."""

    at: datetime  # when it went out
    kind: int  # its channel type
    count: int | None


@dataclass(frozen=True)
class Result:
    """By what a post differs from the usual around it, as a logarithm."""

    at: datetime
    lift: float


@dataclass(frozen=True)
class Row:
    """One reading: how old the post was, and what it said."""

    age: timedelta
    engagement: int | None
    views: int | None


def outcomes_of(account: Account, now: datetime) -> list[Outcome]:
    """Return the account's posts of the last half year, the newest 500, in the order of time.

    Two queries and two for each 200 posts, whatever else has been read.
    """
    posts = _posts(account, now)
    rows: dict[int, list[Row]] = defaultdict(list)
    seen: dict[int, timedelta] = {}
    for start in range(0, len(posts), AT_ONCE):
        part = {pk: out for pk, out, _ in posts[start : start + AT_ONCE]}
        _read(part, rows, seen)
    known = [_at_one_day(rows[pk], seen.get(pk)) for pk, _, _ in posts]
    tells = sum(row is not None and row.engagement is not None for row in known)
    by_views = tells * 2 < sum(row is not None for row in known)
    return [
        Outcome(out, kind, (row.views if by_views else row.engagement) if row else None)
        for (_, out, kind), row in zip(posts, known, strict=True)
    ]


def _posts(account: Account, now: datetime) -> list[tuple[int, datetime, int]]:
    out = Post.objects.published_since(now - LOOK_BACK).filter(
        account=account, published_at__lt=now - YOUNGEST
    )
    rows = out.order_by("-published_at", "-pk").values_list("pk", "published_at", "channel_type")
    return [(pk, at, kind) for pk, at, kind in reversed(rows[:MOST]) if at is not None]


def _read(
    part: dict[int, datetime], rows: dict[int, list[Row]], seen: dict[int, timedelta]
) -> None:
    readings = Reading.objects.filter(post__in=part).order_by("post", "id")
    for pk, at, views, *engaged in readings.values_list(
        "post", "read_at", "views", "reactions", "comments", "shares"
    ):
        told = [number for number in engaged if number is not None]
        rows[pk].append(Row(at - part[pk], sum(told) if told else None, views))
    watches = Watch.objects.filter(post__in=part, read_at__isnull=False)
    for pk, looked in watches.values_list("post", "read_at"):
        if looked is not None:
            seen[pk] = looked - part[pk]


def _at_one_day(rows: Sequence[Row], seen: timedelta | None) -> Row | None:
    """Return the reading that says what a post had reached after a day; None: nobody knows.

    A reading that says what the one before said is not written down, so the last one from before
    that age holds if the next look, whenever it came, found nothing new. `seen`: the post's age at
    the last look.
    """
    before = [row for row in rows if row.age <= OLDEST]
    if not before:
        return None
    last, later = before[-1], rows[len(before) :]
    if last.age >= YOUNGEST:
        return last
    if not later:
        return last if seen is not None and seen >= YOUNGEST else None
    same = (later[0].engagement, later[0].views) == (last.engagement, last.views)
    return last if same else None


def results_in(outcomes: Sequence[Outcome]) -> list[Result]:
    """Return by what each post whose figure is known differs from the usual of its kind.

    One post that went around the world counts as a good one and no more: differences end at two
    and a half robust standard deviations of the account.
    """
    kinds: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for one in outcomes:
        if one.count is not None:
            kinds[one.kind].append((one.at, math.log1p(max(one.count, 0))))
    found = [
        Result(at, value - _usual(row, place))
        for row in kinds.values()
        if len(row) >= FEWEST
        for place, (at, value) in enumerate(row)
    ]
    if not found:
        return []
    bound = max(MADS * MAD * median(abs(one.lift) for one in found), LEAST_BOUND)
    return [Result(one.at, min(max(one.lift, -bound), bound)) for one in found]


def _usual(row: Sequence[tuple[datetime, float]], place: int) -> float:
    first = max(min(place - AROUND // 2, len(row) - AROUND), 0)
    return median(value for _, value in row[first : first + AROUND])
