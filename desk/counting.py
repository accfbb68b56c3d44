"""Counts for pages: exact while it matters, and never a walk through a million rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

MOST = 1000


@dataclass(frozen=True)
class Count:
    """A number of rows, shown as "1,000+" from there on."""

    number: int

    def __str__(self) -> str:
        return f"{MOST:,}+" if self.number > MOST else f"{self.number:,}"

    def __bool__(self) -> bool:
        return self.number > 0


def count_up_to(rows: QuerySet[Any], along: str = "") -> Count:
    """Count the rows, but look at no more than needed to say "more than 1,000".

    `along` names the column whose index leads to them, where PostgreSQL would rather read all: it
    takes the share of a time range from the whole table, not from the rows of one state.
    """
    return Count(rows.order_by(*filter(None, [along]))[: MOST + 1].count())
