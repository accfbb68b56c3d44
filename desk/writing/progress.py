"""What the page of a run says: how far it is, each piece in its row, and what can be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db.models import Avg, Count, Sum
from django.utils.text import Truncator

from content.llm.endpoint import Endpoint, endpoint
from content.models import LlmInteraction, WritingItem, WritingRun
from content.writers.estimating import usual
from desk.batch import Part
from desk.signs import Signs
from organisation.models import Heartbeat

State = WritingItem.State
FIRST_WORDS = 110  # characters
# The order of the bar, and what each part counts: its look, its words, and which items.
LOOKS = {
    "written": ("published", "written", "fa-solid fa-check", "Written"),
    "to mend": ("unconfirmed", "to mend", "fa-solid fa-triangle-exclamation", "To mend"),
    State.WRITING: ("publishing", "being written", "fa-solid fa-rotate", "Writing"),
    State.WAITING: ("scheduled", "waiting", "fa-solid fa-hourglass-half", "Waiting"),
    State.FAILED: ("failed", "failed", "fa-solid fa-xmark", "Failed"),
    State.STOPPED: ("off", "not begun", "fa-solid fa-stop", "Not begun"),
}


def look_of(item: WritingItem) -> str:
    """Return the key of the item's look."""
    if item.state != State.WRITTEN:
        return item.state
    return "to mend" if item.problem or item.over else "written"


@dataclass(frozen=True)
class Line:
    """One item as its row shows it."""

    item: WritingItem
    may_write: bool

    @property
    def look(self) -> str:
        return LOOKS[look_of(self.item)][0]

    @property
    def icon(self) -> str:
        return LOOKS[look_of(self.item)][2]

    @property
    def word(self) -> str:
        return f"{self.item.over} over" if self.item.over else LOOKS[look_of(self.item)][3]

    @property
    def first_words(self) -> str:
        piece = self.item.piece
        return Truncator(piece.current.text).chars(FIRST_WORDS) if piece and piece.current else ""

    @property
    def told(self) -> list[str]:
        return [one for one in (self.item.error, self.item.problem, self.item.remark) if one]

    @property
    def may_retry(self) -> bool:
        return self.may_write and self.item.state in (State.FAILED, State.STOPPED)

    @property
    def opens(self) -> str:
        """The query with which the composer opens the piece for its account and channel."""
        item = self.item
        where = f"&account={item.account_id}&channel={item.channel_type.slug}"
        return f"piece={item.piece_id}{where}" if item.piece_id else ""


class RunProgress:
    """One run at one moment."""

    def __init__(self, run: WritingRun, now: datetime, *, may_write: bool) -> None:
        self.run, self.now, self.may_write = run, now, may_write

    @cached_property
    def items(self) -> list[WritingItem]:
        related = ("section", "account__platform", "channel_type__platform", "piece__current")
        return list(self.run.items.select_related(*related).order_by("position"))

    @property
    def rows(self) -> Iterator[Line]:
        return (Line(item, self.may_write) for item in self.items)

    @cached_property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(LOOKS, 0)
        for item in self.items:
            found[look_of(item)] += 1
        return found

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def written(self) -> int:
        return self.counts["written"] + self.counts["to mend"]

    @property
    def waiting(self) -> int:
        return self.counts[State.WAITING]

    @property
    def unwritten(self) -> int:
        """How many could be tried again."""
        return self.counts[State.FAILED] + self.counts[State.STOPPED]

    @property
    def is_moving(self) -> bool:
        return bool(self.waiting or self.counts[State.WRITING])

    @property
    def trigger(self) -> str:
        """When the page asks again: every 2 s while something is written."""
        return "every 2s" if self.is_moving else ""

    @cached_property
    def parts(self) -> list[Part]:
        found, start = [], 0.0
        for key, (look, words, _, _) in LOOKS.items():
            if number := self.counts[key]:
                width = 100 * number / self.total
                found.append(Part(look, words, number, round(start, 2), round(width, 2)))
                start += width
        return found

    @property
    def in_words(self) -> str:
        return ", ".join(f"{part.number} {part.words}" for part in self.parts)

    @property
    def by_model(self) -> bool:
        return self.run.writer == WritingRun.Writer.MODEL

    @cached_property
    def model(self) -> Endpoint | None:
        return endpoint()

    @cached_property
    def _answers(self) -> dict[str, float | Decimal | None]:
        asked = LlmInteraction.objects.filter(item__run=self.run)
        return asked.aggregate(seconds=Avg("seconds"), tokens=Avg("tokens_out"), cost=Sum("cost"))

    @property
    def seconds(self) -> float | None:
        """What an answer took on average."""
        return self._answers["seconds"]  # type: ignore[return-value]

    @property
    def tokens(self) -> float | None:
        return self._answers["tokens"]  # type: ignore[return-value]

    @property
    def cost(self) -> Decimal | None:
        return self._answers["cost"]  # type: ignore[return-value]

    @property
    def to_go(self) -> int | None:
        """About how many seconds are left; None where nothing tells."""
        if not (self.is_moving and self.by_model and self.model):
            return None
        each = self.seconds or usual(self.model.model).seconds
        left = self.waiting + self.counts[State.WRITING]
        return max(round(each * left / settings.LLM_AT_ONCE), 1) if each else None

    @cached_property
    def nobody_writes(self) -> bool:
        """Whether something waits and no worker is there that could write it."""
        return self.is_moving and not Signs(self.now).of(Heartbeat.Kind.WORK).alive


def latest_runs(source_id: int, number: int = 5) -> list[WritingRun]:
    """Return the latest runs of a source, each with `items_count` and `written_count`."""
    runs = WritingRun.objects.filter(source=source_id).select_related("by")
    return list(
        runs.annotate(items_count=Count("items"), written_count=Count("items__piece"))[:number]
    )
