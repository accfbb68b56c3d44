"""Looking at feeds: one look at a time for each, the longest waiting first, each entry once.

Rows are the truth: a process that dies in the middle of a look leaves what it kept, and the feed
is looked at again when its claim is over. What it kept is known by then, so nothing comes twice.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from content.models import Feed, Source, WritingRun
from content.sources.articles import read_article
from content.sources.feeds import ACCEPT, Entry, Parsed, parse
from content.sources.fetching import Unreachable, fetch
from content.sources.keeping import make_source
from content.sources.reading import Reading, Unreadable, finished
from content.sources.splitting import print_of
from content.writers.starting import write_pieces
from organisation.clock import database_now
from organisation.faults import logged
from organisation.models import Brand
from organisation.notices import open_notice, resolve_notice

log = logging.getLogger(__name__)

CLAIM = timedelta(minutes=10)  # a look takes less; after it another may take the feed
FEEDS_MAX = 50  # in one tick
TIME_MAX = 240.0  # seconds for one tick; the feeds that are left come first in the next
FIRST = 5  # entries that the first look at a feed keeps open; older ones it sets aside
NEW_MAX = 20  # entries that a later look keeps open
TOLD_AFTER = 3  # looks that fail in a row before people are told
WAIT_MAX = timedelta(days=1)


@dataclass(frozen=True)
class Look:
    """What came of one look, in words."""

    fine: bool
    said: str


@dataclass
class Brought:
    """What a look found that was not known."""

    kept: int = 0
    aside: int = 0
    drafts: int = 0
    unreadable: int = 0


def poll_due(now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Look at the feeds whose time has come; return how many looks were made."""
    began, looked = time.monotonic(), 0
    for pk in list(Feed.objects.due(now).values_list("pk", flat=True)[:FEEDS_MAX]):
        if stop() or time.monotonic() - began > TIME_MAX:
            break
        with logged(f"Feed {pk} could not be looked at. It is tried again when its claim ends."):
            looked += poll(pk, database_now()) is not None
    return looked


def poll(pk: int, now: datetime, *, asked: bool = False) -> Look | None:
    """Look at one feed; None when another process is looking, or it is not its time.

    `asked`: a person wants to see it now, whenever its next time is.
    """
    feed = claim(pk, now, asked=asked)
    if feed is None:
        return None
    try:
        page = fetch(feed.address, accept=ACCEPT, etag=feed.etag, last_modified=feed.last_modified)
        if page.unchanged:
            return _fine(feed, now, "Nothing has changed since the last look.")
        parsed = parse(page, now)
    except Unreadable as error:
        return _failed(feed, now, error)
    brought = take_in(feed, parsed, now)
    said = _in_words(brought, parsed, first=feed.read_at is None)
    if page.moved_to and page.moved_to != feed.address:
        said += f" The feed has moved for good to {page.moved_to}. Change its address."
    marks = {
        "etag": page.headers.get("ETag", "")[:500],
        "last_modified": page.headers.get("Last-Modified", "")[:200],
        "title": feed.title or parsed.title,
    }
    return _fine(feed, now, said, **marks)


def claim(pk: int, now: datetime, *, asked: bool = False) -> Feed | None:
    """Take the feed for one look, by compare-and-swap; None when it is not to be had."""
    feed = Feed.objects.select_related("brand").filter(pk=pk).first()
    if feed is None:
        return None
    free = Feed.objects.filter(pk=pk, claims=feed.claims)
    if not asked:
        free = free.due(now)
    elif feed.is_claimed(now):
        return None
    taken = free.update(claims=F("claims") + 1, next_poll_at=now + CLAIM, claimed_until=now + CLAIM)
    if not taken:
        return None
    feed.claims += 1
    return feed


def take_in(feed: Feed, parsed: Parsed, now: datetime) -> Brought:
    """Keep the entries that are not known as sources, the newest first.

    Each is kept by itself, with its sections and the order to write drafts, or not at all.
    """
    first = feed.read_at is None
    open_max = FIRST if first else NEW_MAX
    brought = Brought()
    for entry in _unknown(feed, parsed.entries):
        aside = brought.kept >= open_max
        try:
            reading = _read(feed, entry, now, whole=not aside)
        except Unreadable:
            brought.unreadable += 1
            continue
        drafting = feed.rule == Feed.Rule.DRAFT and not (first or aside)
        drafts = _keep(feed, entry, reading, aside=aside, drafting=drafting)
        if drafts is None:
            continue
        brought.aside += aside
        brought.kept += not aside
        brought.drafts += drafts
    return brought


def _unknown(feed: Feed, entries: tuple[Entry, ...]) -> list[Entry]:
    """Those whose id is new, and whose address with this title is: ids change, articles do not."""
    mine = feed.sources.all()
    ids = set(mine.values_list("entry_id", flat=True))
    pages = {(address, title) for address, title in mine.values_list("address", "title") if address}
    return [
        entry
        for entry in entries
        if entry.entry_id not in ids and (entry.address, entry.title[:200]) not in pages
    ]


def _read(feed: Feed, entry: Entry, now: datetime, *, whole: bool) -> Reading:
    """Return what the entry says, or its page where the feed is to be read so.

    A page that cannot be read costs nothing: then the feed's own words are kept, with a remark.
    """
    note = entry.note
    if whole and feed.reads_articles and entry.address:
        try:
            article = read_article(entry.address, now)
        except Unreadable as error:
            note = f"{note} Its page could not be read, so this is what the feed says: {error}"
        else:
            return replace(
                article,
                title=(entry.title or article.title)[:200],
                address=entry.address,
                note=f"{note} {article.note}".strip(),
                published_at=entry.published_at,
            )
    return finished(
        entry.title,
        entry.text,
        address=entry.address,
        note=note.strip(),
        published_at=entry.published_at,
        fetched_at=now,
    )


def _keep(feed: Feed, entry: Entry, reading: Reading, *, aside: bool, drafting: bool) -> int | None:
    """Make the source and return how many drafts came with it, all or nothing.

    None where the feed has brought it before, under whatever id, or was removed meanwhile.
    """
    words = print_of(reading.text)
    try:
        with transaction.atomic():
            # Feeds of a brand that have one article come one by one, or both would draft it.
            Brand.objects.select_for_update().get(pk=feed.brand_id)
            if feed.sources.filter(sha256=words, title=reading.title).exists():
                return None
            source = make_source(
                reading,
                Source.Kind.FEED,
                brand=feed.brand,
                by=None,
                feed=feed,
                entry_id=entry.entry_id,
                state=Source.State.ASIDE if aside else Source.State.OPEN,
            )
            return _draft(feed, source) if drafting else 0
    except IntegrityError:
        return None


def _draft(feed: Feed, source: Source) -> int:
    """Have drafts written for the channels of the rule, from the first section.

    The other sections wait for a person. Channels that have a piece of the same words are left
    out, and a fault leaves the source, of which a person can make something.
    """
    section = source.sections.order_by("position").select_related("source__brand").first()
    targets = feed.targets.select_related("account__platform", "channel_type__platform")
    wanted = [(target.account, target.channel_type) for target in targets]
    run: WritingRun | None = None
    with logged(f"The drafts of source {source.pk} could not be begun."), transaction.atomic():
        run = write_pieces(section, wanted) if section else None
    return run.items.count() if run else 0


def _in_words(brought: Brought, parsed: Parsed, *, first: bool) -> str:
    if first:
        said = f"The first look: the {brought.kept} newest entries are kept"
        if brought.aside:
            said += f", and {brought.aside} older ones are set aside, where they can be taken up"
        said += ". Drafts are made of entries that come from now on."
    elif not (brought.kept or brought.aside):
        said = "Nothing new."
    else:
        said = f"{_number(brought.kept, 'new entry', 'new entries')} kept"
        if brought.drafts:
            said += f", {_number(brought.drafts, 'draft is', 'drafts are')} being written"
        said += (
            f", and {brought.aside} more set aside: {NEW_MAX} at once is the most"
            if brought.aside
            else ""
        )
        said += "."
    lost = parsed.left_out + brought.unreadable
    if lost:
        said += f" {_number(lost, 'entry', 'entries')} said nothing and was left out."
    return said


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _fine(feed: Feed, now: datetime, said: str, **marks: str) -> Look:
    mine = Feed.objects.filter(pk=feed.pk, claims=feed.claims)
    mine.update(
        next_poll_at=now + feed.interval,
        claimed_until=None,
        polled_at=now,
        read_at=now,
        failures=0,
        last_error="",
        last_said=said,
        **marks,
    )
    resolve_notice(fault_of(feed.pk), now, f"The feed “{feed}” can be read again.")
    return Look(True, said)


def _failed(feed: Feed, now: datetime, error: Unreadable) -> Look:
    """Wait twice as long after each failure, a day at most, and as long as the server asks."""
    failures = feed.failures + 1
    wait = min(feed.interval * 2 ** min(failures - 1, 10), max(WAIT_MAX, feed.interval))
    gone = isinstance(error, Unreachable) and error.gone
    if isinstance(error, Unreachable):
        wait = max(wait, min(timedelta(seconds=error.wait), 7 * WAIT_MAX))
    mine = Feed.objects.filter(pk=feed.pk, claims=feed.claims)
    taken = mine.update(
        next_poll_at=now + wait,
        claimed_until=None,
        polled_at=now,
        failures=failures,
        last_error=str(error),
    )
    if gone and taken:
        mine.update(paused_at=now)
    if taken and (gone or failures >= TOLD_AFTER):
        then = (
            "It is gone for good, so it is paused."
            if gone
            else "It is tried again, more and more seldom; what was read stays."
        )
        open_notice(
            fault_of(feed.pk),
            f"The feed “{feed}” could not be read {_times(failures)}. {error} {then}",
            brand=feed.brand_id,
            author_id=feed.by_id,
        )
    return Look(False, str(error))


def _times(failures: int) -> str:
    return "once" if failures == 1 else f"{failures} times in a row"


def fault_of(pk: int) -> str:
    """Return the key of the notice about a feed."""
    return f"feed:{pk}"
