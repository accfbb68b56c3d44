"""Deciding about many missed posts at once: when each goes out, or that it does not.

`plan_for` says what would become of each post and changes nothing; `decide` does it, planning again
under the locks of the accounts, so that what was taken meanwhile counts. One decision is one row
with where each post stood, which `undo` puts back as far as nothing has happened to it since.
"""

import uuid
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from organisation.audit import record
from organisation.models import User
from platforms.models import Account
from posting import deciding
from posting.deciding import NotPossible
from posting.models import LateDecided, LateDecision, Post, PublishStep
from posting.states import Hold, Status
from posting.waking import wake_soon
from scheduling.conflicts import Conflict, Planned, conflicts_of
from scheduling.foreseen import Outlook
from scheduling.neighbours import posts_between
from scheduling.slots import NoFreeSlot, free_openings, lock
from scheduling.timing import refuse_if_unfit, schedule
from scheduling.walltime import wall_text, zone_named

MOST = 500  # posts in one go
CHUNK = 50  # posts that are decided together
NOTE_MAX = 300  # characters
A_DAY = timedelta(days=1)
Choice = LateDecision.Choice
STARTED = PublishStep.State.STARTED


@dataclass(frozen=True)
class Wish:
    """What a person wants for the chosen posts."""

    choice: Choice
    queue: str = ""  # for SLOTS: whose slots; empty: those for any post
    first: datetime | None = None  # for SPREAD, with `last`: instants
    last: datetime | None = None
    note: str = ""  # for GIVE_UP: why


@dataclass(frozen=True)
class Proposal:
    """One post and what would become of it: a time, nothing any more, or why it stays missed."""

    post: Post
    at: datetime | None = None
    why_not: str = ""
    conflicts: tuple[Conflict, ...] = ()


@dataclass
class Plan(Outlook[Proposal]):
    """What would become of all of them, what goes first first."""

    wish: Wish
    proposals: list[Proposal] = field(default_factory=list)

    @property
    def last(self) -> datetime | None:
        """When the last one would go out."""
        return max((one.at for one in self.going if one.at is not None), default=None)

    @property
    def in_conflict(self) -> int:
        return sum(bool(one.conflicts) for one in self.going)


@dataclass
class Outcome:
    """What became of a decision, or of taking it back. A reason leads to the posts it is about."""

    done: int = 0
    refused: dict[str, list[Post]] = field(default_factory=dict)

    def refuse(self, post: Post, why: str) -> None:
        self.refused.setdefault(why, []).append(post)


def check(wish: Wish, now: datetime) -> None:
    """Raise ValidationError, by field, for a wish that cannot be."""
    if wish.choice == Choice.GIVE_UP and not wish.note:
        raise ValidationError({"note": "Say why, for whoever asks later. Nothing was changed."})
    if wish.choice != Choice.SPREAD:
        return
    if wish.first is None or wish.last is None:
        missing = "first" if wish.first is None else "last"
        raise ValidationError({missing: "Choose a date and a time."})
    if wish.first < now:
        raise ValidationError({"first": "This time has passed. Choose a later one."})
    if wish.last <= wish.first:
        raise ValidationError({"last": "The range ends before it begins. Choose a later end."})


def plan_for(posts: Sequence[Post], wish: Wish, now: datetime) -> Plan:
    """Return what would become of the posts, with what speaks against the times.

    Some queries for each account, seven for the conflicts, and few for each post.
    """
    plan = Plan(wish, list(_proposed(posts, wish, now, _spread(posts, wish))))
    asked = [Planned.of(one.post, one.at) for one in plan.going if one.at is not None]
    found = conflicts_of(asked, now)
    plan.proposals = [
        replace(one, conflicts=tuple(found.get(one.post.pk, ()))) for one in plan.proposals
    ]
    plan.proposals.sort(key=lambda one: (one.at is None, one.at or now, one.post.pk))
    return plan


def decide(
    key: uuid.UUID, posts: Sequence[Post], wish: Wish, *, by: User, now: datetime
) -> tuple[LateDecision, Outcome | None]:
    """Do it, some posts at a time, each by compare-and-swap. What cannot be done is told.

    `key` is chosen when the preview is shown: the same key again decides nothing, and the outcome
    is None. Raises ValidationError for a wish that cannot be.
    """
    check(wish, now)
    with transaction.atomic():
        decision, new = LateDecision.objects.get_or_create(
            id=key, defaults={"choice": wish.choice, "note": wish.note, "by": by}
        )
    if not new:
        return decision, None
    outcome, fixed = Outcome(), _spread(posts, wish)
    in_order = sorted(posts, key=lambda post: (post.account_id, *_age(post)))
    for start in range(0, len(in_order), CHUNK):
        chunk = in_order[start : start + CHUNK]
        with transaction.atomic():
            lock(post.account_id for post in chunk)
            for proposal in _proposed(chunk, wish, now, fixed):
                _carry_out(decision, proposal, wish, outcome, by, now)
    wake_soon()
    return decision, outcome


def undo(decision: LateDecision, posts: set[int], *, by: User, now: datetime) -> Outcome:
    """Make those of the decision's posts missed again to which nothing has happened since.

    `posts`: the ids that this person may decide about. Raises NotPossible the second time.
    """
    first = LateDecision.objects.filter(pk=decision.pk, undone_at=None)
    if not first.update(undone_at=now, undone_by=by):
        raise NotPossible("This decision was undone already. Nothing was changed.")
    outcome = Outcome()
    rows = decision.rows.select_related("post__piece", "post__account", "post__brand")
    found = list(rows.order_by("post_id"))
    for start in range(0, len(found), CHUNK):
        with transaction.atomic():
            for row in found[start : start + CHUNK]:
                _take_back(row, row.post_id in posts, outcome, by)
    return outcome


def _age(post: Post) -> tuple[int, datetime, int]:
    """What goes first: what is to be sent first, then the oldest."""
    return -post.priority, post.due_at or post.updated_at, post.pk


def _proposed(
    posts: Sequence[Post], wish: Wish, now: datetime, fixed: Mapping[int, datetime]
) -> Iterator[Proposal]:
    by_account: dict[int, list[Post]] = defaultdict(list)
    for post in sorted(posts, key=_age):
        if why_not := _why_not(post, wish):
            yield Proposal(post, why_not=why_not)
        else:
            by_account[post.account_id].append(post)
    for row in by_account.values():
        yield from _for_account(row[0].account, row, wish, now, fixed)


def _why_not(post: Post, wish: Wish) -> str:
    if post.status != Status.MISSED:
        return f"{Status(post.status).label.lower()} by now"
    if post.irrevocable or any(step.state == STARTED for step in post.steps.all()):
        return "partly out already, or maybe"
    if wish.choice == Choice.NOW and post.held_by & Hold.APPROVAL:
        return "not approved; approve it first"
    if wish.choice == Choice.NOW and post.holds:
        return "on hold; release it first"
    return ""


def _for_account(
    account: Account,
    posts: Sequence[Post],
    wish: Wish,
    now: datetime,
    fixed: Mapping[int, datetime],
) -> Iterator[Proposal]:
    if wish.choice == Choice.GIVE_UP:
        yield from (Proposal(post) for post in posts)
        return
    try:
        times = list(_times(account, posts, wish, now, fixed))
    except NoFreeSlot as none:
        yield from (Proposal(post, why_not=" ".join(none.messages)) for post in posts)
        return
    for place, post in enumerate(posts):
        if place < len(times):
            yield _checked(post, times[place])
        else:
            yield Proposal(post, why_not=f"{account.name} has no more free slots within a year")


def _checked(post: Post, at: datetime) -> Proposal:
    try:
        refuse_if_unfit(post, at)
    except ValidationError as refusal:
        return Proposal(post, why_not=" ".join(refusal.messages))
    return Proposal(post, at)


def _times(
    account: Account,
    posts: Sequence[Post],
    wish: Wish,
    now: datetime,
    fixed: Mapping[int, datetime],
) -> Iterable[datetime]:
    if wish.choice == Choice.SPREAD:
        return [fixed[post.pk] for post in posts]
    if wish.choice == Choice.SLOTS:
        found = free_openings(account, now, queue=wish.queue, number=len(posts))
        return [one.at for one in found]
    return _one_by_one(account, len(posts), now)


def _one_by_one(account: Account, number: int, now: datetime) -> Iterator[datetime]:
    """Now and then each the least gap after the last, around what the account sends anyway."""
    gap = account.minimum_gap
    turn = now.replace(microsecond=0)
    if account.last_served_at is not None and account.last_served_at + gap > now:
        turn = (account.last_served_at + gap).replace(microsecond=0) + timedelta(seconds=1)
    near = posts_between([account.pk], now - gap, now + gap * (2 * number) + A_DAY)
    taken = sorted(one.at for one in near)
    for _ in range(number):
        turn = _next_gap(turn, gap, taken)
        yield turn
        turn += gap


def _next_gap(turn: datetime, gap: timedelta, taken: Sequence[datetime]) -> datetime:
    """The first instant from `turn` on that is far enough from all that are taken."""
    while True:
        low, high = bisect_right(taken, turn - gap), bisect_left(taken, turn + gap)
        if low >= high:
            return turn
        turn = taken[high - 1] + gap


def _spread(posts: Sequence[Post], wish: Wish) -> dict[int, datetime]:
    """The instants of a range, evenly for each account; a single post goes first."""
    if wish.choice != Choice.SPREAD or wish.first is None or wish.last is None:
        return {}
    by_account: dict[int, list[Post]] = defaultdict(list)
    for post in sorted(posts, key=_age):
        by_account[post.account_id].append(post)
    fixed = {}
    for row in by_account.values():
        step = (wish.last - wish.first) / max(len(row) - 1, 1)
        for place, post in enumerate(row):
            fixed[post.pk] = (wish.first + place * step).replace(second=0, microsecond=0)
    return fixed


def _carry_out(
    decision: LateDecision,
    proposal: Proposal,
    wish: Wish,
    outcome: Outcome,
    by: User,
    now: datetime,
) -> None:
    post = proposal.post
    if proposal.why_not:
        outcome.refuse(post, proposal.why_not)
        return
    before = LateDecided(
        decision=decision,
        post=post,
        wall_time=post.wall_time,
        zone=post.zone,
        fold=post.fold,
        due_at=post.due_at,
        error_sentence=post.error_sentence,
    )
    try:
        with transaction.atomic():
            _do(proposal, wish, by, now)
            post.refresh_from_db(fields=["version"])
            before.version = post.version
            before.save()
    except NotPossible as refusal:
        outcome.refuse(post, str(refusal))
    except ValidationError as refusal:
        outcome.refuse(post, " ".join(refusal.messages))
    else:
        outcome.done += 1


def _do(proposal: Proposal, wish: Wish, by: User, now: datetime) -> None:
    post, at = proposal.post, proposal.at
    if at is None:
        deciding.cancel(post, by=by, now=now, note=f"It was late. {wish.note}")
        return
    zone = post.zone or post.account.timezone
    wall = at.astimezone(zone_named(zone))
    schedule(post, wall=wall_text(wall), zone=zone, fold=wall.fold, by=by, now=now)


def _take_back(row: LateDecided, may: bool, outcome: Outcome, by: User) -> None:
    post = row.post
    if not may:
        outcome.refuse(post, f"of {post.brand}, where your role does not include this")
        return
    old = Status.CANCELLED if row.decision.choice == Choice.GIVE_UP else Status.SCHEDULED
    sentence = f"{by} took back what was decided about late posts. It is missed again."
    moved = post.status == old and Post.objects.advance(
        post.pk,
        old=old,
        new=Status.MISSED,
        actor=str(by),
        sentence=sentence,
        guards={
            "version": row.version,
            "lease_token": post.lease_token,
            "first_claimed_at": post.first_claimed_at if old == Status.CANCELLED else None,
            "irrevocable": False,
        },
        values={
            "wall_time": row.wall_time,
            "zone": row.zone,
            "fold": row.fold,
            "due_at": row.due_at,
            "wake_at": row.due_at,
            "next_attempt_at": None,
            "error_sentence": row.error_sentence,
            "version": row.version + 1,
        },
    )
    if moved:
        record("undo late work", f"{sentence} {post}.", by=by, subject=post, brand=post.brand)
        outcome.done += 1
    else:
        post.refresh_from_db()
        outcome.refuse(post, f"{Status(post.status).label.lower()} or changed by now")
