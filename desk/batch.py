"""What a batch's page says: how far it is, what each post is doing, and what can be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Prefetch

from content.models import VersionMedia
from desk.batch_verbs import VERBS, Verb
from desk.decisions import Decision, next_step
from desk.happening import WAITS, happening
from desk.words import exact, span
from organisation.models import Switch
from posting.models import Batch, Post, PostAttempt
from posting.models.post import NEEDS_A_PERSON
from posting.states import Status
from scheduling.conflicts import Conflict, conflicts_of_posts

ROWS = 200
STOPPED = "Due. Waits until publishing is started again."
SOON = timedelta(seconds=5)
LONGEST_PAUSE = 3600  # seconds
LATE = timedelta(seconds=1)
TRIED = (Status.PUBLISHED, Status.REMOVED, Status.FAILED, Status.UNCONFIRMED)
# The order of the bar, and what each part counts.
PARTS: tuple[tuple[str, str, tuple[Status, ...]], ...] = (
    ("published", "published", (Status.PUBLISHED,)),
    ("failed", "failed", (Status.FAILED,)),
    ("missed", "missed", (Status.MISSED,)),
    ("unconfirmed", "unconfirmed", (Status.UNCONFIRMED,)),
    ("publishing", "publishing", (Status.PUBLISHING,)),
    ("waiting", "waiting", (Status.SCHEDULED,)),
    ("ready", "ready, without a time", (Status.READY,)),
    ("off", "taken out", (Status.CANCELLED, Status.REMOVED)),
)
ORDER = {
    status: place
    for place, status in enumerate(
        (
            Status.FAILED,
            Status.UNCONFIRMED,
            Status.MISSED,
            Status.PUBLISHING,
            Status.SCHEDULED,
            Status.READY,
            Status.PUBLISHED,
            Status.CANCELLED,
            Status.REMOVED,
        )
    )
}


# What the rows can be narrowed to. Each state stands in one of them.
GROUPS: tuple[tuple[str, str, tuple[Status, ...]], ...] = (
    ("needs-you", "Needs you", NEEDS_A_PERSON),
    ("to-come", "To come", (Status.PUBLISHING, Status.SCHEDULED, Status.READY)),
    ("done", "Done", (Status.PUBLISHED, Status.CANCELLED, Status.REMOVED)),
)


@dataclass(frozen=True)
class Group:
    """A link that narrows the rows; an empty slug shows all."""

    slug: str
    words: str
    number: int
    current: bool


@dataclass(frozen=True)
class Part:
    """One segment of the bar; `start` and `width` in per cent."""

    look: str
    words: str
    number: int
    start: float
    width: float


@dataclass(frozen=True)
class Line:
    """One row: the post, what it is doing, and what this person can do about it."""

    post: Post
    words: str
    verbs: list[Verb]
    step: Decision | None = None  # what a missed post needs; it is asked about on a page of its own
    conflicts: tuple[Conflict, ...] = ()

    @property
    def picture(self) -> VersionMedia | None:
        return next(iter(self.post.piece_version.media.all()), None)

    @property
    def took(self) -> str:
        """How long the last attempt took, once there is its outcome."""
        if self.post.status not in TRIED:
            return ""
        last = next(reversed(self.post.attempt_rows.all()), None)
        return exact(last.ended_at - last.started_at) if last else ""

    @property
    def late(self) -> str:
        """How long after its time it went out."""
        lateness = self.post.lateness
        if lateness is None or self.post.confirmed_by_id:
            return ""
        return f"{span(lateness)} late" if lateness >= LATE else "on time"


class Progress:
    """One batch at one moment."""

    def __init__(self, batch: Batch, now: datetime, may_publish: bool, show: str = "") -> None:
        self.batch, self.now, self.may_publish = batch, now, may_publish
        self.show = show if show in {slug for slug, _, _ in GROUPS} else ""

    @cached_property
    def posts(self) -> list[Post]:
        tries = PostAttempt.objects.order_by("pk").only("post", "started_at", "ended_at")
        posts = self.batch.posts.for_rows().prefetch_related(Prefetch("attempt_rows", tries))
        return sorted(posts.order_by("pk")[:ROWS], key=lambda post: ORDER[Status(post.status)])

    @property
    def shown(self) -> list[Post]:
        """The rows of the group that is asked for."""
        wanted = {state for slug, _, states in GROUPS if slug == self.show for state in states}
        return [post for post in self.posts if not wanted or post.status in wanted]

    @property
    def groups(self) -> Iterator[Group]:
        yield Group("", "All", self.total, not self.show)
        for slug, words, states in GROUPS:
            number = sum(self.counts.get(state, 0) for state in states)
            if number or slug == self.show:
                yield Group(slug, words, number, slug == self.show)

    @cached_property
    def stopped(self) -> bool:
        """Nothing of the batch goes out while somebody keeps its brand from publishing."""
        return Switch.objects.stopped_for(self.batch.brand_id).exists()

    @cached_property
    def counts(self) -> dict[str, int]:
        rows = self.batch.posts.order_by().values("status").annotate(number=Count("pk"))
        return {row["status"]: row["number"] for row in rows}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def unshown(self) -> int:
        return max(self.total - ROWS, 0)

    @property
    def published(self) -> int:
        return self.counts.get(Status.PUBLISHED, 0)

    @cached_property
    def parts(self) -> list[Part]:
        found, start = [], 0.0
        for look, words, states in PARTS:
            number = sum(self.counts.get(state, 0) for state in states)
            if number:
                width = 100 * number / self.total
                found.append(Part(look, words, number, round(start, 2), round(width, 2)))
                start += width
        return found

    @property
    def in_words(self) -> str:
        return ", ".join(f"{part.number} {part.words}" for part in self.parts)

    @property
    def moving(self) -> bool:
        return any(self._moves(post) for post in self.posts)

    def _moves(self, post: Post) -> bool:
        due = post.wake_at is not None and post.wake_at <= self.now + SOON
        return post.status == Status.PUBLISHING or (
            post.status == Status.SCHEDULED and due and not post.holds
        )

    @property
    def going(self) -> bool:
        """Something moves, and nobody has to start or reconnect anything first."""
        return any(self._moves(post) and self._may_leave(post) for post in self.posts)

    def _may_leave(self, post: Post) -> bool:
        return post.status == Status.PUBLISHING or (post.account.can_send and not self.stopped)

    @property
    def trigger(self) -> str:
        """When the page asks again: every 2 s while something moves, else when the next may."""
        if self.moving:
            return "every 2s"
        coming = [at for post in self.posts if (at := _next_move(post)) is not None]
        if not coming:
            return ""
        pause = (min(coming) - self.now - SOON).total_seconds()
        return f"load delay:{min(max(int(pause), 2), LONGEST_PAUSE)}s"

    @property
    def rows(self) -> Iterator[Line]:
        conflicts = conflicts_of_posts(self.shown, self.now)
        for post in self.shown:
            said = happening(post, self.now)
            said = STOPPED if said == WAITS and self.stopped else said
            verbs = [verb for verb in self.verbs_for(post) if verb.for_one]
            found = tuple(conflicts.get(post.pk, ()))
            yield Line(post, said, verbs, self._step(post), found)

    def _step(self, post: Post) -> Decision | None:
        asks = self.may_publish and post.status == Status.MISSED
        return next_step(post, self.now) if asks else None

    def verbs_for(self, post: Post) -> list[Verb]:
        if not self.may_publish:
            return []
        return [verb for verb in VERBS if verb.fits(post, self.now)]

    @property
    def for_all(self) -> list[tuple[Verb, int]]:
        """What can be done to several at once, and to how many."""
        fitting = [(verb, sum(verb in self.verbs_for(post) for post in self.posts))
                   for verb in VERBS if verb.for_all]  # fmt: skip
        return [(verb, number) for verb, number in fitting if number]


def _next_move(post: Post) -> datetime | None:
    if post.status == Status.SCHEDULED and not post.holds:
        return post.wake_at
    return post.next_look_at if post.status == Status.UNCONFIRMED else None
