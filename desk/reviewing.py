"""A batch before it goes: pieces × channels, what stops each post, and what is worth knowing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import cast

from django.utils import timezone

from content.models import Piece, PieceVersion
from content.rendering import first_comment
from desk.costs import Cost, costs_of, total
from desk.preview import Preview
from organisation.models import Brand
from platforms.checking import problems_of
from platforms.limiting import limits_of
from platforms.models import Account, ChannelType
from platforms.values import Problem, Rendition
from posting.approvals import needs_approval
from posting.models import Post
from posting.preparing import rendition_of
from posting.states import Status
from scheduling.batching import Target

MOST_PIECES = 100
MOST_POSTS = 200  # of one batch: they are made while the person waits


@dataclass(frozen=True)
class Channel:
    """One channel of one account."""

    account: Account
    channel_type: ChannelType

    @property
    def key(self) -> str:
        return f"{self.account.pk}-{self.channel_type.pk}"


@dataclass(frozen=True)
class Cell:
    """One post that would be made."""

    piece: Piece
    channel: Channel
    problems: tuple[Problem, ...]
    preview: Preview
    cost: Cost

    @property
    def key(self) -> str:
        return f"{self.piece.pk}-{self.channel.key}"

    @property
    def stops(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level == "stop"]

    @property
    def goes(self) -> bool:
        return not self.stops

    @property
    def words(self) -> str:
        """What the grid says of it in two words."""
        if len(self.stops) > 1:
            return f"{len(self.stops)} problems"
        return SHORT.get(self.stops[0].code, "1 problem") if self.stops else "Ready"

    def target(self) -> Target:
        version = cast(PieceVersion, self.piece.current)  # a batch has pieces with words only
        return Target(version, self.channel.account, self.channel.channel_type)


SHORT = {
    "account": "Cannot send",
    "posted": "Has it already",
    "text_too_long": "Too long",
    "empty": "Empty",
    "too_many_images": "Too many pictures",
    "alt_too_long": "Description too long",
}
GROUPS = {
    "text_too_long": ("One post is too long", "{} posts are too long"),
    "account": ("One post goes to an account that cannot send",
                "{} posts go to an account that cannot send"),
    "posted": ("One piece has a post there already", "{} pieces have a post there already"),
    "empty": ("One post would be empty", "{} posts would be empty"),
    "alt_missing": ("One post has a picture without a description",
                    "{} posts have pictures without a description"),
    "cap": ("One post would pass its account’s monthly cap",
            "{} posts would pass their account’s monthly cap"),
    "approval": ("One post waits for approval first", "{} posts wait for approval first"),
}  # fmt: skip


# The button beside a kind of problem; the others take a person's words.
FIXES = {
    "text_too_long": "Shorten",
    "too_many_images": "Send only the first pictures",
    "link_with_picture": "Leave the picture out there",
    "account": "Leave the account out",
}
PROBLEMS_SHOWN = 5  # previews of posts that something stops


@dataclass(frozen=True)
class Sample:
    """A preview that is shown, and how many posts of its channel it stands for."""

    cell: "Cell"
    alike: int = 0


@dataclass(frozen=True)
class Group:
    """The same problem wherever it stands in the batch."""

    code: str
    level: str
    told: tuple[tuple[Cell, Problem], ...]

    @property
    def words(self) -> str:
        number = len(self.told)
        one, many = GROUPS.get(self.code, (self.told[0][1].sentence, "{} posts have this problem"))
        return one if number == 1 else many.format(f"{number:,}")

    @property
    def fix(self) -> str:
        """The words of the button that puts it right; empty where only a person can."""
        return FIXES.get(self.code, "") if self.level == "stop" else ""

    @property
    def sentences(self) -> list[str]:
        """What it is in each case, each sentence once, with the pieces it is about."""
        about: dict[str, list[str]] = {}
        for cell, problem in self.told:
            about.setdefault(problem.sentence, []).append(str(cell.piece))
        return [f"{_named(pieces)}: {sentence}" for sentence, pieces in about.items()]


def _named(pieces: Sequence[str]) -> str:
    names = ", ".join(dict.fromkeys(pieces[:3]))
    return names + (f" and {len(pieces) - 3} more" if len(pieces) > 3 else "")


class Grid:
    """The batch as a person checks it. A few queries, however many posts it makes."""

    def __init__(self, pieces: Sequence[Piece], channels: Sequence[Channel]) -> None:
        self.pieces, self.channels = pieces, channels

    @property
    def brand(self) -> Brand:
        return self.pieces[0].brand

    @cached_property
    def cells(self) -> list[Cell]:
        pairs = list(product(self.pieces, self.channels))
        posts = [_post(piece, channel) for piece, channel in pairs]
        renditions = [rendition_of(post, post.account) for post in posts]
        costs = costs_of(
            [(post.account, rendition, _comment(post))
             for post, rendition in zip(posts, renditions, strict=True)],
            timezone.now(),
        )  # fmt: skip
        return [
            _cell(piece, channel, self._taken, rendition, cost)
            for (piece, channel), rendition, cost in zip(pairs, renditions, costs, strict=True)
        ]

    @property
    def cost(self) -> str:
        """What all posts that can go cost; empty where that is nothing."""
        return total(cell.cost for cell in self.going)

    @cached_property
    def _taken(self) -> set[tuple[int, int, int]]:
        """What has a post already that is not cancelled or removed."""
        posts = Post.objects.filter(
            piece__in=self.pieces, account__in={channel.account for channel in self.channels}
        ).exclude(status__in=(Status.CANCELLED, Status.REMOVED))
        return set(posts.values_list("piece", "account", "channel_type"))

    @property
    def lines(self) -> Iterator[tuple[Piece, list[Cell]]]:
        width = len(self.channels)
        for row, piece in enumerate(self.pieces):
            yield piece, self.cells[row * width : (row + 1) * width]

    @cached_property
    def going(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.goes]

    @property
    def staying(self) -> int:
        return len(self.cells) - len(self.going)

    @cached_property
    def groups(self) -> list[Group]:
        """The problems by kind, those that stop first."""
        found: dict[tuple[str, str], list[tuple[Cell, Problem]]] = {}
        for cell in self.cells:
            for problem in cell.problems:
                found.setdefault((problem.level, problem.code), []).append((cell, problem))
        return [Group(code, level, tuple(told)) for (level, code), told in sorted(
            found.items(), key=lambda item: item[0][0] != "stop")]  # fmt: skip

    @property
    def to_fix(self) -> int:
        return sum(group.level == "stop" for group in self.groups)

    @property
    def to_know(self) -> int:
        return len(self.groups) - self.to_fix

    @cached_property
    def samples(self) -> list[Sample]:
        """What something stops comes first; what is fine is one preview for each channel."""
        stopped = [cell for cell in self.cells if not cell.goes]
        fine: dict[str, list[Cell]] = {}
        for cell in self.going:
            fine.setdefault(cell.channel.key, []).append(cell)
        alike = [Sample(cells[0], len(cells) - 1) for cells in fine.values()]
        return [*map(Sample, stopped[:PROBLEMS_SHOWN]), *alike]

    @property
    def fixable(self) -> list[Group]:
        return [group for group in self.groups if group.fix]


def _post(piece: Piece, channel: Channel) -> Post:
    account = channel.account
    return Post(
        brand=piece.brand, platform=account.platform, account=account,
        channel_type=channel.channel_type, piece=piece, piece_version=piece.current,
    )  # fmt: skip


def _comment(post: Post) -> str:
    return first_comment(post.piece_version, post.platform.slug, post.channel_type.slug)


def _cell(
    piece: Piece,
    channel: Channel,
    taken: set[tuple[int, int, int]],
    rendition: Rendition,
    cost: Cost,
) -> Cell:
    account = channel.account
    adapter = account.platform.adapter
    limits = limits_of(account, channel.channel_type)
    content = problems_of(adapter, rendition, limits)
    capped = (cost.problem,) if cost.problem else ()
    problems = (*_about(account), *_twice(piece, channel, taken), *content, *capped)
    words = f"Costs {cost.words}" if cost.words else ""
    preview = Preview("What goes out", rendition, limits, content, adapter, words)
    return Cell(piece, channel, problems, preview, cost)


def _about(account: Account) -> Iterable[Problem]:
    if not account.can_send:
        words = f"{account} is {account.get_state_display().lower()}. {account.state_reason}"
        yield Problem("account", words.strip())
    if needs_approval(account):
        yield Problem("approval", f"{account.name} asks for an approval before anything goes out.",
                      level="warn")  # fmt: skip


def _twice(piece: Piece, channel: Channel, taken: set[tuple[int, int, int]]) -> Iterable[Problem]:
    if (piece.pk, channel.account.pk, channel.channel_type.pk) in taken:
        yield Problem("posted", f"It has a post to {channel.account.name} already. Choose "
                      "“Post again” on that post if you mean it.")  # fmt: skip
