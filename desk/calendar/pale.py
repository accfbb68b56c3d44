"""What is not there yet, and stands on the calendar pale and dashed: times that are proposed, and
those of recurring plans for which no post is made yet."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from desk.calendar.marks import Mark, marks_of
from desk.listing.page import PostList
from platforms.models import Account
from posting.states import Status
from scheduling.bulk.looking import Look
from scheduling.models import Proposal
from scheduling.recurring.ahead import Ahead, times_ahead

MOST = 1000  # times of plans that are drawn


@dataclass(frozen=True)
class Pale:
    """One time that somebody or something only thinks of."""

    key: str
    account: Account
    at: datetime
    title: str
    says: str  # "Proposed" or "Planned"
    icon: str
    url: str


def shows_pale(posts: PostList) -> bool:
    """Whether the filters leave what has neither state, author, label nor words of its own yet."""
    filters = posts.filters
    ahead = not filters.status or Status.SCHEDULED in filters.status
    return ahead and not (filters.q or filters.author or filters.label)


def proposed(
    proposal: Proposal, accounts: Collection[int] | None, first: datetime, last: datetime
) -> Iterator[Pale]:
    """Yield what a proposal would make between two instants. One query."""
    items = proposal.items.filter(left_out=False, due_at__gte=first, due_at__lt=last)
    page = reverse("desk:proposal", args=[proposal.pk])
    for item in items.select_related("piece_version__piece", "account__platform"):
        if item.due_at and (accounts is None or item.account_id in accounts):
            yield Pale(
                f"item-{item.pk}", item.account, item.due_at, str(item.piece_version.piece),
                "Proposed", "fa-solid fa-wand-magic-sparkles", f"{page}#item-{item.pk}",
            )  # fmt: skip


def marks_of_proposed(proposal: Proposal, now: datetime) -> dict[str, list[Mark]]:
    """Return what speaks against each proposed time, by its key; what stops it comes first."""
    found: dict[str, list[Mark]] = {}
    for seen in Look(proposal, now).going:
        marks = marks_of(seen.conflicts, ())
        told = {mark.sentence for mark in marks}
        stops = [
            Mark("circle-xmark", "Cannot go", sentence, grave=True)
            for sentence in seen.stops
            if sentence not in told
        ]
        if stops or marks:
            found[f"item-{seen.item.pk}"] = stops + marks
    return found


def planned(
    posts: PostList, first: datetime, last: datetime, now: datetime
) -> tuple[list[Pale], bool]:
    """Return when recurring plans go on beyond their posts, and whether there is more than is
    drawn. One to four queries."""
    found, more = times_ahead(posts.brand_ids, posts.account_ids, first, last, now, MOST)
    return [_planned(one) for one in found], more


def _planned(one: Ahead) -> Pale:
    nominal, plan = one.moment.nominal, one.plan
    return Pale(
        f"plan-{one.target.pk}-{nominal:%Y%m%dT%H%M}", one.target.account, one.moment.instant,
        str(plan.piece), "Planned", "fa-solid fa-repeat", reverse("desk:plan", args=[plan.pk]),
    )  # fmt: skip
