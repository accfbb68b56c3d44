"""Calendar feeds: the schedule as iCalendar (RFC 5545), for calendar programs.

Such a program cannot sign in, so its address holds a long random word. It opens nothing else, shows
what its person may see at that moment, and can be revoked.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from icalendar import Calendar, Event

from organisation.audit import record
from organisation.models import Brand, User
from posting.models import Post
from posting.states import Status
from scheduling.models import CalendarFeed

BACK: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=366)
MOST: Final = 3000  # posts of one feed, the earliest first
FEEDS_MAX: Final = 20  # of one person
USE_IS_NOTED_EVERY: Final = timedelta(hours=1)
GONE: Final = (Status.CANCELLED, Status.REMOVED)
# Not sure to go out as it stands: RFC 5545 calls that tentative.
CERTAIN: Final = (Status.SCHEDULED, Status.PUBLISHING, Status.PUBLISHED)


def make_feed(user: User, name: str, brand: Brand | None) -> tuple[CalendarFeed, str]:
    """Make a link for the person; return its row and its secret word, which is kept nowhere.

    Raises ValidationError, with nothing made.
    """
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise ValidationError("Say in 1 to 80 characters where it is read. No link was made.")
    if CalendarFeed.objects.filter(user=user, revoked_at=None).count() >= FEEDS_MAX:
        raise ValidationError(f"You have {FEEDS_MAX} links. Revoke one first; none was made.")
    word = secrets.token_urlsafe(32)
    with transaction.atomic():
        feed = CalendarFeed.objects.create(user=user, brand=brand, name=name, hash=_hash(word))
        record("make calendar feed", f"{user} made the calendar feed {name}.", by=user,
               subject=feed, brand=brand)  # fmt: skip
    return feed, word


def revoke_feed(feed: CalendarFeed, *, by: User, now: datetime) -> None:
    """Let the link open nothing any more. Doing it twice does it once."""
    with transaction.atomic():
        if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
            record("revoke calendar feed", f"{by} revoked the calendar feed {feed}.", by=by,
                   subject=feed, brand=feed.brand)  # fmt: skip


def feed_for(word: str, now: datetime) -> CalendarFeed | None:
    """Return the standing feed of this secret word, and note at most hourly that it is read."""
    feeds = CalendarFeed.objects.filter(revoked_at=None, user__is_active=True)
    feed = feeds.select_related("user", "brand").filter(hash=_hash(word)).first()
    if feed is not None:
        long_ago = now - USE_IS_NOTED_EVERY
        seldom = Q(last_used_at=None) | Q(last_used_at__lt=long_ago)
        CalendarFeed.objects.filter(seldom, pk=feed.pk).update(last_used_at=now)
    return feed


def calendar_of(feed: CalendarFeed, now: datetime) -> bytes:
    """Return the feed as iCalendar: posts of the last month and the coming year, by their time."""
    calendar = Calendar()
    calendar.add("prodid", "-//Syndication//Schedule//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Posts of {feed.brand}" if feed.brand else "Posts")
    calendar.add("x-published-ttl", "PT1H")
    for event in _events(feed, now):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(feed: CalendarFeed, now: datetime) -> Iterator[Event]:
    brands = Brand.objects.visible_to(feed.user)
    if feed.brand is not None:
        brands = brands.filter(pk=feed.brand.pk)
    posts = Post.objects.filter(
        brand__in=list(brands), due_at__gte=now - BACK, due_at__lt=now + AHEAD
    )
    rows = posts.exclude(status__in=GONE).select_related("piece", "account__platform")
    for post in rows.order_by("due_at", "pk")[:MOST]:
        yield _event(post)


def _event(post: Post) -> Event:
    status, url = Status(post.status), f"{settings.SITE_URL}{reverse('desk:post', args=[post.pk])}"
    where = f"{post.account.name}, {post.account.platform.name}"
    event = Event()
    event.add("uid", f"post-{post.pk}@{urlsplit(settings.SITE_URL).hostname or 'syndication'}")
    # Of the row and not of this moment, so that what has not changed reads the same.
    event.add("dtstamp", post.updated_at)
    event.add("last-modified", post.updated_at)
    event.add("sequence", post.version)
    event.add("dtstart", post.due_at)
    event.add("summary", f"{post.piece.title} · {where}")
    meant = f"{post.wall_time.replace('T', ' ')[:16]} {post.zone}".strip()
    event.add("description", f"{status.label}. {meant}\n{url}")
    event.add("url", url)
    certain = status in CERTAIN and not post.holds
    event.add("status", "CONFIRMED" if certain else "TENTATIVE")
    event.add("transp", "TRANSPARENT")  # nobody is busy while a post goes out
    return event


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode(errors="surrogatepass")).hexdigest()
