"""What one row of a list says about its post, and what a person may do with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from content.models import VersionMedia
from desk.decisions import (
    BY_SLUG,
    DECISIONS,
    Decision,
    may_be_out,
    next_step,
    waits_for_approval,
)
from desk.reach import Reach
from desk.words import day_named, moment, span, when
from organisation.models import User
from organisation.rights import APPROVE_POST, PUBLISH_POST, WRITE_PIECE
from platforms.checking import stopping
from posting.editing import EDITABLE
from posting.models import Post
from posting.models.post import BEFORE_SENDING
from posting.preparing import problems_with
from posting.spending import CAPPED
from posting.states import Hold, Status
from scheduling.conflicts import Conflict, conflicts_of_posts

SOON = timedelta(seconds=5)
LONGEST_PAUSE = 3600  # seconds between two looks of a page where nothing moves


@dataclass(frozen=True)
class Remark:
    """What the column "Check" says."""

    words: str
    look: str = ""  # a state whose colour it takes; empty for what is fine
    icon: str = "check"
    url: str = ""


@dataclass(frozen=True)
class Row:
    post: Post
    now: datetime
    rights: frozenset[str]
    conflicts: tuple[Conflict, ...] = ()

    @property
    def picture(self) -> VersionMedia | None:
        return next(iter(self.post.piece_version.media.all()), None)

    @property
    def step(self) -> Decision | None:
        """What this person would most likely do next with it."""
        if waits_for_approval(self.post, self.now):
            step: Decision | None = BY_SLUG["approve"]
        else:
            step = next_step(self.post, self.now) if self.post.status in STUCK else None
        return step if step and step.right in self.rights else None

    @property
    def decisions(self) -> list[Decision]:
        offered = [d for d in DECISIONS if d.slug not in WITH_EVIDENCE and d.right in self.rights]
        return [decision for decision in offered if decision.fits(self.post, self.now)]

    @property
    def may_reword(self) -> bool:
        """Whether this person may still give it other words."""
        open_to_change = self.post.status in EDITABLE and not self.post.irrevocable
        return open_to_change and WRITE_PIECE in self.rights and not may_be_out(self.post)

    @property
    def remark(self) -> Remark:
        return remark_on(self.post, self.now, self.conflicts)

    @property
    def moves(self) -> bool:
        """Whether a page should look again within seconds."""
        post = self.post
        if post.status != Status.SCHEDULED or post.holds or post.wake_at is None:
            return post.status == Status.PUBLISHING
        return post.wake_at <= self.now + SOON

    @property
    def part(self) -> str:
        """Under which heading it stands in the order in which posts go out."""
        at = self.post.wake_at
        return day_named(at, self.now) if at and at > self.now else "Due now"

    @property
    def goes_first(self) -> bool:
        return self.post.priority > Post.Priority.NORMAL and self.post.status in BEFORE_SENDING

    @property
    def key_time(self) -> str:
        """How far its time is from now: "in 13 min", "42 min ago"."""
        at = self.post.published_at or self.post.due_at
        if at is None or abs(at - self.now) > timedelta(days=2):
            return ""
        if abs(at - self.now) < timedelta(minutes=1):
            return "now"
        return f"in {span(at - self.now)}" if at > self.now else f"{span(self.now - at)} ago"


STUCK = (Status.FAILED, Status.MISSED)
# Decided on the post's page, evidence first.
WITH_EVIDENCE = (
    "it-is-out", "send-again", "give-up", "it-is-gone", "edit", "allow-alike",
)  # fmt: skip


def rows_of(ids: Sequence[int], *, user: User, now: datetime) -> list[Row]:
    """Return the rows in the order of `ids`, with all that they show. Constant queries."""
    posts = Post.objects.filter(pk__in=ids).for_rows()
    by_id = {post.pk: post for post in posts}
    reach = Reach(user)
    rights = (PUBLISH_POST, APPROVE_POST, WRITE_PIECE)
    held = {right: {brand.pk for brand in reach.where(right)} for right in rights}
    conflicts = conflicts_of_posts(posts, now)
    return [
        Row(
            post,
            now,
            frozenset(right for right in held if post.brand_id in held[right]),
            tuple(conflicts.get(post.pk, ())),
        )
        for post in (by_id[pk] for pk in ids if pk in by_id)
    ]


def look_again(rows: Iterable[Row], now: datetime) -> str:
    """When an open page asks again: every 2 s while a row moves, else when the next one is due."""
    rows = list(rows)
    if any(row.moves for row in rows):
        return "every 2s"
    waiting = [
        row.post.wake_at
        for row in rows
        if row.post.status == Status.SCHEDULED and not row.post.holds and row.post.wake_at
    ]
    if not waiting:
        return ""
    pause = (min(waiting) - now - SOON).total_seconds()
    return f"load delay:{min(max(int(pause), 2), LONGEST_PAUSE)}s"


def remark_on(post: Post, now: datetime, conflicts: Sequence[Conflict] = ()) -> Remark:
    """Return what a person should know of the post before anything else."""
    status = Status(post.status)
    if status == Status.UNCONFIRMED:
        return Remark("Needs your decision", status, "hand")
    if status == Status.MISSED:
        late = f" {span(now - post.due_at)}" if post.due_at else ""
        return Remark(f"Was due{late} ago. Not sent." if late else "Not sent.", status, "clock")
    if status == Status.FAILED:
        return Remark(post.error_sentence or "Not out.", status, "triangle-exclamation")
    if status == Status.PUBLISHING:
        return Remark("A worker is sending it", "", "paper-plane")
    if status in (Status.READY, Status.SCHEDULED):
        return _before_sending(post, conflicts)
    if status == Status.PUBLISHED and post.remote_url:
        return Remark(f"Open at {post.account.platform.name}", "", "arrow-up-right-from-square",
                      post.remote_url)  # fmt: skip
    return Remark("", "", "")


def _before_sending(post: Post, conflicts: Sequence[Conflict]) -> Remark:
    if not post.account.can_send:
        words = f"{post.account.get_state_display()}: {post.account.name}"
        return Remark(words, Status.FAILED, "link-slash")
    if Hold.APPROVAL in post.held_by:
        return Remark("Waits for approval", Status.UNCONFIRMED, "user-check")
    if post.holds:
        ends = f" until {when(post.held_until)}" if post.held_until else ""
        return Remark(f"On hold{ends}", Status.READY, "pause")
    if post.is_being_prepared and post.wake_at:
        words = f"{post.account.platform.name} prepares it; looked at again at {when(post.wake_at)}"
        return Remark(words, Status.PUBLISHING, "hourglass-half")
    if post.error_class == CAPPED:
        return Remark("Waits: the month’s cap is reached", Status.UNCONFIRMED, "coins")
    if post.next_attempt_at and not (post.first_claimed_at or post.error_sentence):
        words = f"Late: its turn comes at {moment(post.next_attempt_at)}"
        return Remark(words, Status.MISSED, "clock")
    if post.error_sentence and post.wake_at:
        return Remark(f"Tried again at {when(post.wake_at)}", Status.UNCONFIRMED, "rotate-right")
    stops = stopping(problems_with(post, post.account)) if post.snapshot is None else []
    if stops:
        return Remark(stops[0].sentence, Status.FAILED, "triangle-exclamation")
    return _in_conflict(post, conflicts) if conflicts else Remark("Nothing to fix")


def _in_conflict(post: Post, conflicts: Sequence[Conflict]) -> Remark:
    first, *more = conflicts
    words = f"{first.sentence} And {len(more)} more." if more else first.sentence
    look = Status.FAILED if first.stops else Status.UNCONFIRMED
    return Remark(words, look, first.icon, f"{reverse('desk:post', args=[post.pk])}#conflicts")
