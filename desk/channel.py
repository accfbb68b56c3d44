"""What the page of one channel shows: who posts there, what fits, what waits and what was tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet

from content.models import Piece
from content.rendering import first_comment
from desk.accounts import AccountList, Row, interface_of
from desk.compose.options import offered
from desk.costs import costs_of
from desk.preview import Preview
from desk.reach import Reach
from desk.words import span
from organisation.models import Brand
from platforms.checking import problems_of
from platforms.limiting import limits_of
from platforms.models import ChannelType
from platforms.values import Limits, Option, PollLimits
from posting import retry
from posting.models import Post, PostAttempt
from posting.rehearsing import Rehearsal, try_out
from posting.states import Status

SHOWN = 10  # posts that wait, and attempts
COUNTED = 1_000  # of the newest posts, so that a page never counts for long
PIECES = 50  # to choose from for a trial
ANY_PROPORTIONS = 100  # width to height: from here on a channel refuses none that anybody has
# States in which something was tried, and by what the newest are found.
TRIED = {
    Status.PUBLISHED: "-published_at",
    Status.FAILED: "-due_at",
    Status.UNCONFIRMED: "-due_at",
    Status.PUBLISHING: "-due_at",
}


@dataclass(frozen=True)
class Limit:
    """One thing the channel takes so much of."""

    what: str
    theirs: str
    ours: str = ""  # staff's own, where it is lower


@dataclass(frozen=True)
class Answer:
    """What happens when a platform answers so."""

    said: str
    we: str
    then: str


@dataclass(frozen=True)
class Trial:
    """A piece tried out on an account: nothing was sent."""

    row: Row
    piece: Piece
    rehearsal: Rehearsal
    preview: Preview


@dataclass
class ChannelPage:
    """One channel of one platform, for what the person may see. A fixed number of questions."""

    channel_type: ChannelType
    reach: Reach
    now: datetime
    brand: Brand | None = None
    account: int = 0  # the one that is looked at; 0: the first
    piece: int = 0  # the one that is tried out; 0: none

    @cached_property
    def rows(self) -> list[Row]:
        """The accounts that have this channel."""
        return AccountList(self.reach, self.now, self.brand, self.channel_type.platform).rows

    @cached_property
    def row(self) -> Row | None:
        chosen = [row for row in self.rows if row.account.pk == self.account]
        return next(iter(chosen or self.rows), None)

    @property
    def interface(self) -> str:
        return interface_of(self.channel_type.platform)

    @property
    def address(self) -> str:
        """Where the chosen account's API answers."""
        return self.row.account.base_url if self.row else ""

    @property
    def options(self) -> tuple[Option, ...]:
        return offered(self.channel_type.platform.adapter, self.channel_type.slug)

    @property
    def limits(self) -> list[Limit]:
        """What the channel takes from the chosen account."""
        adapter = self.channel_type.platform.adapter
        facts = dict(self.row.account.facts) if self.row else {}
        if self.row:
            facts["base_url"] = self.row.account.base_url
        theirs = adapter.limits(self.channel_type.slug, facts)
        ours = limits_of(self.row.account, self.channel_type) if self.row else theirs
        pairs = zip(_told(theirs), _told(ours), strict=True)
        return [
            Limit(what, said, own if own != said else "")
            for (what, said), (_, own) in pairs
            if said or own
        ]

    @property
    def late_limit(self) -> str:
        return span(self.row.account.late_limit) if self.row else ""

    @property
    def answers(self) -> list[Answer]:
        return list(_answers())

    def _newest(self, status: Status, key: str, count: int) -> QuerySet[Post]:
        """Posts of the chosen account in one state: what lists of one account are indexed by."""
        account = self.row.account.pk if self.row else 0
        mine = Post.objects.filter(account=account, status=status, channel_type=self.channel_type)
        mine = mine.exclude(**{key.lstrip("-"): None})
        return mine.order_by(key, "-pk" if key.startswith("-") else "pk")[:count]

    @cached_property
    def waiting(self) -> list[Post]:
        """What the chosen account sends next."""
        due = self._newest(Status.SCHEDULED, "due_at", SHOWN)
        return list(due.select_related("piece_version__piece"))

    @cached_property
    def attempts(self) -> list[PostAttempt]:
        """What was tried last for the chosen account, with what was asked and answered."""
        tried = [post.pk for post in self.waiting]
        for status, key in TRIED.items():
            tried += self._newest(status, key, SHOWN).values_list("pk", flat=True)
        rows = PostAttempt.objects.filter(post__in=tried).order_by("-pk")[:SHOWN]
        return list(rows.select_related("post__piece_version__piece"))

    @property
    def summary(self) -> str:
        """2 accounts use this channel. Of the last 412 posts 99.5 % went out at the first try."""
        count = len(self.rows)
        who = f"{count or 'No'} account{'' if count == 1 else 's'} use{'s' if count == 1 else ''}"
        said = f"{who} this channel."
        ends = self._ends
        if not ends or self.row is None:
            return said
        first = sum(status == Status.PUBLISHED and tries <= 1 for _, status, tries in ends)
        share = f"{100 * first / len(ends):.1f}".removesuffix(".0")
        posts = f"{len(ends):,} posts" if len(ends) > 1 else "post"
        name = self.row.account.name
        return f"{said} Of the last {posts} of {name}, {share} % went out at the first try."

    @property
    def _ends(self) -> list[tuple[datetime, str, int]]:
        """When and how the newest posts ended, and in how many tries."""
        out = self._newest(Status.PUBLISHED, "-published_at", COUNTED)
        failed = self._newest(Status.FAILED, "-due_at", COUNTED)
        both = [
            *out.values_list("published_at", "status", "attempts"),
            *failed.values_list("due_at", "status", "attempts"),
        ]
        ended = [(at, status, tries) for at, status, tries in both if at is not None]
        return sorted(ended, reverse=True)[:COUNTED]

    @cached_property
    def pieces(self) -> list[Piece]:
        """What can be tried out: the newest ready pieces of the chosen account's brand."""
        if self.row is None:
            return []
        mine = Piece.objects.filter(brand=self.row.account.brand, status=Piece.Status.READY)
        return list(mine.exclude(current=None).order_by("-updated_at", "-pk")[:PIECES])

    @cached_property
    def trial(self) -> Trial | None:
        """What the chosen piece would do on the chosen account."""
        piece = next((piece for piece in self.pieces if piece.pk == self.piece), None)
        if piece is None or self.row is None:
            return None
        account = self.row.account
        found = try_out(piece, account, self.channel_type, self.now)
        limits = limits_of(account, self.channel_type)
        adapter = account.platform.adapter
        problems = problems_of(adapter, found.rendition, limits)
        (cost,) = costs_of([(account, found.rendition, self._comment_of(piece))], self.now)
        if cost.problem:
            problems.append(cost.problem)
        words = f"Costs {cost.words}" if cost.words else ""
        preview = Preview("What would go out", found.rendition, limits, problems, adapter, words)
        return Trial(self.row, piece, found, preview)

    def _comment_of(self, piece: Piece) -> str:
        kind = self.channel_type
        version = piece.current
        return first_comment(version, kind.platform.slug, kind.slug) if version else ""


def _told(limits: Limits) -> Iterator[tuple[str, str]]:
    """Each limit in words; empty where there is none."""
    shape = limits.picture_shape
    yield "Text", f"{limits.text_max:,} {limits.unit}" if limits.text_max else "is not shown"
    yield "Each post", f"{limits.part_max:,} {limits.unit}" if limits.part_max else ""
    yield "Pictures", f"{limits.images_max}" if limits.images_max else "none"
    yield "Picture file", _bytes(limits.image_bytes_max or (shape.bytes_max if shape else 0))
    yield "Picture size", _pixels(limits.image_pixels_max)
    narrow = shape is not None and shape.ratio_max < ANY_PROPORTIONS
    yield (
        "Proportions",
        f"{shape.ratio_min:.2f} to {shape.ratio_max:.2f}" if shape and narrow else "",
    )
    yield "Description", f"{limits.alt_max:,} characters" if limits.alt_max else ""
    yield "Videos", f"{limits.videos_max}" if limits.videos_max else "none"
    yield "Video file", _bytes(limits.video_bytes_max)
    yield "Video size", _pixels(limits.video_pixels_max if limits.videos_max else 0)
    yield "Video length", _seconds(limits)
    yield "In one post", f"{limits.media_max} together" if limits.media_max else ""
    yield "Poll", _poll(limits.poll) if limits.poll else ""


def _poll(poll: PollLimits) -> str:
    least, most = (span(timedelta(seconds=s)) for s in (poll.seconds_min, poll.seconds_max))
    answers = f"2 to {poll.answers_max} answers of {poll.answer_max} characters"
    return f"{answers}, for {least} to {most}"


def _pixels(count: int) -> str:
    return f"{count / 1e6:,.1f} million pixels" if count else ""


def _bytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB" if count else ""


def _seconds(limits: Limits) -> str:
    if not limits.videos_max or not limits.video_seconds_max:
        return ""
    least = f"{limits.video_seconds_min:g} s to " if limits.video_seconds_min else "up to "
    return f"{least}{span(timedelta(seconds=limits.video_seconds_max))}"


def _answers() -> Iterator[Answer]:
    """The rules of `posting.retry`, in its own numbers."""
    first, most = span(retry.FIRST_PAUSE), span(retry.LONGEST_PAUSE)
    yield Answer(
        "No connection, or nothing was sent",
        f"try again after {first}, then twice as long each time, up to {most}",
        f"mark it failed after {settings.GIVE_UP_HOURS} h",
    )
    yield Answer("Too many requests", "let the account wait until the time it names", "go on")
    yield Answer("Media is still prepared", "look again, which counts as no try", "go on")
    refused = "Token or permission no longer good"
    yield Answer(refused, "hold the account and tell people", "go on after Reconnect")
    yield Answer("Account blocked", "pause the account and tell people", "go on after Resume")
    yield Answer("Refused", "stop and say why", "a person changes it and retries")
    unclear = "No clear answer after sending"
    look = "never send again; look whether it is out"
    yield Answer(unclear, look, "ask a person if that does not tell")
