"""Reading figures from platforms, in good time and after everything else.

It runs on the work worker, takes no account's lock and no sending slot, and asks nothing of a
platform of whose allowance little is left: that is for posts. What a platform answers to it stops
no account either. A watch is claimed by moving its time, so that two workers never read the same.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from analytics.models import NORMALISED, Reading, Watch
from analytics.timetable import OF_ACCOUNTS, after_failure, next_reading
from platforms.clock import boottime
from platforms.contract import ReadsMetrics, reading_costs
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    NotSent,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.models import Account
from platforms.values import Metric
from posting.models import Post
from posting.reading import PAUSE, adapter_to_read, kept_for_posts
from posting.states import Status
from posting.storable import storable

log = logging.getLogger(__name__)

AT_ONCE = 50  # watches that one look at the table takes up
TICK = 30.0  # seconds after which one round begins no further reading
LEASE = timedelta(minutes=5)  # longer than one reading can take
ASK_LATER = timedelta(hours=1)  # after an error that says something of the whole account
LARGEST = 2**63 - 1  # of a column; no post has as many views
# About the account and not about one post: asking for the next one would get the same answer.
# A permission that is missing is not among them: a story that few saw is refused like that, too.
OF_THE_ACCOUNT = (CredentialsExpired, AccountBlocked)
KEPT_FOR_POSTS = "Little is left of what {} allows in a while. That is kept for posts."


def collect(now: datetime, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Read what is due, until the round's time is over; return how many readings were tried.

    `stop` is asked before each: a worker that is told to end begins no other.
    """
    tried, end = 0, boottime() + TICK
    silent: set[int] = set()  # platforms that did not answer in this round
    while watches := _due(now, silent):
        for watch in watches:
            if stop() or boottime() >= end:
                return tried
            if watch.account.platform_id in silent or not _claim(watch, now):
                continue
            if read(watch, now) in (NotSent, Unclear):
                silent.add(watch.account.platform_id)
            tried += 1
    return tried


def _due(now: datetime, silent: set[int]) -> list[Watch]:
    due = Watch.objects.due(now).exclude(account__platform__in=silent)
    rows = due.select_related("account__platform", "post__channel_type", "post__platform")
    return list(rows[:AT_ONCE])


def _claim(watch: Watch, now: datetime) -> bool:
    mine = Watch.objects.filter(pk=watch.pk, next_read_at=watch.next_read_at)
    return bool(mine.update(next_read_at=now + LEASE))


def read(watch: Watch, now: datetime) -> type[Exception] | None:
    """Read one claimed watch and write down what came of it; return the kind of what went wrong."""
    if watch.post is not None and watch.post.status != Status.PUBLISHED:
        Watch.objects.filter(pk=watch.pk).update(next_read_at=None)
        return None
    if until := kept_for_posts(watch.account, now):
        sentence = KEPT_FOR_POSTS.format(watch.account.platform)
        _postpone(watch.account, until, "", sentence)
        return None
    try:
        metrics = _ask(watch)
    except PlatformError as error:
        _failed(watch, error, now)
        return type(error)
    except Exception:  # whatever is wrong with one reading, the others go on
        log.exception("The figures of %s could not be read", watch)
        fault = Rejected("They could not be read because of a fault on our side.")
        _failed(watch, fault, now)
        return Exception
    _store(watch, metrics, now)
    return None


def _ask(watch: Watch) -> list[Metric]:
    """Ask the platform. Raises any PlatformError."""
    with adapter_to_read(watch.account) as adapter:
        if not isinstance(adapter, ReadsMetrics):
            raise Rejected(f"{adapter.name} tells apps no figures.")
        if watch.post is None:
            return adapter.account_metrics()
        return adapter.post_metrics(watch.post.remote_id, watch.post.channel_type.slug)


def _store(watch: Watch, metrics: list[Metric], now: datetime) -> None:
    """Keep what was read. What a platform tells twice under one meaning counts as it said first."""
    figures = {m.name: m.value for m in metrics if abs(m.value) <= LARGEST}
    means: dict[str, int] = {}
    for metric in metrics:
        if metric.means in NORMALISED and metric.name in figures:
            means.setdefault(metric.means, metric.value)
    with transaction.atomic():
        if figures and not _says_the_same(watch, figures):
            Reading.objects.create(
                account=watch.account, post=watch.post, read_at=now, figures=figures, **means
            )
        Watch.objects.filter(pk=watch.pk).update(
            read_at=now,
            failures=0,
            error_class="",
            error_sentence="",
            next_read_at=_next(watch, now),
        )


def _says_the_same(watch: Watch, figures: dict[str, int]) -> bool:
    """Whether a post's totals are what they were. Those of an account are each of another day."""
    if watch.post_id is None:
        return False
    last = Reading.objects.filter(post=watch.post_id).first()
    return last is not None and last.figures == figures


def _next(watch: Watch, now: datetime) -> datetime | None:
    post = watch.post
    if post is None:
        return now + OF_ACCOUNTS
    costs = reading_costs(watch.account.platform.adapter)
    return next_reading(_out_since(post), now, _lasts(post), costs=costs)


def _out_since(post: Post) -> datetime:
    return post.published_at or post.created_at


def _lasts(post: Post) -> timedelta | None:
    return post.channel.lasts if post.channel else None


def _failed(watch: Watch, error: PlatformError, now: datetime) -> None:
    """Write down why nothing was read, and try again later; never past the timetable's end."""
    kind, sentence = type(error).__name__, storable(error.sentence)
    until = _asked_to_wait(error, now)
    if until is not None:
        _postpone(watch.account, until, kind, sentence)
    again = max(after_failure(watch.failures + 1, now), until or now)
    Watch.objects.filter(pk=watch.pk).update(
        failures=F("failures") + 1,
        error_class=kind,
        error_sentence=sentence,
        next_read_at=again if _next(watch, now) else None,
    )


def _asked_to_wait(error: PlatformError, now: datetime) -> datetime | None:
    """Until when nothing of the account is asked for; None: the error is about one post."""
    if isinstance(error, RateLimited):
        return error.until or now + PAUSE
    return now + ASK_LATER if isinstance(error, OF_THE_ACCOUNT) else None


def _postpone(account: Account, until: datetime, kind: str, sentence: str) -> None:
    """Let every watch of the account that is due before then wait, and say why."""
    Watch.objects.filter(account=account, next_read_at__lt=until).update(
        next_read_at=until, error_class=kind, error_sentence=sentence
    )
