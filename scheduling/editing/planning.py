"""What a change would make of each post, with what speaks against it. Nothing is changed here.

At most twenty queries, however many posts there are: everything a post needs comes with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.exceptions import ValidationError

from content.models import PieceVersion
from content.rendering import ChannelContent, channel_content, render
from content.sameness import plain, print_of
from platforms.checking import problems_of, stopping
from platforms.limiting import limits_of
from platforms.models import Account
from platforms.values import Limits
from posting.editing import EDITABLE
from posting.models import Post, PublishStep
from posting.states import Hold, Status
from scheduling.conflicts import Conflict, Planned, conflicts_of
from scheduling.editing.wishes import WORDED, What, Wish, check
from scheduling.foreseen import Outlook
from scheduling.timing import instant_to_send
from scheduling.walltime import is_ambiguous, parse_wall, wall_text, zone_named

MOST = 200  # posts in one go: they are changed in one transaction, while the person waits


@dataclass(frozen=True)
class Proposal:
    """One post and what would become of it, or why it stays."""

    post: Post
    before: ChannelContent
    after: ChannelContent
    wall: str = ""  # its new wall time, where it gets one
    fold: int = 0
    at: datetime | None = None
    why_not: str = ""
    conflicts: tuple[Conflict, ...] = ()


@dataclass
class Plan(Outlook[Proposal]):
    """What would become of all of them."""

    wish: Wish
    proposals: list[Proposal] = field(default_factory=list)

    @property
    def in_conflict(self) -> int:
        return sum(bool(one.conflicts) for one in self.going)


class Planner:
    """Thinks one wish through for some posts at one moment. Posts come `for_rows`."""

    def __init__(self, wish: Wish, now: datetime) -> None:
        self.wish, self.now = check(wish), now
        self._limits: dict[tuple[int, int], Limits] = {}

    def plan(self, posts: Sequence[Post]) -> Plan:
        """Return what would become of the posts. Raises ValidationError for an impossible wish."""
        taken = self._taken(posts)
        plan = Plan(self.wish, [self._proposal(post, taken) for post in posts])
        asked = [self._planned(one) for one in plan.going if one.at is not None]
        found = conflicts_of(asked, self.now)
        plan.proposals = [
            self._judged(one, tuple(found.get(one.post.pk, ()))) for one in plan.proposals
        ]
        return plan

    def _proposal(self, post: Post, taken: set[tuple[int, int]]) -> Proposal:
        before = channel_content(post.piece_version, post.platform.slug, post.channel_type.slug)
        same = Proposal(post, before, before)
        if why_not := self._why_gone(post):
            return replace(same, why_not=why_not)
        if self.wish.what is What.SHIFT:
            return self._shifted(same)
        if self.wish.what is What.ACCOUNT:
            return self._elsewhere(same, taken)
        return self._reworded(same)

    def _why_gone(self, post: Post) -> str:
        started = any(step.state == PublishStep.State.STARTED for step in post.steps.all())
        if post.irrevocable or started or post.status == Status.UNCONFIRMED:
            return "partly out already, or maybe"
        allowed = EDITABLE if self.wish.what in WORDED else (Status.SCHEDULED, Status.READY)
        if post.status not in allowed:
            return f"{Status(post.status).label.lower()} by now"
        return ""

    def _shifted(self, one: Proposal) -> Proposal:
        post = one.post
        if post.status != Status.SCHEDULED or not post.wall_time:
            return replace(one, why_not="without a time")
        try:
            moved = parse_wall(post.wall_time) + self.wish.by
            twice = is_ambiguous(moved, zone_named(post.zone))
            fold = post.fold if twice else 0
            at = instant_to_send(wall_text(moved), post.zone, fold, self.now)
        except (ValidationError, OverflowError) as error:
            return replace(one, why_not=" ".join(getattr(error, "messages", [str(error)])))
        return replace(one, wall=wall_text(moved), fold=fold, at=at)

    def _reworded(self, one: Proposal) -> Proposal:
        text, link = self.wish.text(one.before.text).strip(), self.wish.link(one.before.link)
        if (text, link) == (one.before.text, one.before.link):
            return replace(one, why_not="nothing in it to replace")
        after = replace(one.before, text=text, link=link)
        return self._fitting(replace(one, after=after, at=one.post.due_at), one.post.account)

    def _elsewhere(self, one: Proposal, taken: set[tuple[int, int]]) -> Proposal:
        post, account = one.post, self.wish.account
        if account is None or post.brand_id != account.brand_id:
            return replace(one, why_not="of another brand than the account")
        if post.account_id == account.pk:
            return replace(one, why_not="on this account already")
        if post.platform_id != account.platform_id:
            return replace(one, why_not=f"not for {account.platform.name}")
        if Hold.PERSON in post.held_by:
            return replace(one, why_not="on hold; release it first")
        if (post.piece_id, post.channel_type_id) in taken:
            return replace(one, why_not=f"{account.name} has a post of its piece already")
        if not account.can_send:
            return replace(one, why_not=f"{account.name} cannot send now")
        return self._fitting(replace(one, at=post.due_at), account)

    def _taken(self, posts: Sequence[Post]) -> set[tuple[int, int]]:
        """The pieces and channels of which the other account has a post already."""
        if self.wish.what is not What.ACCOUNT:
            return set()
        gone = (Status.CANCELLED, Status.REMOVED)
        pieces = {post.piece_id for post in posts}
        there = Post.objects.filter(account=self.wish.account, piece__in=pieces)
        return set(there.exclude(status__in=gone).values_list("piece", "channel_type"))

    def _fitting(self, one: Proposal, account: Account) -> Proposal:
        """With the reason where the platform would refuse it as it becomes."""
        post = one.post
        key = account.pk, post.channel_type_id
        if key not in self._limits:
            self._limits[key] = limits_of(account, post.channel_type)
        rendition = render(one.after, post.channel_type.slug, self._limits[key])
        found = stopping(problems_of(account.platform.adapter, rendition, self._limits[key]))
        return replace(one, why_not=" ".join(problem.sentence for problem in found))

    def _planned(self, one: Proposal) -> Planned:
        asked = Planned.of(one.post, one.at)
        if self.wish.what is What.SHIFT:
            return asked
        text, link = one.after.text, one.after.link
        said = {"version": 0, "print": print_of(text, link), "words": plain(text, link)}
        if self.wish.what is What.ACCOUNT and self.wish.account is not None:
            return replace(asked, account=self.wish.account.pk, **said)  # type: ignore[arg-type]
        return replace(asked, **said)  # type: ignore[arg-type]

    @staticmethod
    def _judged(one: Proposal, found: tuple[Conflict, ...]) -> Proposal:
        stops = " ".join(conflict.sentence for conflict in found if conflict.stops)
        return replace(one, conflicts=found, why_not=one.why_not or stops)


def versions_of(proposals: Iterable[Proposal]) -> dict[PieceVersion, list[Proposal]]:
    """The proposals by what their posts say now, since posts that say the same stay so."""
    found: dict[PieceVersion, list[Proposal]] = {}
    for one in proposals:
        found.setdefault(one.post.piece_version, []).append(one)
    return found
