"""The items of runs: who may write which now, and how it ended.

Rows are the truth: a worker takes an item by a conditional UPDATE, settles it by another in one
transaction with its piece, and what a worker that died left is put back once. So an item is never
lost and never becomes two pieces.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from content.models import LlmInteraction, Piece, WritingItem, WritingRun
from content.waking import wake_writers
from content.writers.modelled import Written
from content.writing import write_piece
from organisation.audit import record
from organisation.clock import database_now
from organisation.models import User

State, Writer = WritingItem.State, WritingRun.Writer
LOOKED_AT = 20  # items that a worker tries to take before it gives way to the others
ATTEMPTS_MAX = 5  # before a server that always asks for a pause is one that does not write
SPARE = timedelta(seconds=60)  # of a lease, for all that is not waiting for an answer


def budget() -> float:
    """Return the seconds that one item may take: a question and its repair."""
    return 2 * float(settings.LLM_SECONDS)


def claim(now: datetime) -> WritingItem | None:
    """Take one item that may be written now; None when there is none."""
    for candidate in WritingItem.objects.due(now)[:LOOKED_AT]:
        mine = WritingItem.objects.filter(
            pk=candidate.pk, state=State.WAITING, lease_token=candidate.lease_token
        )
        won = mine.update(
            state=State.WRITING,
            lease_token=candidate.lease_token + 1,
            lease_until=now + timedelta(seconds=budget()) + SPARE,
            attempts=F("attempts") + 1,
            error="",
        )
        if won:
            return WritingItem.objects.select_related(
                "run__brand",
                "run__by",
                "section__source",
                "account__platform",
                "account__brand",
                "channel_type__platform",
            ).get(pk=candidate.pk)
    return None


def settle(item: WritingItem, written: Written, *, length: int, over: int, seconds: float) -> bool:
    """Make the piece and settle the item, both or neither; False when it is no longer ours.

    Raises ValidationError, with nothing saved, for a text that cannot be kept.
    """
    with transaction.atomic():
        won = _mine(item).update(
            state=State.WRITTEN,
            lease_until=None,
            problem=written.problem,
            remark=written.remark,
            written_by=written.by,
            length=length,
            over=over,
            seconds=seconds,
            settled_at=database_now(),
        )
        if not won:
            return False
        piece = write_piece(
            brand=item.run.brand,
            title=_title(item),
            text=written.text,
            link=item.section.source.address,
            by=item.run.by,
            origin=Piece.Origin.SOURCE,
            status=Piece.Status.DRAFT,
            section=item.section,
            channel=item.channel,
        )
        WritingItem.objects.filter(pk=item.pk).update(piece=piece)
        LlmInteraction.objects.filter(item=item, piece=None).update(piece=piece)
    item.piece = piece
    return True


def _title(item: WritingItem) -> str:
    named = item.section.heading or item.section.source.title
    return f"{named[:150]} ({item.channel_type.platform.name})" if named else ""


def fail(item: WritingItem, sentence: str) -> bool:
    """The item was not written; False when it is no longer ours."""
    return bool(_mine(item).update(**_ended(State.FAILED, sentence)))


def pause(item: WritingItem, sentence: str, until: datetime) -> bool:
    """The server wants a pause: this item waits for it, and so do all others that would ask it.

    An item of a run that was stopped, or that has waited too often, fails instead.
    """
    going_on = _mine(item).filter(is_last_try=False, attempts__lt=ATTEMPTS_MAX)
    with transaction.atomic():
        waits = going_on.update(
            state=State.WAITING, lease_until=None, wake_at=until, error=sentence
        )
        others = WritingItem.objects.waiting().filter(writer=Writer.MODEL, wake_at__lt=until)
        others.update(wake_at=until)
    return bool(waits) or fail(item, sentence)


def hold_back(item: WritingItem, sentence: str) -> int:
    """Stop what waits in the same run for a model that cannot be asked; return how many."""
    rest = WritingItem.objects.waiting().filter(run=item.run_id, writer=Writer.MODEL)
    return rest.update(**_ended(State.STOPPED, f"Not begun. {sentence}"))


def stop(run: WritingRun, *, by: User) -> int:
    """Begin nothing more of the run; return how many items that spares. One that is being written

    is written to its end.
    """
    with transaction.atomic():
        rest = run.items.waiting().update(**_ended(State.STOPPED, ""))
        run.items.filter(state=State.WRITING).update(is_last_try=True)
        if rest:
            record(
                "stop writing",
                f"{by} stopped the writing from “{run.source}”: {rest} pieces were not begun.",
                by=by,
                subject=run.source,
                brand=run.brand,
            )
    return rest


def again(items: QuerySet[WritingItem], *, writer: str = "") -> int:
    """Have items that failed or were stopped written after all; return how many.

    `writer`: by whom; empty: by the same. An item that has a piece keeps it and is left alone.
    """
    changed: dict[str, Any] = {"writer": writer} if writer else {}
    with transaction.atomic():
        back = items.filter(state__in=(State.FAILED, State.STOPPED), piece=None).update(
            state=State.WAITING,
            wake_at=database_now(),
            attempts=0,
            lost=0,
            is_last_try=False,
            error="",
            settled_at=None,
            **changed,
        )
        transaction.on_commit(wake_writers, robust=True)
    return back


def put_back(now: datetime) -> int:
    """Free what dead workers held: once each, and then say so; return how many were freed."""
    freed = 0
    for item in WritingItem.objects.abandoned(now):
        if item.lost or item.is_last_try:
            _mine(item).update(
                **_ended(
                    State.FAILED,
                    "The worker that was writing it was gone"
                    f"{' twice' if item.lost else ''}. Nothing was kept. Try again.",
                )
            )
            continue
        freed += _mine(item).update(
            state=State.WAITING,
            lease_until=None,
            lost=F("lost") + 1,
            wake_at=now,
            error="The worker that was writing it was gone. It is written once more.",
        )
    return freed


def _mine(item: WritingItem) -> QuerySet[WritingItem]:
    return WritingItem.objects.filter(pk=item.pk, state=State.WRITING, lease_token=item.lease_token)


def _ended(state: str, sentence: str) -> dict[str, Any]:
    return {
        "state": state,
        "lease_until": None,
        "error": sentence,
        "settled_at": database_now(),
    }
