"""What a table would make, row by row: the pieces, the posts, and why some rows cannot be.

The same judgement serves the preview and the import itself, so that a person confirms what is done.
Rows are taken a few hundred at a time; the database is asked some ten times in all and once more
for each such part, however long the table is.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import IO, Any

from django.core.exceptions import ValidationError

from content.hashtags import banned_in, told
from content.models import BannedHashtag, MediaAsset
from content.piece_table import VARIED, Said, assets_named, read
from content.rendering import ChannelContent, item_of, render, varied
from content.sameness import plain, print_of
from content.tables.cells import plain as plain_cell
from content.tables.opening import Row, Written, rows_of
from organisation.models import Brand
from platforms.checking import problems_of, stopping
from platforms.registry import adapter_for
from platforms.values import MediaItem
from scheduling.conflicts import Conflict, Planned, conflicts_of
from scheduling.importing.columns import ABOUT_POSTS, ADDRESSES, LEFT_OUT
from scheduling.importing.places import Place, Places
from scheduling.importing.times import wall_of
from scheduling.timing import instant_to_send
from scheduling.walltime import is_ambiguous, wall_text, zone_named

ROWS_MAX = 10_000  # one transaction, which keeps others from writing on SQLite
POSTS_MAX = 500  # of one table: each is made and checked on its own, all in one transaction
PART = 200  # rows
WHICH = {"": 0, "first": 0, "second": 1}
COLUMN_OF = {"channel": "channel", "unknown_zone": "zone", "which": "which"}  # by code of refusal


@dataclass(frozen=True)
class Reading:
    """How the columns of a table are read, as a person has chosen."""

    columns: tuple[str, ...]
    headless: bool = False  # the first row is no heading
    order: str = ""  # of day and month
    zone: str = ""  # empty: each account's own
    to: tuple[str, ...] = ()  # where rows go that name no account: "12-3", account and channel
    for_approval: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Reading":
        """Read what an import keeps as JSON."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        known |= {name: tuple(known[name]) for name in ("columns", "to") if name in known}
        return cls(**known)


@dataclass(frozen=True)
class Bad:
    """Why one row cannot be imported."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Wanted:
    """One post a row asks for. `wall` empty: without a time."""

    row: int
    piece: int  # its place among the pieces
    place: Place
    wall: str = ""
    zone: str = ""
    fold: int = 0
    due_at: datetime | None = None
    again: bool = False  # a further copy of what the account gets by this table
    conflicts: tuple[Conflict, ...] = ()


@dataclass
class NewPiece:
    """One piece and the row that says what it says."""

    row: int
    said: Said
    cells: dict[str, str] = field(default_factory=dict)


@dataclass
class Judged:
    """All that a table comes to."""

    rows: int = 0
    pieces: list[NewPiece] = field(default_factory=list)
    posts: list[Wanted] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)  # rows whose time comes twice, the first taken
    banned: list[int] = field(default_factory=list)  # rows with hashtags the brand does not use
    addresses: int = 0  # rows with pictures by address
    assets: dict[str, MediaAsset] = field(default_factory=dict)

    @property
    def bad_rows(self) -> int:
        return len({one.row for one in self.bad})

    @property
    def timed(self) -> list[Wanted]:
        return [post for post in self.posts if post.due_at is not None]


class Judge:
    """Reads a table for a brand at one moment."""

    def __init__(self, brand: Brand, reading: Reading, now: datetime) -> None:
        self.brand, self.reading, self.now = brand, reading, now
        self.places = Places(brand)
        self.others = self.places.chosen(reading.to)
        self.found = Judged()
        self._first: dict[str, int | None] = {}  # by reference: its place, None where it is bad
        self._had: set[tuple[int, int, int]] = set()

    def judge(self, file: IO[bytes], written: Written, progress: Callable[[int], None]) -> Judged:
        """Read all rows. `progress` is told how many are done, every few hundred.

        Raises ValidationError for a table that cannot be read to its end, or holds too much.
        """
        rows = rows_of(file, written)
        if not self.reading.headless:
            next(rows, None)
        while part := list(islice(rows, PART)):
            self._take(part)
            progress(self.found.rows)
        if not self.found.rows:
            raise ValidationError(
                "The table has no rows below its headings. Nothing can be imported of it."
            )
        self._judge_times()
        self.found.bad.sort(key=lambda one: one.row)
        return self.found

    def _take(self, part: list[Row]) -> None:
        found = self.found
        found.rows += len(part)
        if found.rows > ROWS_MAX:
            raise ValidationError(
                f"The table has more than {ROWS_MAX:,} rows, the most at once. Split it into "
                "several files, each with the line of headings."
            )
        read_rows = [(number, *self._read(number, cells)) for number, cells in part]
        self.found.assets |= assets_named(self.brand, [said for _, _, said, _ in read_rows])
        for number, row, said, bad in read_rows:
            self._note_hashtags(number, said)
            self._one(number, row, said, bad or self._is_unknown(number, row, said))
        if len(found.posts) > POSTS_MAX:
            raise ValidationError(
                f"The table makes more than {POSTS_MAX} posts, the most at once. Split it, or "
                "choose fewer accounts for rows that name none."
            )

    def _read(self, number: int, cells: list[str]) -> tuple[dict[str, str], Said, bool]:
        """The row by its columns, what it says, and whether that is bad, which is told."""
        columns = self.reading.columns
        row = {
            name: plain_cell(cell)
            for name, cell in zip(columns, cells, strict=False)
            if name != LEFT_OUT
        }
        said, wrong = read(row)
        if any(cells[len(columns) :]):
            sentence = (
                f"The row has {len(cells)} cells and the headings are {len(columns)}. A text that "
                "holds the sign between columns stands in quotes."
            )
            wrong = [("", sentence)]
        self.found.bad += [Bad(number, *one) for one in wrong]
        self.found.addresses += bool(row.get(ADDRESSES, "").strip())
        return row, said, bool(wrong)

    def _one(self, number: int, row: dict[str, str], said: Said, bad: bool) -> None:
        reference = row.get("piece", "").strip()
        if reference and reference in self._first:
            place = None if bad else self._again(number, row, self._first[reference], reference)
            if place is not None:
                said = self.found.pieces[place].said
                self.found.posts += self._posts(number, row, said, place) or []
            return
        posts = None
        if not bad and said.is_silent:
            sentence = (
                "The row has neither a text nor a link nor a picture, and repeats no piece of an "
                "earlier row. Write one, or take it out."
            )
            self._refuse(number, "text", sentence)
        elif not bad:
            posts = self._posts(number, row, said, len(self.found.pieces))
        if reference:
            self._first[reference] = None if posts is None else len(self.found.pieces)
        if posts is not None:
            kept = {name: cell for name, cell in row.items() if cell.strip()}
            self.found.pieces.append(NewPiece(number, said, kept if reference else {}))
            self.found.posts += posts

    def _note_hashtags(self, number: int, said: Said) -> None:
        """Note which rows have hashtags that the brand does not use, or rather does not."""
        own = (str(one.get("text", "")) for one in said.variants.values())
        if self.rules and any(banned_in(text, self.rules) for text in (said.text, *own)):
            self.found.banned.append(number)

    def _again(self, number: int, row: dict[str, str], place: int | None, name: str) -> int | None:
        """The place of the piece that an earlier row began; None with the reason told."""
        if place is None:
            self._refuse(number, "piece", f"The first row of the piece “{name[:40]}” cannot be "
                                          "imported, and so this one cannot.")  # fmt: skip
            return None
        first = self.found.pieces[place]
        for column, cell in row.items():
            differs = cell.strip() and first.cells.get(column, "") != cell
            if column not in ABOUT_POSTS and differs:
                self._refuse(number, column, f"Row {first.row} says something else of the piece "
                             f"“{name[:40]}”. Give this row another reference, or write what a "
                             "channel says into its own column.")  # fmt: skip
                return None
        return place

    def _is_unknown(self, number: int, row: dict[str, str], said: Said) -> bool:
        """Whether it names channels or pictures that are not there; each is told."""
        wrong = []
        for channel, own in said.variants.items():
            if channel not in self.places.channels:
                column = next(c for c in row if c.endswith(f": {channel}") and row[c])
                wrong.append((column, f"There is no channel {channel[:60]}."))
            elif own.get("first_comment") and not _takes_comment(channel):
                column = f"first comment: {channel}"
                wrong.append((column, "What is posted there takes no comment. Leave it empty."))
        for picture in said.pictures:
            if picture.sha256 not in self.found.assets:
                named = f"{self.brand} has no picture {picture.sha256[:12]}… in its library."
                wrong.append(("pictures", f"{named} Upload it there first."))
            elif picture.channel and picture.channel not in self.places.channels:
                wrong.append(("pictures", f"There is no channel {picture.channel}."))
        for column, sentence in wrong:
            self._refuse(number, column, sentence)
        return bool(wrong)

    def _refuse(self, number: int, column: str, sentence: str) -> None:
        self.found.bad.append(Bad(number, column, sentence))

    def _posts(
        self, number: int, row: dict[str, str], said: Said, piece: int
    ) -> list[Wanted] | None:
        """The posts of a row; None where one of them cannot be, which is told."""
        try:
            named = self.places.named(row)
        except ValidationError as error:
            self._refuse_for(number, "account", error)
            return None
        places = [named] if named else self.others
        cell = row.get("time", "")
        if cell.strip() and not places:
            self._refuse(number, "account", "The row has a time and names no account. Choose "
                         "above where such rows go, or leave out the column of times.")  # fmt: skip
            return None
        posts = []
        for place in places:
            if problems := self._problems(place, said):
                for sentence in problems:
                    self._refuse(number, "text", sentence)
                return None
            try:
                posts.append(self._wanted(number, row, piece, place))
            except ValidationError as error:
                self._refuse_for(number, "time", error)
                return None
        return posts

    def _refuse_for(self, number: int, column: str, error: ValidationError) -> None:
        column = COLUMN_OF.get(getattr(error, "code", None) or "", column)
        self._refuse(number, column, " ".join(error.messages))

    def _wanted(self, number: int, row: dict[str, str], piece: int, place: Place) -> Wanted:
        key = piece, place.account.pk, place.channel_type.pk
        again = key in self._had
        self._had.add(key)
        post = Wanted(number, piece, place, again=again)
        if not (cell := row.get("time", "")).strip():
            return post
        name = row.get("zone", "").strip() or self.reading.zone or place.account.timezone
        zone = zone_named(name)
        wall, fold = wall_of(cell, zone, self.reading.order)
        fold = self._fold(number, row, wall, fold, is_ambiguous(wall, zone))
        due_at = instant_to_send(wall_text(wall), name, fold, self.now)
        return replace(post, wall=wall_text(wall), zone=name, fold=fold, due_at=due_at)

    def _fold(
        self, number: int, row: dict[str, str], wall: datetime, known: int, twice: bool
    ) -> int:
        which = row.get("which", "").strip().casefold()
        if which not in WHICH:
            raise ValidationError(f"“{which[:40]}” is neither first nor second.", code="which")
        if twice and not which and not known:
            self.found.twice.append(number)
        return WHICH[which] if which and twice else known

    def _problems(self, place: Place, said: Said) -> list[str]:
        account = place.account
        if not account.can_send:
            state = account.get_state_display().lower()
            return [f"{account.name} cannot send: {state}. {account.state_reason}".strip()]
        limits = self.places.limits(place)
        rendition = render(self._content(said, place.name), place.channel_type.slug, limits)
        found = stopping(problems_of(account.platform.adapter, rendition, limits))
        banned = [told(rule) for rule in banned_in(rendition.text, self.rules) if rule.stops]
        return [f"{account.name}: {problem.sentence}" for problem in found] + banned

    def _content(self, said: Said, channel: str) -> ChannelContent:
        own = [one for one in said.pictures if one.channel == channel]
        media: list[MediaItem] = []
        for one in own or [one for one in said.pictures if not one.channel]:
            item = item_of(self.found.assets[one.sha256], len(media) + 1, one.alt)
            media.append(replace(item, focus_x=one.focus[0], focus_y=one.focus[1]))
        shared = ChannelContent(said.text, said.link, tuple(media))
        return varied(shared, said.variants.get(channel, {}))

    @cached_property
    def rules(self) -> list[BannedHashtag]:
        return list(BannedHashtag.objects.filter(brand=self.brand))

    def _judge_times(self) -> None:
        """Ask what speaks against the times, all at once; what stops a post makes its row bad."""
        timed = {place: post for place, post in enumerate(self.found.posts) if post.due_at}
        planned = [self._planned(place, post) for place, post in timed.items()]
        conflicts = conflicts_of(planned, self.now)
        for place, post in timed.items():
            found = tuple(conflicts.get(place, ()))
            self.found.posts[place] = replace(post, conflicts=found)
            for one in found:
                if one.stops:
                    self._refuse(post.row, "time", one.sentence)
        self._tell_followers()

    def _tell_followers(self) -> None:
        """Rows of a piece whose own row cannot be, because of a time, cannot be either."""
        bad = {one.row for one in self.found.bad}
        for post in self.found.posts:
            first = self.found.pieces[post.piece].row
            if first in bad and post.row not in bad:
                bad.add(post.row)
                self._refuse(post.row, "piece", f"Row {first}, which says what this piece says, "
                                                "cannot be imported.")  # fmt: skip

    def _planned(self, place: int, post: Wanted) -> Planned:
        said, channel = self.found.pieces[post.piece].said, post.place.name
        own = said.variants.get(channel, {})
        text, link = str(own.get("text", said.text)), str(own.get("link", said.link))
        if post.due_at is None:
            raise ValueError("a post without a time is not judged")
        return Planned(
            key=place, account=post.place.account.pk, at=post.due_at, channel=channel,
            print=print_of(text, link), words=plain(text, link),
        )  # fmt: skip


def conflict_counts(posts: list[Wanted]) -> Counter[str]:
    """How many of the posts have each kind of conflict."""
    return Counter(kind for post in posts for kind in {one.kind.value for one in post.conflicts})


def without(judged: Judged) -> Judged:
    """What is left without the rows that cannot be. A piece stays while its own row is good."""
    bad = {one.row for one in judged.bad}
    kept = [place for place, piece in enumerate(judged.pieces) if piece.row not in bad]
    moved = {place: new for new, place in enumerate(kept)}
    return replace(
        judged,
        pieces=[judged.pieces[place] for place in kept],
        posts=[
            replace(post, piece=moved[post.piece])
            for post in judged.posts
            if post.row not in bad and post.piece in moved
        ],
    )


def columns_of_channels(columns: tuple[str, ...]) -> Iterator[str]:
    """The channels that have columns of their own."""
    for name in columns:
        part, colon, channel = name.partition(": ")
        if colon and part in VARIED:
            yield channel


def _takes_comment(name: str) -> bool:
    platform, _, slug = name.partition("/")
    channels = {channel.slug: channel for channel in adapter_for(platform).channels}
    return slug in channels and channels[slug].takes_comment
