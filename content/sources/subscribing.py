"""Subscribing to feeds, and what people do with a subscription."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from content.models import Feed, FeedTarget, Source
from content.sources.fetching import clean_address
from content.sources.polling import fault_of
from content.sources.reading import Unreadable
from organisation.audit import record
from organisation.models import Brand, User
from organisation.notices import resolve_notice
from platforms.models import Account, ChannelType

SHORTEST = timedelta(minutes=15)  # between two looks: more would be a burden to strangers
LONGEST = timedelta(days=7)
FEEDS_MAX = 200  # of one brand

Target = tuple[Account, ChannelType]


@dataclass(frozen=True)
class Wanted:
    """What a subscription is to be."""

    address: str
    title: str = ""
    interval: timedelta = timedelta(hours=1)
    reads_articles: bool = False
    rule: str = Feed.Rule.KEEP
    targets: Sequence[Target] = ()


def subscribe(brand: Brand, wanted: Wanted, *, by: User, now: datetime) -> Feed:
    """Subscribe a brand to a feed, which is looked at next. Raises ValidationError by field."""
    values = _checked(brand, wanted)
    with transaction.atomic():
        Brand.objects.select_for_update().get(pk=brand.pk)
        if brand.feeds.count() >= FEEDS_MAX:
            raise ValidationError(
                f"{brand} has {FEEDS_MAX} feeds, which is the most. Remove one first."
            )
        _check_once(brand, values["address"])
        feed = Feed.objects.create(brand=brand, by=by, next_poll_at=now, **values)
        _set_targets(feed, wanted.targets)
        record("subscribe", f"{by} subscribed to {feed}.", by=by, subject=feed, brand=brand)
    return feed


def change(feed: Feed, wanted: Wanted, *, by: User, now: datetime) -> None:
    """Change a subscription. Another address is looked at anew. Raises ValidationError."""
    values = _checked(feed.brand, wanted)
    with transaction.atomic():
        if values["address"] != feed.address:
            _check_once(feed.brand, values["address"])
            values |= {"etag": "", "last_modified": "", "failures": 0, "last_error": ""}
            values |= {"next_poll_at": now}
            resolve_notice(fault_of(feed.pk), now, "Its address was changed.")
        Feed.objects.filter(pk=feed.pk).update(**values)
        feed.refresh_from_db()
        _set_targets(feed, wanted.targets)
        record("change feed", f"{by} changed the feed {feed}.", by=by, subject=feed,
               brand=feed.brand)  # fmt: skip


def pause(feed: Feed, *, by: User, now: datetime) -> bool:
    """Stop looking at a feed; False when it is paused already."""
    with transaction.atomic():
        if not Feed.objects.going().filter(pk=feed.pk).update(paused_at=now):
            return False
        resolve_notice(fault_of(feed.pk), now, f"{by} paused the feed.")
        record("pause feed", f"{by} paused the feed {feed}.", by=by, subject=feed, brand=feed.brand)
    return True


def resume(feed: Feed, *, by: User, now: datetime) -> bool:
    """Look at a feed again from now on; False when it is not paused."""
    paused = Feed.objects.filter(pk=feed.pk, paused_at__isnull=False)
    with transaction.atomic():
        if not paused.update(paused_at=None, next_poll_at=now, failures=0):
            return False
        resolve_notice(fault_of(feed.pk), now, f"{by} resumed the feed.")
        record("resume feed", f"{by} resumed the feed {feed}.", by=by, subject=feed,
               brand=feed.brand)  # fmt: skip
    return True


def unsubscribe(feed: Feed, *, by: User, now: datetime) -> None:
    """Remove a subscription. What was read stays; what was set aside and used by nothing goes."""
    with transaction.atomic():
        unused = feed.sources.aside().exclude(sections__pieces__isnull=False)
        unused.delete()
        resolve_notice(fault_of(feed.pk), now, f"{by} removed the feed.")
        record("remove feed", f"{by} removed the feed {feed}.", by=by, subject=feed,
               brand=feed.brand)  # fmt: skip
        feed.delete()


def forget_source(source: Source, *, by: User) -> None:
    """Delete a source of which nothing was made. Raises ValidationError for any other.

    One that a feed has brought stays known while the feed has it: set it aside instead.
    """
    if source.feed_id is not None:
        raise ValidationError(
            f"“{source}” came by a feed, which would bring it again. Nothing was deleted. Set it "
            "aside instead."
        )
    sentence = f"{by} deleted the source “{source}”."
    with transaction.atomic():
        record("delete source", sentence, by=by, subject=source, brand=source.brand)
        try:
            source.delete()
        except ProtectedError as error:
            raise ValidationError(
                f"Pieces were made from “{source}”, and it is how they are known to be made. "
                "Nothing was deleted. Set it aside instead."
            ) from error


def _checked(brand: Brand, wanted: Wanted) -> dict[str, object]:
    try:
        address = clean_address(wanted.address)
    except Unreadable as error:
        raise ValidationError({"address": str(error)}) from error
    if not SHORTEST <= wanted.interval <= LONGEST:
        raise ValidationError(
            {"interval": "A feed is looked at every 15 minutes at most, and every 7 days at least."}
        )
    if wanted.rule == Feed.Rule.DRAFT and not wanted.targets:
        raise ValidationError(
            {"targets": "Drafts are written for channels, and none is chosen. Choose one."}
        )
    if any(account.brand_id != brand.pk for account, _ in wanted.targets):
        raise ValidationError({"targets": f"Choose among the accounts of {brand}."})
    return {
        "address": address,
        "title": " ".join(wanted.title.split())[:200],
        "interval": wanted.interval,
        "reads_articles": wanted.reads_articles,
        "rule": wanted.rule,
    }


def _check_once(brand: Brand, address: object) -> None:
    if brand.feeds.filter(address=address).exists():
        raise ValidationError({"address": f"{brand} is subscribed to this feed already."})


def _set_targets(feed: Feed, targets: Sequence[Target]) -> None:
    feed.targets.all().delete()
    FeedTarget.objects.bulk_create(
        FeedTarget(feed=feed, account=account, channel_type=kind)
        for account, kind in dict.fromkeys(targets)
    )
