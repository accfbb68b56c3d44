"""What speaks against the times of posts, told for many at once.

`conflicts_of` is asked by every page that shows or gives a time: for posts as they are scheduled,
and for times that are only thought of. Conflicts warn and delay nothing. What stops a post is said
of it with `stops`, and is stopped elsewhere: by `posting.policy`.

A month of 2,000 posts takes seven queries at most, however many posts there are beside them: the
accounts, their rules, their days off, the posts around with the prints of their texts, the texts of
those that are worth comparing, and what people left as it is.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from itertools import takewhile

from posting.models import Post
from posting.policy import overridden
from posting.states import Hold, Status
from scheduling.account_times import AccountTimes, account_times
from scheduling.alike import Question, Texts, Twin
from scheduling.models import IgnoredConflict
from scheduling.neighbours import Neighbour, Neighbourhood, posts_between, prints_for

DAY = timedelta(days=1)
ALIKE_WITHIN = DAY  # in which nearly the same text on two accounts of a platform is worth saying
SHOWN = 60  # characters of a title or name


class Kind(StrEnum):
    """What speaks against a time."""

    GAP = "gap"
    SAME_TEXT = "same-text"
    ALIKE = "alike"
    STOPPED = "stopped"
    CREDENTIAL = "credential"
    HOURS = "hours"
    BLACKOUT = "blackout"
    HOLIDAY = "holiday"
    BUDGET = "budget"
    QUOTA = "quota"
    APPROVAL = "approval"


class Verb(StrEnum):
    """What a press does. The last two lead to a page."""

    NEXT_FREE = "next-free"
    SPREAD = "spread"
    SWAP = "swap"
    IGNORE = "ignore"  # with a note
    ACCOUNT = "account"
    APPROVE = "approve"


@dataclass(frozen=True)
class Fix:
    """One button beside a conflict."""

    verb: Verb
    words: str
    icon: str


NEXT_FREE = Fix(Verb.NEXT_FREE, "Next free time", "forward-step")
SPREAD = Fix(Verb.SPREAD, "Spread out", "arrows-left-right")
SWAP = Fix(Verb.SWAP, "Swap with a later one", "right-left")
IGNORE = Fix(Verb.IGNORE, "Leave it", "eye-slash")
SEE_ACCOUNT = Fix(Verb.ACCOUNT, "See the account", "plug")
APPROVE = Fix(Verb.APPROVE, "Approve", "user-check")

ICONS = {
    Kind.GAP: "arrows-left-right-to-line",
    Kind.SAME_TEXT: "clone",
    Kind.ALIKE: "clone",
    Kind.STOPPED: "link-slash",
    Kind.CREDENTIAL: "key",
    Kind.HOURS: "moon",
    Kind.BLACKOUT: "calendar-xmark",
    Kind.HOLIDAY: "umbrella-beach",
    Kind.BUDGET: "gauge-high",
    Kind.QUOTA: "gauge-high",
    Kind.APPROVAL: "user-check",
}
FIXES = {
    Kind.GAP: (NEXT_FREE, SPREAD, IGNORE),
    Kind.SAME_TEXT: (NEXT_FREE, SWAP, IGNORE),
    Kind.ALIKE: (NEXT_FREE, SWAP, IGNORE),
    Kind.STOPPED: (SEE_ACCOUNT, NEXT_FREE, IGNORE),
    Kind.CREDENTIAL: (SEE_ACCOUNT, IGNORE),
    Kind.HOURS: (NEXT_FREE, SWAP, IGNORE),
    Kind.BLACKOUT: (NEXT_FREE, SWAP, IGNORE),
    Kind.HOLIDAY: (NEXT_FREE, SWAP, IGNORE),
    Kind.BUDGET: (NEXT_FREE, IGNORE),
    Kind.QUOTA: (NEXT_FREE, IGNORE),
    Kind.APPROVAL: (APPROVE, SWAP, IGNORE),
}


@dataclass(frozen=True)
class Conflict:
    """One thing that speaks against a time."""

    kind: Kind
    sentence: str
    facts: str  # a hash of what it rests on: 16 hexadecimal characters
    other: int = 0  # the post it is in conflict with, where it is one
    free_from: datetime | None = None  # when this one would be over; None: no time ends it
    stops: bool = False  # the post is not sent like this

    @property
    def icon(self) -> str:
        """A Font Awesome name."""
        return ICONS[self.kind]

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What can be pressed, the likeliest first."""
        offered = FIXES[self.kind]
        if self.free_from is None:
            offered = tuple(fix for fix in offered if fix.verb is not Verb.NEXT_FREE)
        # What is stopped is not silenced: it takes a note that overrides, on the post's page.
        return tuple(fix for fix in offered if not (self.stops and fix.verb is Verb.IGNORE))


@dataclass(frozen=True)
class Planned:
    """One post at a time, as it is or as somebody thinks of giving it one.

    `key` is what the answer is found under. A post that is scheduled may be asked about at another
    time than its own: it then counts there and nowhere else. Words that no version has yet come as
    `print` and `words` (`content.sameness.print_of` and `plain`).
    """

    key: Hashable
    account: int
    at: datetime  # an instant
    channel: str = ""  # such as "mastodon/status"
    post: int = 0  # 0: there is none yet
    version: int = 0  # of the piece
    print: str = ""
    words: str | None = None
    holds: int = 0
    overridden: bool = False  # nearly the same text elsewhere was allowed, with a note

    @classmethod
    def of(cls, post: Post, at: datetime | None = None) -> "Planned":
        """A post with its account's platform and channel at hand, at its own time or another."""
        moment = at or post.due_at
        if moment is None:
            raise ValueError("a post without a time needs one to be asked about")
        return cls(
            key=post.pk,
            account=post.account_id,
            at=moment,
            channel=f"{post.platform.slug}/{post.channel_type.slug}",
            post=post.pk,
            version=post.piece_version_id,
            holds=post.holds,
        )


def conflicts_of_posts(posts: Iterable[Post], now: datetime) -> dict[int, list[Conflict]]:
    """Return the conflicts of each scheduled post by its id; nothing of the others."""
    asked = [Planned.of(post) for post in posts if post.status == Status.SCHEDULED and post.due_at]
    return {int(str(key)): found for key, found in conflicts_of(asked, now).items() if found}


def conflicts_of(planned: Sequence[Planned], now: datetime) -> dict[Hashable, list[Conflict]]:
    """Return what speaks against each time, by the key of what was asked; what stops comes first.

    Conflicts that a person left as they are do not come back until their facts change. What lies
    in the past has none. At most seven queries.
    """
    planned = [one for one in planned if one.at >= now]
    if not planned:
        return {}
    scene = Scene.around(planned)
    found = {one.key: list(scene.conflicts(one)) for one in planned}
    return _without_ignored(planned, found)


class Scene:
    """All that the times of some posts are judged by, loaded once. Asking it costs no query.

    What is planned comes `with_prints`, or has no words.
    """

    def __init__(
        self,
        planned: Sequence[Planned],
        accounts: dict[int, AccountTimes],
        neighbours: Iterable[Neighbour],
    ) -> None:
        self.accounts = accounts
        self._here = {one.key: self._as_neighbour(one) for one in planned}
        moved = {one.post for one in planned if one.post}
        beside = [one for one in neighbours if one.post not in moved]
        self._around = Neighbourhood([*beside, *self._here.values()])
        self._twins = self._find_twins(planned)
        stopped = [one for one in planned if one.post and self._twin_elsewhere(one)]
        self._allowed = overridden({one.post: one.print for one in stopped if self._rule_of(one)})

    @classmethod
    def around(cls, planned: Sequence[Planned]) -> "Scene":
        """Load what surrounds these times: four or five queries."""
        first, last = min(one.at for one in planned), max(one.at for one in planned)
        accounts = account_times({one.account for one in planned}, first, last)
        far = max((times.look_back for times in accounts.values()), default=DAY)
        far = max(far, 2 * DAY)
        neighbours = posts_between(accounts, first - far, last + far)
        return cls(with_prints(planned, neighbours), accounts, neighbours)

    def against(self, one: Planned, *, keep: bool = False) -> list[Conflict]:
        """Return what would speak against one more post, texts apart, whose key is not asked yet.

        With `keep` it then stands here, for whatever is asked next.
        """
        here = self._here[one.key] = self._as_neighbour(one)
        self._around.add(here)
        found = list(self.conflicts(one))
        if not keep:
            self._around.drop(self._here.pop(one.key))
        return found

    def nearest(self, one: Planned, within: timedelta) -> Neighbour | None:
        """Return the account's nearest post around a time that is closer than `within`."""
        return self._around.nearest(self._as_neighbour(one), within)

    def _as_neighbour(self, one: Planned) -> Neighbour:
        return Neighbour(
            one.at, one.post, one.account, one.print, one.version, one.channel, one.words
        )

    def _rule_of(self, one: Planned) -> timedelta | None:
        return self.accounts[one.account].stops_alike_within

    def _twin_elsewhere(self, one: Planned) -> Twin | None:
        *_, elsewhere = self._questions(self._here[one.key])
        return self._twins.get(elsewhere)

    def _find_twins(self, planned: Sequence[Planned]) -> dict[Question, Twin]:
        here = [self._here[one.key] for one in planned]
        return Texts(self._around, self._groups).twins(
            question for one in here for question in self._questions(one) if question.within
        )

    def _groups(self, one: Neighbour) -> Iterator[Hashable]:
        """What an account is compared in: alone, and with its brand's others on the platform."""
        yield one.account
        account = self.accounts[one.account].account
        yield account.brand_id, account.platform_id

    def _questions(self, here: Neighbour) -> Iterator[Question]:
        times = self.accounts[here.account]
        yield Question(here, here.account, times.look_back)
        account = times.account
        within = times.stops_alike_within or ALIKE_WITHIN
        yield Question(here, (account.brand_id, account.platform_id), within, apart=True)

    def conflicts(self, one: Planned) -> Iterator[Conflict]:
        """Yield what speaks against one of the times this was made for; what stops comes first."""
        times, here = self.accounts[one.account], self._here[one.key]
        yield from self._alike(one, here, times)
        yield from _account_stopped(here, times)
        yield from _token_ends(here, times)
        if one.holds & Hold.APPROVAL:
            yield _conflict(
                Kind.APPROVAL, "Nobody has approved it yet, and without that it does not go out.",
                here.at,
            )  # fmt: skip
        yield from self._too_close(here, times)
        yield from self._same_text(here, times)
        yield from _outside_hours(here, times)
        yield from _day_off(here, times)
        yield from self._over_budget(here, times)
        yield from self._over_quota(here, times)

    def _too_close(self, here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
        gap = times.account.minimum_gap
        other = self._around.nearest(here, gap) if gap else None
        if other:
            apart = abs(other.at - here.at)
            how = f"only {_span(apart)} from" if apart else "at the same time as"
            yield _conflict(
                Kind.GAP,
                f"It is {how} another post of {_name(times)}, at {_clock(other.at, times)}; "
                f"{_span(gap)} is the least between two.",
                here.at, other.post, other.at, gap,
                other=other.post, free_from=other.at + gap,
            )  # fmt: skip

    def _same_text(self, here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
        twin = self._twins.get(Question(here, here.account, times.look_back))
        if twin and times.look_back:
            other = twin.other
            what = "the same" if twin.exactly else "nearly the same"
            yield _conflict(
                Kind.SAME_TEXT,
                f"{_name(times)} has {what} text on {_day(other.at, times)}, within "
                f"{times.look_back.days} days.",
                here.print, other.post, other.print, times.look_back,
                other=other.post,
                free_from=other.at + times.look_back + timedelta(minutes=1),
            )  # fmt: skip

    def _alike(self, one: Planned, here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
        stops, account = times.stops_alike_within, times.account
        within, twin = stops or ALIKE_WITHIN, self._twin_elsewhere(one)
        if not twin or one.overridden or (stops and one.post in self._allowed):
            return
        other, there = twin.other, self.accounts[twin.other.account]
        what = "The same" if twin.exactly else "Nearly the same"
        when = f"{_day(other.at, times)} at {_clock(other.at, times)}"
        sentence = f"{what} text goes to {_name(there)} on {when}."
        if stops:
            sentence += (
                f" {account.platform.name} forbids that on several accounts; it is not sent within "
                f"{_span(stops)} unless somebody says why it may be."
            )
        yield _conflict(
            Kind.ALIKE, sentence, here.print, other.account, other.print, other.post,
            other=other.post, free_from=other.at + within + timedelta(minutes=1), stops=bool(stops),
        )  # fmt: skip

    def _over_budget(self, here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
        budget = times.daily_budget
        if budget is None:
            return
        day = times.wall(here.at).date()
        end = times.midnight_after(day)
        same_day = self._around.between(here.account, times.midnight_after(day - DAY), end)
        number = _place(here, same_day)
        if number > budget:
            yield _conflict(
                Kind.BUDGET,
                f"It is number {number} of {_name(times)} on {_day(here.at, times)}, and "
                f"{budget} a day is the most.",
                here.at, number, budget,
                free_from=end,
            )  # fmt: skip

    def _over_quota(self, here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
        quota = times.quota
        if quota is None:
            return
        tick = timedelta(microseconds=1)
        before = self._around.between(here.account, here.at - DAY + tick, here.at + tick)
        number = _place(here, before)
        if number > quota:
            yield _conflict(
                Kind.QUOTA,
                f"{times.account.platform.name} lets {_name(times)} post {quota} times in 24 "
                f"hours, and this would be number {number}.",
                here.at, number, quota,
                free_from=before[number - 1 - quota].at + DAY,
            )  # fmt: skip


def _place(here: Neighbour, row: Sequence[Neighbour]) -> int:
    """Which one of the row it is. What is not there yet comes after all that is."""
    others = [one for one in row if not one.is_the_same_as(here)]
    if here.post:
        return sum(one.order < here.order for one in others) + 1
    earlier = takewhile(lambda one: one is not here, row)
    return sum(one.post != 0 for one in others) + sum(one.post == 0 for one in earlier) + 1


def _account_stopped(here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
    account = times.account
    until = account.paused_until
    if not account.platform.enabled:
        sentence = f"{account.platform.name} is switched off here."
        yield _conflict(Kind.STOPPED, sentence, "platform", account.platform_id)
    if account.can_send or (until and until <= here.at and account.state == account.State.PAUSED):
        return
    state = account.get_state_display().lower()
    lasts = f" until {_day(until, times)} at {_clock(until, times)}" if until else ""
    yield _conflict(
        Kind.STOPPED, f"{_name(times)} cannot send: {state}{lasts}.", account.state, until,
        free_from=until,
    )  # fmt: skip


def _token_ends(here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
    ends = times.token_ends
    if ends and ends <= here.at and times.account.can_send:
        yield _conflict(
            Kind.CREDENTIAL,
            f"The token of {_name(times)} ends on {_day(ends, times)}, before that. Reconnect the "
            "account by then.",
            ends,
        )  # fmt: skip


def _outside_hours(here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
    wall = times.wall(here.at)
    if times.is_open(wall):
        return
    opens = times.opens_after(wall)
    yield _conflict(
        Kind.HOURS,
        f"{wall:%H:%M} on a {wall:%A} is outside the hours of {_name(times)}.",
        here.at, times.hours,
        free_from=times.instant(opens) if opens else None,
    )  # fmt: skip


def _day_off(here: Neighbour, times: AccountTimes) -> Iterator[Conflict]:
    day = times.wall(here.at).date()
    blackout, holiday = times.blackout_on(day), times.holiday_on(day)
    if blackout:
        yield _conflict(
            Kind.BLACKOUT,
            f"Nothing shall go out on {_day(here.at, times)}: {blackout.why}.",
            day, blackout.pk, blackout.first, blackout.last,
            free_from=times.midnight_after(blackout.last),
        )  # fmt: skip
    if holiday:
        yield _conflict(
            Kind.HOLIDAY,
            f"{_day(here.at, times)} is a public holiday: {holiday}.",
            day, times.country, holiday,
            free_from=times.midnight_after(day),
        )  # fmt: skip


def _conflict(
    kind: Kind, sentence: str, *facts: object, other: int = 0,
    free_from: datetime | None = None, stops: bool = False,
) -> Conflict:  # fmt: skip
    told = [fact.timestamp() if isinstance(fact, datetime) else fact for fact in facts]
    known = blake2b(repr(told).encode(), digest_size=8).hexdigest()
    return Conflict(kind, sentence, known, other, free_from, stops)


def with_prints(planned: Sequence[Planned], near: Iterable[Neighbour]) -> list[Planned]:
    """Let each know the print of its words; those of scheduled posts have come with these."""
    known = {one.post: one.print for one in near}
    lacking = [one for one in planned if one.version and not one.print and one.post not in known]
    read = prints_for((one.version, one.channel) for one in lacking) if lacking else {}
    return [
        replace(one, print=known.get(one.post) or read.get((one.version, one.channel), ""))
        if one.version and not one.print
        else one
        for one in planned
    ]


def _without_ignored(
    planned: Sequence[Planned], found: dict[Hashable, list[Conflict]]
) -> dict[Hashable, list[Conflict]]:
    posts = [one.post for one in planned if one.post and found[one.key]]
    if not posts:
        return found
    rows = IgnoredConflict.objects.filter(post__in=posts).values_list("post", "kind", "facts")
    left = set(rows)
    return {
        one.key: [c for c in found[one.key] if (one.post, c.kind.value, c.facts) not in left]
        for one in planned
    }


def _name(times: AccountTimes) -> str:
    return times.account.name[:SHOWN]


def _clock(at: datetime, times: AccountTimes) -> str:
    return f"{times.wall(at):%H:%M %Z}"


def _day(at: datetime, times: AccountTimes) -> str:
    wall = times.wall(at)
    return f"{wall:%A} {wall.day} {wall:%B}"


def _span(length: timedelta) -> str:
    """45 s, 12 min, 24 h, 3 days."""
    seconds = int(length.total_seconds())
    for size, unit in ((172_800, "days"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // (86_400 if unit == 'days' else size)} {unit}"
    return f"{seconds} s"
