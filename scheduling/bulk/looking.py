"""What speaks against a proposal at this moment. Twelve queries, however many posts it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b

from django.db.models import QuerySet

from platforms.checking import stopping
from posting.approvals import needs_approval
from posting.models import Post
from posting.preparing import problems_with
from posting.states import Status
from scheduling.conflicts import Conflict, Planned, conflicts_of
from scheduling.models import Proposal, ProposedPost
from scheduling.timing import PAST_ALLOWED

WITH_ITEM = (
    "piece_version__piece__current", "account__platform", "account__brand",
    "channel_type__platform", "post__account", "post__platform", "post__channel_type",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One post of a proposal, with what keeps it from its time and what speaks against that."""

    item: ProposedPost
    stops: tuple[str, ...]  # with one of these it cannot be confirmed
    conflicts: tuple[Conflict, ...]  # to know; those that stop are among the above too
    reworded: bool = False  # its piece says something else by now

    @property
    def goes(self) -> bool:
        return not self.stops and not self.item.left_out

    @property
    def warns(self) -> list[Conflict]:
        return [one for one in self.conflicts if not one.stops]

    @property
    def can_move(self) -> bool:
        """Whether another time may be better: something that ends speaks against this one."""
        over = any(one.free_from is not None for one in self.conflicts)
        return over or self.item.due_at is None


class Look:
    """A proposal with all its posts, as they stand now."""

    def __init__(self, proposal: Proposal, now: datetime) -> None:
        self.proposal, self.now = proposal, now

    @cached_property
    def items(self) -> list[ProposedPost]:
        rows: QuerySet[ProposedPost] = self.proposal.items.select_related(*WITH_ITEM)
        found = list(rows.prefetch_related("piece_version__media__asset"))
        return sorted(found, key=lambda one: (not one.due_at, one.due_at or self.now, one.place))

    @cached_property
    def seen(self) -> list[Seen]:
        """Every post in the order of the times; those without one come last."""
        counted = [one for one in self.items if one.due_at and not one.left_out]
        conflicts = conflicts_of([_planned(one) for one in counted], self.now)
        return [self._judge(one, tuple(conflicts.get(one.pk, ()))) for one in self.items]

    @cached_property
    def going(self) -> list[Seen]:
        """What would be confirmed, whether or not that can be."""
        return [one for one in self.seen if not one.item.left_out]

    @cached_property
    def stopped(self) -> list[Seen]:
        return [one for one in self.going if one.stops]

    @cached_property
    def warned(self) -> list[Seen]:
        return [one for one in self.going if one.warns and not one.stops]

    @property
    def left_out(self) -> int:
        return len(self.seen) - len(self.going)

    @property
    def reworded(self) -> int:
        return sum(one.reworded for one in self.going)

    @property
    def for_approval(self) -> int:
        """How many keep their time but wait for somebody's approval."""
        return sum(not one.item.existed and needs_approval(one.item.account) for one in self.going)

    @cached_property
    def digest(self) -> str:
        """A hash of all that a person sees here and confirms."""
        told = [
            (
                one.item.pk, one.item.left_out, one.item.wall_time, one.item.piece_version_id,
                one.stops, [(conflict.kind.value, conflict.facts) for conflict in one.conflicts],
            )
            for one in self.seen
        ]  # fmt: skip
        return blake2b(repr(told).encode(), digest_size=16).hexdigest()

    def _judge(self, item: ProposedPost, conflicts: tuple[Conflict, ...]) -> Seen:
        if item.left_out:
            return Seen(item, (), ())
        reworded = item.piece_version.piece.current_id != item.piece_version_id
        reworded = reworded and not item.existed
        stops = [*self._stops(item), *(one.sentence for one in conflicts if one.stops)]
        if reworded:
            stops.insert(0, "The piece was changed since. Take its new words first.")
        return Seen(item, tuple(dict.fromkeys(stops)), conflicts, reworded)

    def _stops(self, item: ProposedPost) -> Iterator[str]:
        account = item.account
        if item.due_at is None:
            yield item.reason or "No time was found."
        elif item.due_at < self.now - PAST_ALLOWED:
            yield "This time has passed."
        if not account.can_send:
            state = account.get_state_display().lower()
            yield f"{account.name} cannot send: {state}. {account.state_reason}".strip()
        if item.existed and item.post and item.post.status != Status.READY:
            yield f"The post is {item.post.get_status_display().lower()} by now, and not ready."
        if not item.existed and not item.again and self._key(item) in self._taken:
            yield f"{account.name} has a post of this piece already."
        yield from (p.sentence for p in stopping(problems_with(_post(item), account)))

    @staticmethod
    def _key(item: ProposedPost) -> tuple[int, int, int]:
        return item.piece_version.piece_id, item.account_id, item.channel_type_id

    @cached_property
    def _taken(self) -> set[tuple[int, int, int]]:
        """What has a post already that is not cancelled or removed."""
        pieces = {one.piece_version.piece_id for one in self.items}
        accounts = {one.account_id for one in self.items}
        posts = Post.objects.filter(piece__in=pieces, account__in=accounts)
        gone = (Status.CANCELLED, Status.REMOVED)
        rows = posts.exclude(status__in=gone).values_list("piece", "account", "channel_type")
        return set(rows)


def _planned(item: ProposedPost) -> Planned:
    channel = f"{item.account.platform.slug}/{item.channel_type.slug}"
    if item.due_at is None:
        raise ValueError("a post without a time is not judged")
    return Planned(
        key=item.pk, account=item.account_id, at=item.due_at, channel=channel,
        post=item.post_id if item.existed and item.post_id else 0, version=item.piece_version_id,
    )  # fmt: skip


def _post(item: ProposedPost) -> Post:
    """The post as it is, or as it would be made."""
    if item.existed and item.post is not None:
        return item.post
    return Post(
        brand=item.account.brand, platform=item.account.platform, account=item.account,
        channel_type=item.channel_type, piece=item.piece_version.piece,
        piece_version=item.piece_version,
    )  # fmt: skip
