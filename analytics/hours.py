"""What the results of an account say of each hour of its week, allowing for chance.

The model, on logarithms: a result is the account's own level, plus what is believed of the hour
beforehand (`analytics.priors`) as far as that holds here, plus what is true of this time of day on
working days or on weekends, plus what is true of this one hour of the week, plus noise.

The two effects come from normal distributions around nothing, whose widths (`SHAPES`) each time of
day draws anew: mostly narrow, so that chance is drawn back to nothing, now and then wide, so that
an hour that stands out keeps what it has. How often which width is drawn is learnt from all hours
of the account by a few rounds of expectation maximisation; with few posts the shares below rule.
How far the beliefs hold (`HOLDS`) is weighed by how well they explain the results, and they are
forgotten where they do not. This is empirical Bayes; see Efron, Large-Scale Inference (2010).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from zoneinfo import ZoneInfo

from analytics.priors import Prior
from analytics.results import Result

HOURS, WORKING_DAYS, WEEK = 24, 5, 7
SATURDAY = 5
# Standard deviations of the effects of a time of day and of one hour of the week, as logarithms
# (0.1 is about 10 %), with the share of times of day that are like that.
SHAPES = (
    (0.0, 0.0, 0.40), (0.1, 0.0, 0.20), (0.25, 0.0, 0.10), (0.6, 0.0, 0.05),
    (0.0, 0.1, 0.10), (0.0, 0.4, 0.05), (0.1, 0.1, 0.05), (0.25, 0.25, 0.05),
)  # fmt: skip
SHARES_COUNT = 12.0  # times of day that the shares above count as much as
ROUNDS = 15  # of expectation maximisation
HOLDS = ((0.0, 0.25), (0.5, 0.25), (1.0, 0.5))  # how far beliefs may hold, and how likely that is
# How much the posts of an account scatter, until its own say more: by about a factor of two.
SCATTER = math.log(2)
SCATTER_COUNTS = 10  # posts

Cell = tuple[int, int]  # weekday, Monday being 0, and hour


@dataclass(frozen=True)
class Hour:
    """One hour of the week: what was seen there, and what is expected of it. All logarithms."""

    weekday: int
    hour: int
    posts: int = 0
    seen: float = 0.0  # the mean of its posts
    pooled: int = 0  # posts at this time of day, on all working days or on the whole weekend
    pooled_seen: float = 0.0
    mean: float = 0.0  # expected, against the account's usual
    deviation: float = 0.0  # of what is expected
    above_average: float = 0.0  # expected, against an average hour
    own: float = 0.0  # as `mean`, by the posts alone, whatever is believed beforehand
    own_deviation: float = 0.0


def cells() -> Iterator[Cell]:
    """Yield every hour of the week."""
    for weekday in range(WEEK):
        for hour in range(HOURS):
            yield weekday, hour


def group_of(cell: Cell) -> Cell:
    """Return the group of hours that a cell is compared in: 0 and the hour, or 5 and the hour."""
    weekday, hour = cell
    return (SATURDAY if weekday >= WORKING_DAYS else 0), hour


def members_of(group: Cell) -> list[Cell]:
    """Return the hours of the week that are compared together."""
    first, hour = group
    last = WEEK if first == SATURDAY else WORKING_DAYS
    return [(weekday, hour) for weekday in range(first, last)]


def by_hour(results: Iterable[Result], zone: ZoneInfo) -> dict[Cell, list[float]]:
    """Sort results into the hours that the clocks of the zone showed when their posts went out."""
    found: dict[Cell, list[float]] = defaultdict(list)
    for one in results:
        there = one.at.astimezone(zone)
        found[there.weekday(), there.hour].append(one.lift)
    return found


def estimate(seen: Mapping[Cell, Sequence[float]], prior: Prior) -> dict[Cell, Hour]:
    """Return what is to be expected of every hour of the week."""
    means = {cell: fmean(lifts) for cell, lifts in seen.items()}
    counts = {cell: len(lifts) for cell, lifts in seen.items()}
    noise = _noise([lift for lifts in seen.values() for lift in lifts])
    worlds = [_World(means, counts, noise, prior, holds) for holds, _ in HOLDS]
    likely = [math.log(share) for _, share in HOLDS]
    likely = [one + world.likely for one, world in zip(likely, worlds, strict=True)]
    weights = [math.exp(one - max(likely)) for one in likely]
    found: dict[Cell, Hour] = {}
    for cell in cells():
        pooled = [lift for one in members_of(group_of(cell)) for lift in seen.get(one, ())]
        told = [world.effects[cell] for world in worlds]
        mean, variance = _mixed(
            (weight, world.level + ahead, spread)
            for weight, world, (ahead, spread) in zip(weights, worlds, told, strict=True)
        )
        above, _ = _mixed((w, *effect) for w, effect in zip(weights, told, strict=True))
        alone, (own, own_variance) = worlds[0], told[0]
        found[cell] = Hour(
            *cell,
            posts=counts.get(cell, 0),
            seen=means.get(cell, 0.0),
            pooled=len(pooled),
            pooled_seen=fmean(pooled) if pooled else 0.0,
            mean=mean,
            deviation=math.sqrt(variance),
            above_average=above,
            own=alone.level + own,
            own_deviation=math.sqrt(own_variance),
        )
    return found


def _noise(lifts: Sequence[float]) -> float:
    """The variance between posts of one hour; few posts say little of it."""
    total = SCATTER_COUNTS * SCATTER**2 + sum(lift**2 for lift in lifts)
    return total / (SCATTER_COUNTS + len(lifts))


class _World:
    """What follows if beliefs hold so far: the level, how likely the results are, each hour."""

    def __init__(
        self,
        means: Mapping[Cell, float],
        counts: Mapping[Cell, int],
        noise: float,
        prior: Prior,
        holds: float,
    ) -> None:
        believed = {cell: holds * prior.mean(*cell) for cell in cells()}
        total = sum(counts.values())
        away = sum(counts[cell] * (mean - believed[cell]) for cell, mean in means.items())
        # What an average hour would give the account, against its usual, which is of its own hours.
        self.level = away / total if total else 0.0
        rest = {cell: mean - self.level - believed[cell] for cell, mean in means.items()}
        groups = {
            group: [_group(group, rest, counts, noise, wide, narrow) for wide, narrow, _ in SHAPES]
            for group in sorted({group_of(cell) for cell in cells()})
        }
        used = [[one.likely for one in row] for group, row in groups.items() if row[0].posts]
        shares = _shares(used)
        self.likely = sum(_log_mean(row, shares) for row in used)
        self.effects: dict[Cell, tuple[float, float]] = {}
        for group, row in groups.items():
            weights = _weights([one.likely for one in row], shares)
            for cell in members_of(group):
                effect, variance = _mixed(
                    (weight, *one.effects[cell]) for weight, one in zip(weights, row, strict=True)
                )
                self.effects[cell] = (believed[cell] + effect, variance)


@dataclass(frozen=True)
class _Group:
    """A time of day under one shape: how likely its results are, and the effect of each hour."""

    posts: int
    likely: float
    effects: dict[Cell, tuple[float, float]]  # mean and variance


def _group(
    group: Cell,
    rest: Mapping[Cell, float],
    counts: Mapping[Cell, int],
    noise: float,
    wide: float,
    narrow: float,
) -> _Group:
    """Exact for normal distributions: given the effect of the time, its hours are independent."""
    row, wide, narrow = members_of(group), wide**2, narrow**2
    seen = [(rest[cell], narrow + noise / counts[cell]) for cell in row if cell in counts]
    weights = sum(1 / spread for _, spread in seen)
    pull = sum(value / spread for value, spread in seen)
    shared_variance = wide / (1 + wide * weights)
    shared = shared_variance * pull
    effects = {}
    for cell in row:
        many = counts.get(cell, 0)
        trust = narrow / (narrow + noise / many) if many else 0.0
        own = trust * (rest.get(cell, 0.0) - shared)
        effects[cell] = shared + own, (1 - trust) ** 2 * shared_variance + (1 - trust) * narrow
    square = sum(value**2 / spread for value, spread in seen) - shared * pull
    spreads = sum(math.log(spread) for _, spread in seen) + math.log1p(wide * weights)
    return _Group(sum(counts.get(cell, 0) for cell in row), -(square + spreads) / 2, effects)


def _shares(used: Sequence[Sequence[float]]) -> list[float]:
    """How often each shape occurs, by what the times of day that were used make likely."""
    shares = [share for _, _, share in SHAPES]
    for _ in range(ROUNDS):
        counted = [SHARES_COUNT * share for _, _, share in SHAPES]
        for row in used:
            for place, weight in enumerate(_weights(row, shares)):
                counted[place] += weight
        shares = [one / sum(counted) for one in counted]
    return shares


def _weights(likely: Sequence[float], shares: Sequence[float]) -> list[float]:
    most = max(likely)
    parts = [share * math.exp(one - most) for one, share in zip(likely, shares, strict=True)]
    return [part / sum(parts) for part in parts]


def _log_mean(likely: Sequence[float], shares: Sequence[float]) -> float:
    most = max(likely)
    parts = (share * math.exp(one - most) for one, share in zip(likely, shares, strict=True))
    return most + math.log(sum(parts))


def _mixed(parts: Iterable[tuple[float, float, float]]) -> tuple[float, float]:
    """Return mean and variance of a mixture of (weight, mean, variance)."""
    whole = list(parts)
    total = sum(weight for weight, _, _ in whole)
    mean = sum(weight * value for weight, value, _ in whole) / total
    square = sum(weight * (spread + value**2) for weight, value, spread in whole) / total
    return mean, max(square - mean**2, 0.0)
