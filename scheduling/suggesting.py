"""Suggested times that the rules leave free, and what ready posts could get of them.

`analytics.best_times` says when posts of an account do well and knows nothing of the schedule. Here
those times go through everything that keeps a slot from being taken (`scheduling.slots`): the least
gap, hours, days off, the day's budget, the platform's quota, a stopped account. Proposing changes
nothing. `accept` gives the times, under the accounts' locks, to posts that are as they were seen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from analytics.best_times import Suggestion, hours_of
from organisation.models import User
from platforms.checking import stopping
from platforms.models import Account
from posting.deciding import NotPossible
from posting.models import Post
from posting.models.post import PostQuerySet
from posting.preparing import problems_with
from posting.states import Status
from scheduling.account_times import AccountTimes, account_times
from scheduling.conflicts import Planned, Scene, with_prints
from scheduling.models import TimeRules
from scheduling.moving import Before, move, take_back
from scheduling.neighbours import Neighbour, posts_between
from scheduling.slots import FAR, NOBODY, lock, why_not_free
from scheduling.walltime import instant_of, parse_wall, wall_text, zone_named

APART = timedelta(hours=1)  # an hour with a post of the account in or around it is not suggested
AT_ONCE = 24  # times that are judged together
MOST = 50  # posts that are given times at once


@dataclass(frozen=True)
class Proposal:
    """A time that a ready post could get, or why there is none."""

    post: Post
    suggestion: Suggestion | None = None
    why_not: str = ""


@dataclass(frozen=True)
class Choice:
    """A time that somebody takes for a post, with its version as they saw it."""

    post: int
    version: int
    wall: str  # by the account's clock: "2026-11-24T10:00:00"
    fold: int = 0

    @classmethod
    def of(cls, proposal: Proposal) -> "Choice":
        """Raises ValueError where nothing is proposed."""
        if proposal.suggestion is None:
            raise ValueError("nothing is proposed for this post")
        at, post = proposal.suggestion.at, proposal.post
        return cls(post.pk, post.version, wall_text(at), at.fold)


@dataclass
class Accepted:
    """Which posts got their times, and why others did not, by their ids."""

    posts: list[Post] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def free_suggestions(
    accounts: Sequence[Account],
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    number: int,
    spread: bool = False,
) -> dict[int, list[Suggestion]]:
    """Return the best times of each account that nothing speaks against, by its id.

    At most `number` of each, the best first; with `spread` the best of each day, and of each week
    the best days in turn, so that a calendar is not full on one morning. The accounts come with
    their platforms. Five queries, however many accounts. Raises ValueError as
    `analytics.best_times.suggested_times` does.
    """
    if not accounts:
        return {}
    desk = _Desk(accounts, start, end, now)
    return {
        account.pk: [
            one
            for one, why_not in desk.judged(
                account.pk, desk.in_order(account.pk, start if spread else None), None, number
            )
            if not why_not
        ]
        for account in accounts
    }


def waiting(posts: PostQuerySet) -> PostQuerySet:
    """Of these posts the ready ones, with all that proposing asks of them, last changed first."""
    ready = posts.in_status(Status.READY).filter(irrevocable=False)
    rows = ready.select_related(
        "account__platform", "platform", "channel_type", "piece", "piece_version", "brand"
    )
    return rows.prefetch_related("piece_version__media", "account__budgets").order_by(
        "-updated_at", "-pk"
    )


def propose(
    posts: Sequence[Post], start: datetime, end: datetime, *, now: datetime
) -> list[Proposal]:
    """Return a time for each ready post (see `waiting`), in their order; nothing is changed.

    The best free hour of the days that hold the fewest posts of the account, so that a good Tuesday
    does not get all of them. What has been proposed to one is taken for the next. A constant number
    of queries, and one more for each post whose text resembles another's. Raises ValueError beyond
    50 posts.
    """
    if len(posts) > MOST:
        raise ValueError(f"{MOST} posts at once are the most")
    if not posts:
        return []
    desk = _Desk(list({post.account_id: post.account for post in posts}.values()), start, end, now)
    prints = {one.key: one for one in with_prints([Planned.of(post, start) for post in posts], [])}
    return [desk.propose(post, prints[post.pk]) for post in posts]


def accept(choices: Iterable[Choice], posts: PostQuerySet, *, by: User, now: datetime) -> Accepted:
    """Give the posts the times that were chosen. Whatever cannot have its time stays as it is.

    `posts` are those that this person may schedule. One transaction: whoever comes second finds the
    versions changed, or the time taken, and gets a sentence for it.
    """
    wanted = {one.post: one for one in list(choices)[:MOST]}
    accepted = Accepted()
    with transaction.atomic():
        lock(posts.filter(pk__in=wanted).values_list("account", flat=True))
        rows = list(waiting(posts.filter(pk__in=wanted)))
        for gone in wanted.keys() - {post.pk for post in rows}:
            accepted.refused[gone] = "It has a time already, or is not there any more."
        against = _against([(post, wanted[post.pk]) for post in rows], now)
        for post in rows:
            if why_not := against.get(post.pk, ""):
                accepted.refused[post.pk] = why_not
                continue
            choice = wanted[post.pk]
            try:
                with transaction.atomic():
                    move(
                        post, wall=choice.wall, zone=post.account.timezone, fold=choice.fold,
                        version=choice.version, by=by, now=now,
                    )  # fmt: skip
                accepted.posts.append(post)
            except NotPossible as refusal:
                accepted.refused[post.pk] = str(refusal)
            except ValidationError as refusal:
                accepted.refused[post.pk] = " ".join(refusal.messages)
    return accepted


def give_back(seen: dict[int, int], posts: PostQuerySet, *, by: User, now: datetime) -> Accepted:
    """Take the times away again that `accept` gave: by the id of each post its version since then.

    What is leaving, out, or changed since keeps its time, with the reason.
    """
    accepted = Accepted()
    rows = posts.filter(pk__in=list(seen)[:MOST]).select_related("brand", "piece", "account")
    for post in rows.order_by("pk"):
        try:
            take_back(post, Before(Status.READY), version=seen[post.pk], by=by, now=now)
            accepted.posts.append(post)
        except NotPossible as refusal:
            accepted.refused[post.pk] = str(refusal)
    return accepted


def _against(wanted: Sequence[tuple[Post, Choice]], now: datetime) -> dict[int, str]:
    """What keeps chosen times from being taken by now. They count for each other, too."""
    asked = []
    for post, choice in wanted:
        try:
            at = _instant_of(post, choice)
        except ValidationError:
            continue  # said when the time is given
        if at >= now:
            asked.append(Planned.of(post, at))
    if not asked:
        return {}
    first, last = min(one.at for one in asked), max(one.at for one in asked)
    times = account_times({one.account for one in asked}, first, last)
    far = _far(times.values())
    beside = posts_between(times, first - far, last + far)
    scene = Scene(with_prints(asked, beside), times, beside)
    found = {}
    for one in asked:
        own = [other.at for other in beside if other.account == one.account]
        least = max(times[one.account].account.minimum_gap, APART)
        why_not = why_not_free(scene.conflicts(one)) or _too_near(one.at, own, least)
        if why_not:
            found[one.post] = why_not
    return found


def _far(times: Iterable[AccountTimes]) -> timedelta:
    """How far around posts matter: texts are compared as far as a platform forbids them."""
    return max([FAR, *(one.stops_alike_within for one in times if one.stops_alike_within)])


def _instant_of(post: Post, choice: Choice) -> datetime:
    zone = zone_named(post.account.timezone)
    return instant_of(parse_wall(choice.wall), zone, choice.fold)


class _Desk:
    """What is known while times are looked for: the accounts, their weeks, the posts around."""

    def __init__(
        self, accounts: Sequence[Account], start: datetime, end: datetime, now: datetime
    ) -> None:
        weeks = hours_of(accounts)
        self._times = account_times({account.pk for account in accounts}, start, end)
        far = _far(self._times.values())
        self._beside = posts_between(self._times, start - far, end + far)
        self._good = {pk: week.suggestions(start, end, now=now) for pk, week in weeks.items()}
        self._days: Counter[tuple[int, date]] = Counter(
            (one.account, self._times[one.account].wall(one.at).date()) for one in self._beside
        )

    def in_order(self, account: int, start: datetime | None) -> list[Suggestion]:
        """The good hours of the account, the best first; with a `start` spread over its weeks."""
        good = self._good[account]
        if start is None:
            return good
        of_day: Counter[date] = Counter()
        of_week: Counter[tuple[int, int]] = Counter()
        places = []
        for one in good:
            day = of_day[one.at.date()]
            week = (day, (one.at - start).days // 7)
            places.append((day, of_week[week]))
            of_day[one.at.date()] += 1
            of_week[week] += 1
        ranked = sorted(zip(places, range(len(good)), strict=True))
        return [good[number] for _, number in ranked]

    def propose(self, post: Post, planned: Planned) -> Proposal:
        """Find the post a time and count it as taken."""
        if problems := stopping(problems_with(post, post.account)):
            return Proposal(post, why_not=" ".join(problem.sentence for problem in problems))
        reasons: list[str] = []
        account = post.account_id
        fewest_first = sorted(  # stable: of days with as many posts, the best hour first
            self._good[account], key=lambda one: self._days[account, one.at.date()]
        )
        for suggestion, why_not in self.judged(account, fewest_first, planned, 1):
            if not why_not:
                self._take(post, suggestion, planned)
                return Proposal(post, suggestion)
            reasons.append(why_not)
        nothing = "None of the good hours in these days is left."
        return Proposal(post, why_not=" ".join([nothing, *dict.fromkeys(reasons[:1])]))

    def _take(self, post: Post, suggestion: Suggestion, planned: Planned) -> None:
        self._days[post.account_id, suggestion.at.date()] += 1
        self._beside.append(
            Neighbour(
                suggestion.at, post.pk, post.account_id, planned.print,
                post.piece_version_id, planned.channel,
            )
        )  # fmt: skip

    def judged(
        self, account: int, row: Sequence[Suggestion], planned: Planned | None, number: int
    ) -> Iterator[tuple[Suggestion, str]]:
        """Yield times with what keeps each from being used, until `number` of them are free."""
        times, free = self._times[account], 0
        near = self._beside
        if planned is None:  # without words only the account's own posts count
            near = [one for one in near if one.account == account]
        mine = planned.post if planned else NOBODY
        own = [one.at for one in near if one.account == account and one.post != mine]
        least = max(times.account.minimum_gap, APART)
        for start in range(0, len(row), AT_ONCE):
            part = row[start : start + AT_ONCE]
            # All of one post, so that one time is no neighbour of another.
            asked = [
                replace(planned, key=place, at=one.at)
                if planned
                else Planned(place, account, one.at, post=NOBODY)
                for place, one in enumerate(part)
            ]
            scene = Scene(asked, self._times, near)
            for one, place in zip(part, asked, strict=True):
                why_not = why_not_free(scene.conflicts(place)) or _too_near(one.at, own, least)
                free += not why_not
                yield one, why_not
                if free >= number:
                    return


def _too_near(at: datetime, others: Iterable[datetime], least: timedelta) -> str:
    if any(abs(other - at) < least for other in others):
        return "Another post of the account stands there."
    return ""


def take_at_once(accounts: Iterable[Account]) -> set[int]:
    """Return which accounts let ready posts have suggested times without being asked. One query."""
    known = list(accounts)
    said = TimeRules.objects.filter(
        brand__in={account.brand_id for account in known}, takes_suggestions__isnull=False
    )
    rules: dict[tuple[int, int | None], bool | None] = {
        (brand, account): takes
        for brand, account, takes in said.values_list("brand", "account", "takes_suggestions")
    }
    return {
        account.pk
        for account in known
        if rules.get((account.brand_id, account.pk), rules.get((account.brand_id, None), False))
    }
