"""Beginning a run: which sections are written for which channels, once for each form.

What has a piece of the same words for a channel, or waits for one, is known and can be left out.
"""

import uuid
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from content.llm.endpoint import endpoint
from content.models import Piece, Section, Source, WritingItem, WritingRun
from content.waking import wake_writers
from content.writers.brief import shows_text
from organisation.audit import record
from organisation.clock import database_now
from organisation.models import Brand, User
from platforms.models import Account, ChannelType

State, Writer = WritingItem.State, WritingRun.Writer
ITEMS_MAX = 200  # of one run

Target = tuple[Account, ChannelType]


class NotPossible(Exception):
    """A run that cannot be. Its text is the sentence to show."""


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
    except IntegrityError as error:
        there = WritingRun.objects.filter(pk=key) if key else WritingRun.objects.none()
        if known := there.filter(source=source, by=by).first():
            return known
        if there.exists():
            raise NotPossible("This form was used for another run. Open the page again.") from error
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
