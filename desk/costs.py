"""What posts cost where a platform takes money, in words, before they are sent and afterwards."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from platforms.costs import bill_for, dollars
from platforms.models import Account
from platforms.values import Problem, Rendition
from posting.models import Post
from posting.spending import Spending, spending_of


@dataclass(frozen=True)
class Cost:
    """What one post would cost, and whether its account may spend that this month."""

    account: Account
    micros: int
    month: Spending | None = None
    before: int = 0  # what others that go out with it take of the same month

    @property
    def words(self) -> str:
        """$0.20; empty where it is free."""
        return dollars(self.micros) if self.micros else ""

    @property
    def problem(self) -> Problem | None:
        """Say that the cap would keep it."""
        left = self.month.left if self.month else None
        if left is None or self.month is None or not self.micros:
            return None
        left = max(left - self.before, 0)
        if self.micros <= left:
            return None
        return Problem(
            "cap",
            f"This post costs {self.words} at {self.account.platform.name}, and {dollars(left)} is "
            f"left of the {dollars(self.month.cap or 0)} that {self.account.name} may spend in "
            f"{self.month.month}. Sent before the month is over, it waits.",
            level="warn",
        )


def costs_of(posts: Sequence[tuple[Account, Rendition, str]], now: datetime) -> list[Cost]:
    """Return what each post, with its first comment, would cost. One question for all."""
    bills = [sum(bill_for(*post).values()) for post in posts]
    paid = {account.pk: account for (account, _, _), micros in zip(posts, bills, strict=True)
            if micros}  # fmt: skip
    months = spending_of(paid.values(), now)
    taken: dict[int, int] = defaultdict(int)
    found = []
    for (account, _, _), micros in zip(posts, bills, strict=True):
        cost = Cost(account, micros, months.get(account.pk), taken[account.pk])
        taken[account.pk] += 0 if cost.problem else micros
        found.append(cost)
    return found


def total(costs: Iterable[Cost]) -> str:
    """Return what all of them cost together, with who takes it; empty where nobody does."""
    names: dict[str, int] = defaultdict(int)
    for cost in costs:
        names[cost.account.platform.name] += cost.micros
    return ", ".join(f"{dollars(micros)} at {name}" for name, micros in names.items() if micros)


def cost_of_post(post: Post, rendition: Rendition, comment: str) -> str:
    """Return what a post has cost, or will, for its page; empty where it is free."""
    spent = sum(step.cost for step in post.steps.all())
    if spent:
        return f"Cost {dollars(spent)}"
    to_come = sum(bill_for(post.account, rendition, comment).values())
    return f"Costs {dollars(to_come)}" if to_come and not post.remote_id else ""
