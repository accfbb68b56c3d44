"""A dry run: what a post would send, and what would keep it, without a byte leaving."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from content.models import Piece
from organisation.models import Switch
from platforms.checking import stopping
from platforms.clock import boottime
from platforms.errors import PlatformError
from platforms.models import Account, ChannelType
from platforms.registry import adapter_for
from platforms.values import Json, Rendition
from posting.approvals import covers, needs_approval
from posting.connecting import Target, check_target, client_until, connection_for, target_of
from posting.models import Post
from posting.preparing import problems_with, rendition_of
from posting.states import Hold, Status


@dataclass(frozen=True)
class Rehearsal:
    """What was found. With no `hindrances` the post would go out as `rendition` at its time."""

    rendition: Rendition
    hindrances: list[str]
    steps: list[str]  # the journal's names of what would be done, in order


class _Reached(Exception):
    """The step that creates was reached. What follows it depends on the platform's answer."""


class _Anything(dict[str, str]):
    """What a step that was not done would have answered: something, under every name."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    def __missing__(self, name: str) -> str:
        return self.step


@dataclass
class _NoJournal:
    """Stands where the journal would: notes each step and does none of them."""

    steps: list[str] = field(default_factory=list)

    def once(self, step: str, send: Callable[[], Json], request: Json) -> Json:
        self.steps.append(step)
        raise _Reached

    def keyed(
        self, step: str, send: Callable[[str], Json], request: Json, window: timedelta
    ) -> Json:
        self.steps.append(step)
        raise _Reached

    def repeatable(
        self,
        step: str,
        do: Callable[[], Json],
        valid_for: timedelta = timedelta(hours=1),
        request: Json | None = None,
    ) -> Json:
        self.steps.append(step)
        return _Anything(step)

    def forget(self, step: str) -> None:
        """Nothing was done that could be forgotten."""


def rehearse(post: Post, now: datetime) -> Rehearsal:
    """Do all that sending the post does up to its first request. Writes nothing, sends nothing."""
    rendition, target = rendition_of(post, post.account), target_of(post.account)
    problems = [found.sentence for found in stopping(problems_with(post, post.account))]
    journal = _NoJournal()
    refusals = _refusals(target, rendition, journal)
    return Rehearsal(
        rendition, [*_waits(post, rendition, now), *problems, *refusals], journal.steps
    )


def try_out(piece: Piece, account: Account, channel_type: ChannelType, now: datetime) -> Rehearsal:
    """Do with a piece what `rehearse` does with a post, as if it were due now. Writes nothing."""
    post = Post(
        piece_version=piece.current,
        brand=account.brand,
        account=account,
        platform=account.platform,
        channel_type=channel_type,
        status=Status.SCHEDULED,
        due_at=now,
    )
    rendition, target = rendition_of(post, account), target_of(account)
    problems = [found.sentence for found in stopping(problems_with(post, account))]
    journal = _NoJournal()
    refusals = _refusals(target, rendition, journal)
    waits = _account_waits(account, now)
    return Rehearsal(rendition, [*waits, *problems, *refusals], journal.steps)


def _waits(post: Post, rendition: Rendition, now: datetime) -> Iterator[str]:
    """Say what keeps the post here, whatever it says."""
    account = post.account
    if post.status != Status.SCHEDULED:
        yield f"It is {post.get_status_display().lower()}, not scheduled."
    if needs_approval(account) and not post.irrevocable and not covers(post, rendition, now):
        yield "Nobody has approved it."
    if Hold.PERSON in post.held_by:
        yield "A person has put it on hold."
    if Hold.LABEL in post.held_by:
        yield "A label of its piece is on hold."
    yield from _account_waits(account, now)


def _account_waits(account: Account, now: datetime) -> Iterator[str]:
    """Say what keeps every post of the account here."""
    until = account.blocked_until
    if not account.can_send:
        yield f"{account.name} is {account.get_state_display().lower()}."
    if not account.platform.enabled:
        yield f"{account.platform.name} is switched off here."
    if until and until > now:
        yield f"{account.platform.name} asked for a pause until {until:%H:%M:%S} UTC."
    if Switch.objects.stopped_for(account.brand_id).exists():
        yield "Publishing is stopped."


def _refusals(target: Target, rendition: Rendition, journal: _NoJournal) -> list[str]:
    adapter = adapter_for(target.adapter_slug)
    client = client_until(boottime() - 1, target)  # past its deadline: it refuses every request
    try:
        check_target(target, adapter)
        adapter(connection_for(target, client)).publish(rendition, journal)
    except _Reached:
        return []
    except PlatformError as error:
        return [error.sentence]
    return []
