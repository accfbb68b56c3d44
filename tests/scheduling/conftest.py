"""A recurring plan of two channels, and what was made for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from organisation.models import User
from platforms.models import Account
from posting.drafting import first_channel
from posting.models import Post
from scheduling.models import Occurrence, Schedule
from scheduling.recurring.changing import PlanWords, make_plan
from scheduling.recurring.rules import parse_rule
from scheduling.walltime import parse_wall
from tests.factories import AccountFactory, PieceFactory, UserFactory

Words = Callable[..., PlanWords]


@pytest.fixture
def by() -> User:
    return UserFactory()


@pytest.fixture
def accounts() -> list[Account]:
    first = AccountFactory(timezone="Europe/London", name="London")
    return [first, AccountFactory(brand=first.brand, timezone="America/New_York", name="New York")]


@pytest.fixture
def words(accounts: list[Account]) -> Words:
    """What a person says of a plan: every day at 09:00 from tomorrow on, or as asked."""
    piece = PieceFactory(brand=accounts[0].brand)

    def words(rule: str = "FREQ=DAILY", start: str = "", **said: Any) -> PlanWords:
        said.setdefault("piece", piece)
        channels = [(account, first_channel(account)) for account in said.pop("accounts", accounts)]
        return PlanWords(
            channels=channels, rule=parse_rule(rule), start=parse_wall(start or "2026-12-01 09:00"),
            **said,
        )  # fmt: skip

    return words


@pytest.fixture
def plan(words: Words, by: User, now: datetime) -> Schedule:
    return make_plan(words().piece.brand, words(), by=by, now=now)


@pytest.fixture
def now() -> datetime:
    return datetime.fromisoformat("2026-11-30T20:00:00+00:00")


def posts_of(plan: Schedule) -> list[Post]:
    """The posts of a plan by their instants."""
    return list(Post.objects.filter(occurrence__target__schedule=plan).order_by("due_at", "id"))


def nominals(plan: Schedule, state: str = Occurrence.State.MADE) -> list[str]:
    rows = Occurrence.objects.filter(target__schedule=plan, state=state)
    return sorted(set(rows.values_list("nominal", flat=True)))
