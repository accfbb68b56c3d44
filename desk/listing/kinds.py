"""The lists there are, as data: which posts each holds and how it may be sorted."""

from collections.abc import Callable
from dataclasses import dataclass

from posting.models.post import NEEDS_A_PERSON, PostQuerySet
from posting.states import Status

HELD = "held"  # not a state of its own: ready or scheduled, and nobody has approved it


@dataclass(frozen=True)
class Sort:
    """A closed sort key. Each has an index that begins with brand."""

    key: str  # in the address
    field: str
    words: str  # the head of its column
    dates: str  # what a range of dates is about
    nullable: bool = True
    both_ways: bool = True
    parts: int = 1  # walks that each slice is split into


DUE = Sort("due", "due_at", "Due", "Due")
UPDATED = Sort("updated", "updated_at", "Changed", "Changed", nullable=False)
# The order in which posts go out; `in_turn` walks it.
NEXT = Sort("next", "wake_at", "Goes out", "Goes out", nullable=False, both_ways=False, parts=2)
PUBLISHED = Sort("published", "published_at", "Out since", "Published")


@dataclass(frozen=True)
class Kind:
    """One list: its posts come as slices, each of which an index serves in sorted order."""

    slug: str
    words: str
    url: str
    slices: tuple[str, ...]  # states, or HELD
    sorts: tuple[Sort, ...]
    default: str  # the sort it opens with; "-due" is latest first
    empty: str

    def sort(self, key: str) -> Sort:
        """Return the sort of that key, or the first."""
        return next((sort for sort in self.sorts if sort.key == key), self.sorts[0])


def _held(posts: PostQuerySet) -> PostQuerySet:
    return posts.held_for_approval()


def _in(status: str) -> Callable[[PostQuerySet], PostQuerySet]:
    return lambda posts: posts.in_status(status)


SLICES: dict[str, Callable[[PostQuerySet], PostQuerySet]] = {HELD: _held} | {
    status.value: _in(status.value) for status in Status
}
# For lists in the order in which posts go out, whose index knows its posts by a literal.
IN_TURN = SLICES | {Status.SCHEDULED.value: lambda posts: posts.waiting_their_turn()}
WORDS = {HELD: "Waits for approval"} | {status.value: status.label for status in Status}

QUEUE = Kind(
    slug="queue",
    words="Post queue",
    url="desk:posting_hub",
    slices=(
        Status.SCHEDULED,
        Status.READY,
        Status.PUBLISHING,
        Status.FAILED,
        Status.UNCONFIRMED,
        Status.MISSED,
        Status.CANCELLED,
    ),
    sorts=(DUE, UPDATED),
    default="due",
    empty="Posts that wait for their time, or for a person, stand here.",
)
OUT = Kind(
    slug="published",
    words="Published",
    url="desk:published_posts",
    slices=(Status.PUBLISHED, Status.REMOVED),
    sorts=(PUBLISHED, UPDATED),
    default="-published",
    empty="Posts that are out stand here, the newest first.",
)
ATTENTION = Kind(
    slug="attention",
    words="Needs attention",
    url="desk:attention",
    slices=(*NEEDS_A_PERSON, HELD),
    sorts=(UPDATED, DUE),
    default="-updated",
    empty="Posts that failed, were missed, may be out or wait for approval stand here, "
    "each with its next step.",
)
GOING = Kind(
    slug="going",
    words="Schedule queue",
    url="desk:schedule_queue",
    slices=(Status.SCHEDULED, Status.PUBLISHING),
    sorts=(NEXT,),
    default="next",
    empty="Posts that have a time stand here in the order in which they go out.",
)
# Not a list that is paged, but the same filters.
CALENDAR = Kind(
    slug="calendar",
    words="Schedule",
    url="desk:calendar",
    slices=(
        Status.SCHEDULED,
        Status.PUBLISHING,
        Status.PUBLISHED,
        Status.FAILED,
        Status.UNCONFIRMED,
        Status.MISSED,
        Status.REMOVED,
        Status.CANCELLED,
    ),
    sorts=(DUE,),
    default="due",
    empty="Posts stand here at their time.",
)
KINDS = {kind.slug: kind for kind in (QUEUE, ATTENTION, OUT, GOING)}
