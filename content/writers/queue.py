"""Runs of writing and their items: who asked, who may write which now, and how it ended.

Rows are the truth: a worker takes an item by a conditional UPDATE, settles it by another in one
transaction with its piece, and what a worker that died left is put back once. So an item is never
lost and never becomes two pieces.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from content.llm.endpoint import endpoint
from content.models import LlmInteraction, Piece, Section, Source, WritingItem, WritingRun
from content.waking import wake_writers
from content.writers.brief import shows_text
from content.writers.modelled import Written
from content.writing import write_piece
from organisation.audit import record
from organisation.clock import database_now
from organisation.models import Brand, User
from platforms.models import Account, ChannelType

State, Writer = WritingItem.State, WritingRun.Writer
ITEMS_MAX = 200  # of one run
LOOKED_AT = 20  # items that a worker tries to take before it gives way to the others
ATTEMPTS_MAX = 5  # before a server that always asks for a pause is one that does not write
SPARE = timedelta(seconds=60)  # of a lease, for all that is not waiting for an answer

Target = tuple[Account, ChannelType]


class NotPossible(Exception):
    """A run that cannot be. Its text is the sentence to show."""


def budget() -> float:
    """Return the seconds that one item may take: a question and its repair."""
    return 2 * float(settings.LLM_SECONDS)


def usual_writer() -> str:
    """Who writes where nobody chose: the language model where one is set up."""
    return Writer.MODEL if endpoint() else Writer.OFFLINE


def start(
    source: Source,
    sections: Sequence[Section],
    targets: Sequence[Target],
    *,
    by: User | None,
    tone: str = WritingRun.Tone.PLAIN,
    writer: str = "",
    key: uuid.UUID | None = None,
    only_new: bool = False,
) -> WritingRun:
    """Begin to write each section for each target; the pieces appear one by one as drafts.

    `key` makes it happen once: a second call with it returns the first run. With `only_new`,
    sections that have a piece for a channel already are left out for it. Raises NotPossible when
    nothing is left to write, too much is asked for, or a target is another brand's.
    """
    if key and (known := WritingRun.objects.filter(pk=key, source=source, by=by).first()):
        return known
    writer = writer or usual_writer()
    if writer == Writer.MODEL and endpoint() is None:
        raise NotPossible("No language model is set up. Take the offline writer.")
    now = database_now()
    try:
        with transaction.atomic():
            # Two runs at once do not both find that nothing was made of the same words.
            Brand.objects.select_for_update().get(pk=source.brand_id)
            pairs = _pairs(source, sections, targets, only_new=only_new)
            run = WritingRun.objects.create(
                id=key or uuid.uuid4(),
                brand_id=source.brand_id,
                source=source,
                by=by,
                tone=tone,
                writer=writer,
            )
            WritingItem.objects.bulk_create(
                WritingItem(
                    run=run,
                    position=place,
                    section=section,
                    account=account,
                    channel_type=channel,
                    writer=writer,
                    wake_at=now,
                )
                for place, (section, (account, channel)) in enumerate(pairs, start=1)
            )
            record(
                "write pieces",
                f"{by or 'The system'} had {len(pairs)} pieces written from “{source}”.",
                by=by or "system",
                subject=source,
                brand=source.brand,
            )
            transaction.on_commit(wake_writers, robust=True)
    except IntegrityError:
        if key and (known := WritingRun.objects.filter(pk=key, source=source, by=by).first()):
            return known
        raise
    return run


def write_pieces(
    section: Section,
    channels: Sequence[Target],
    *,
    by: User | None = None,
    tone: str = WritingRun.Tone.PLAIN,
) -> WritingRun | None:
    """Have a draft written from one section for each channel; how it goes, the run's items say.

    For what happens by itself, such as a feed's rule: channels that have a piece from the same
    words already, and those that show no text, are left out. None when nothing is left.
    """
    try:
        return start(section.source, [section], channels, by=by, tone=tone, only_new=True)
    except NotPossible:
        return None


def _pairs(
    source: Source, sections: Sequence[Section], targets: Sequence[Target], *, only_new: bool
) -> list[tuple[Section, Target]]:
    """What is to be written: section by section, as people read them."""
    if any(section.source_id != source.pk for section in sections):
        raise NotPossible("One of the sections belongs to another source. Choose them again.")
    if any(account.brand_id != source.brand_id for account, _ in targets):
        raise NotPossible("One of the accounts belongs to another brand. Choose them again.")
    shown = [target for target in targets if shows_text(*target)]
    if not sections or not shown:
        what = "section" if not sections else "channel that shows text"
        raise NotPossible(f"No {what} was chosen, so there is nothing to write.")
    pairs = [(section, target) for section in sections for target in shown]
    if only_new:
        pairs = _fresh(source, pairs)
    if not pairs:
        raise NotPossible(
            "Each of these sections has a piece for each of these channels already. Choose others, "
            "or have them written again."
        )
    if len(pairs) > ITEMS_MAX:
        raise NotPossible(
            f"That would be {len(pairs):,} pieces, and {ITEMS_MAX} is the most at once. Choose "
            "fewer sections or channels."
        )
    return pairs


def channel_key(target: Target) -> str:
    """Return a target's channel as pieces name it, such as `mastodon/status`."""
    account, channel = target
    return f"{account.platform.slug}/{channel.slug}"


def _fresh(source: Source, pairs: list[tuple[Section, Target]]) -> list[tuple[Section, Target]]:
    """Those of whose words the channel has no piece, and of which none is about to be written.

    Of two sections with the same words, the first.
    """
    known = set(_known(source, {section.sha256 for section, _ in pairs}))
    everywhere = {words for words, channel in known if not channel}
    fresh, taken = [], set[tuple[str, Target]]()
    for section, target in pairs:
        words = section.sha256
        is_known = words in everywhere or (words, channel_key(target)) in known
        if not is_known and (words, target) not in taken:
            taken.add((words, target))
            fresh.append((section, target))
    return fresh


def _known(source: Source, words: set[str]) -> Iterable[tuple[str, str]]:
    """The words and channels that have pieces, or wait for theirs."""
    pieces = Piece.objects.filter(brand=source.brand_id, section__sha256__in=words)
    yield from pieces.values_list("section__sha256", "channel")
    going = WritingItem.objects.filter(
        run__brand=source.brand_id,
        section__sha256__in=words,
        state__in=(State.WAITING, State.WRITING),
    )
    kinds = ("section__sha256", "channel_type__platform__slug", "channel_type__slug")
    for sha256, platform, channel in going.values_list(*kinds):
        yield sha256, f"{platform}/{channel}"


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
