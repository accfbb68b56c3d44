"""What would go out, and when, if a pause, a stop or a hold ended now.

Pages show it before somebody resumes. It asks the same questions as the dispatcher and the claim:
what is later than its account allows is missed or skipped, what else is late goes out one by one,
and the rest at once. Nothing is changed by asking.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from django.db.models import Max

from organisation.models import Switch
from platforms.models import Account
from posting.catching_up import LATE_AFTER, turns
from posting.models import Post
from posting.models.post import PostQuerySet
from posting.states import Hold

MOST = 500  # posts that are looked at; a page has to answer


class Fate(Enum):
    """What becomes of a post whose moment has passed."""

    AT_ONCE = "at once"
    IN_TURN = "in its turn among the late ones"
    ASKS = "missed, and asks"
    SKIPPED = "skipped"
    WAITS = "still waits"


@dataclass(frozen=True)
class Expected:
    """One post, what becomes of it, and when. `why` says what it still waits for."""

    post: Post
    fate: Fate
    at: datetime | None = None
    why: str = ""


@dataclass
class Forecast:
    """All that would happen at once, first what goes first."""

    expected: list[Expected] = field(default_factory=list)
    more: bool = False  # there are more posts than were looked at

    @property
    def going(self) -> list[Expected]:
        return [one for one in self.expected if one.at is not None]

    @property
    def at_once(self) -> int:
        return self._number(Fate.AT_ONCE)

    @property
    def in_turn(self) -> int:
        return self._number(Fate.IN_TURN)

    @property
    def asking(self) -> int:
        return self._number(Fate.ASKS)

    @property
    def skipped(self) -> int:
        return self._number(Fate.SKIPPED)

    @property
    def last(self) -> datetime | None:
        """When the last of them would go out."""
        return max((one.at for one in self.expected if one.at is not None), default=None)

    @property
    def waiting(self) -> list[tuple[str, int]]:
        """What else keeps posts from going out, with how many."""
        whys = Counter(one.why for one in self.expected if one.fate is Fate.WAITS)
        return list(whys.items())

    def _number(self, fate: Fate) -> int:
        return sum(one.fate is fate for one in self.expected)


@dataclass(frozen=True)
class Resumed:
    """What is supposed to have ended: these accounts' pauses, these switches, these holds."""

    accounts: frozenset[int] = frozenset()
    brands: frozenset[int | None] = frozenset()  # None: the switch of everything
    holds: Hold = Hold.NONE


def foresee(posts: PostQuerySet, resumed: Resumed, now: datetime) -> Forecast:
    """Return what becomes of those of `posts` whose moment has passed, once `resumed` has ended.

    Four questions to the database, and one for each account with late posts.
    """
    due = posts.scheduled().filter(wake_at__lte=now)
    if not resumed.holds:  # what is held stays held, and an index leads to the rest
        due = due.filter(holds=0)
    found = list(due.for_list().order_by("wake_at", "pk")[: MOST + 1])
    forecast = Forecast(more=len(found) > MOST)
    stops = _stops(resumed)
    by_account: dict[int, list[Post]] = defaultdict(list)
    for post in found[:MOST]:
        if why := _still_waits(post, resumed, stops, now):
            forecast.expected.append(Expected(post, Fate.WAITS, why=why))
        else:
            by_account[post.account_id].append(post)
    for row in by_account.values():
        forecast.expected += _of_account(row[0].account, row, resumed, now)
    forecast.expected.sort(key=_place)
    return forecast


def _stops(resumed: Resumed) -> set[int | None]:
    stopped: set[int | None] = set(
        Switch.objects.filter(stopped=True).values_list("brand", flat=True)
    )
    return stopped - resumed.brands


def _still_waits(post: Post, resumed: Resumed, stops: set[int | None], now: datetime) -> str:
    account, left = post.account, post.held_by & ~resumed.holds
    if None in stops:
        return "everything is stopped"
    if post.brand_id in stops:
        return f"{post.brand} is stopped"
    if left & Hold.APPROVAL and not post.irrevocable:
        return "nobody has approved them"
    if left & Hold.PERSON:
        return "on hold by themselves"
    if left & Hold.LABEL:
        return "a label is on hold"
    if not account.platform.enabled:
        return f"{account.platform.name} is switched off"
    if account.pk in resumed.accounts:
        return ""
    if not account.can_send:
        return f"{account.name}: {account.get_state_display().lower()}"
    if account.blocked_until is not None and account.blocked_until > now:
        return f"{account.platform.name} takes nothing from {account.name} for now"
    return ""


def _of_account(
    account: Account, posts: Sequence[Post], resumed: Resumed, now: datetime
) -> Iterable[Expected]:
    """As the dispatcher would: the late policy first, then turns for what else is late."""
    late: list[Post] = []
    for post in posts:
        begun = post.first_claimed_at is not None or post.irrevocable
        asks = account.late_policy != Account.LatePolicy.SEND and not begun
        if asks and post.due_at is not None and post.due_at < now - account.late_limit:
            skips = account.late_policy == Account.LatePolicy.SKIP
            yield Expected(post, Fate.SKIPPED if skips else Fate.ASKS)
        elif not begun and _is_late(post, account, now):
            late.append(post)
        else:
            yield Expected(post, Fate.AT_ONCE, now)
    if not late:
        return
    again, last = _turns_given(account, late, now)
    for post, turn in turns(account, [*late, *again], last, now):
        if post in late:
            yield Expected(post, Fate.IN_TURN, turn)


def _is_late(post: Post, account: Account, now: datetime) -> bool:
    """As `catching_up.late_now` for one row."""
    if post.wake_at is None or post.wake_at >= now - LATE_AFTER:
        return False
    return account.last_served_at is None or post.wake_at > account.last_served_at


def _turns_given(
    account: Account, late: Sequence[Post], now: datetime
) -> tuple[list[Post], datetime | None]:
    """Turns to come that are given anew, or the last of those that stand."""
    waiting = Post.objects.leaving().filter(account=account, first_claimed_at=None)
    to_come = waiting.filter(next_attempt_at__gt=now, due_at__lt=now, irrevocable=False)
    if any(post.next_attempt_at for post in late):
        return list(to_come), None
    return [], to_come.aggregate(last=Max("next_attempt_at"))["last"]


def _place(one: Expected) -> tuple[bool, float, int]:
    """What goes out first; then what does not."""
    return one.at is None, one.at.timestamp() if one.at else 0.0, one.post.pk
