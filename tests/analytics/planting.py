"""Made-up accounts whose truth is known: when they post, which hours do better, and by how much."""

import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.best_times import Judged
from analytics.hours import Cell, by_hour, estimate
from analytics.priors import prior_for
from analytics.results import Outcome, results_in

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 5, 4, tzinfo=LONDON)
WEEKS = 25
SCATTER = 0.6  # of engagement, as a logarithm: between half and twice the usual
OFFICE = [(weekday, hour) for weekday in range(5) for hour in range(8, 20)]
THRICE_A_DAY = [(weekday, hour) for weekday in range(5) for hour in (9, 13, 17)]


def outcomes(
    seed: int,
    posts: int,
    hours: Sequence[Cell],
    truth: Callable[[Cell], float] = lambda cell: 1.0,
    usual: float = 30.0,
) -> list[Outcome]:
    """Posts at random among these hours of 25 weeks; `truth` is each hour's factor."""
    rng = random.Random(seed)
    found = []
    for _ in range(posts):
        cell = rng.choice(hours)
        day = MONDAY + timedelta(days=7 * rng.randrange(WEEKS) + cell[0])
        count = math.exp(math.log(usual * truth(cell)) + rng.gauss(0, SCATTER))
        found.append(Outcome(day.replace(hour=cell[1]).astimezone(UTC), 1, round(count)))
    return sorted(found, key=lambda one: one.at)


def week(
    rows: Sequence[Outcome], platform: str = "mastodon", zone: ZoneInfo = LONDON
) -> dict[Cell, Judged]:
    """What is made of them."""
    prior = prior_for(platform)
    found = estimate(by_hour(results_in(rows), zone), prior)
    return {cell: Judged(hour, prior, bool(rows)) for cell, hour in found.items()}


def best(judged: dict[Cell, Judged]) -> Judged:
    return max(judged.values(), key=lambda one: one.facts.mean)
