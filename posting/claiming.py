"""Taking a post: one short transaction in which exactly one worker wins.

The account's row lock decides how many posts of the account are in flight and is the lock that a
pause takes. The conditional UPDATE of the post's own row decides who has the post; on SQLite, where
row locks do not exist, it alone would do.
"""

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet

from content.rendering import first_comment
from organisation.clock import database_now
from platforms.clock import boottime
from platforms.costs import bill_for
from platforms.failpoints import reached
from platforms.models import Account
from platforms.values import Rendition
from posting import policy
from posting.approvals import covers, hold_for_approval, needs_approval
from posting.bulkheads import UNLIMITED, Bulkheads
from posting.catching_up import late_now
from posting.claiming_follow_ups import claim_follow_up
from posting.claims import Claim, latest_start, lease
from posting.eligibility import accounts_with_work, may_send
from posting.hints import Hint, Hints
from posting.models import Post
from posting.preparing import rendition_of
from posting.spending import kept_by_cap
from posting.states import Status

log = logging.getLogger(__name__)

PASSED_OVER_MAX = 20  # posts of one account that one claim may fail or hold before it moves on


class Unprepared(Exception):
    """A post could not be rendered: a fault on our side, found while claiming it."""

    def __init__(self, post: Post) -> None:
        self.post = post
        super().__init__(f"post {post.pk} could not be prepared")


def claim_next(
    worker: str, bulkheads: Bulkheads | None = None, hints: Hints | None = None
) -> Claim | None:
    """Take the next due post or follow-up, or return None when there is nothing to take.

    Runs where the database may be used. The candidates are read without a lock, so that a look
    that finds nothing costs nothing; everything is checked again under the account's lock.
    A claim takes a slot in `bulkheads`, which the caller gives back.
    """
    before = boottime()
    bulkheads, hints = bulkheads or Bulkheads(UNLIMITED), hints or Hints()
    for hint in hints.each(_look):
        account, platform = hint
        if not bulkheads.enter(platform):
            continue
        claim = None
        try:
            claim = _claim_from(account, worker, before)
        finally:
            if claim is None:
                bulkheads.leave(platform)
        if claim:
            hints.served(hint)
            return claim
    return None


def _look() -> list[Hint]:
    return list(accounts_with_work(database_now()).values_list("pk", "platform"))


def _claim_from(account_pk: int, worker: str, before: float) -> Claim | None:
    try:
        with transaction.atomic():
            return _claim_under_lock(account_pk, worker, before)
    except Unprepared as fault:
        # Whatever is wrong with one row must not keep the rest of the queue waiting.
        log.error("post %s could not be prepared", fault.post.pk, exc_info=fault.__cause__)
        _fail_unprepared(fault.post)
        return _claim_from(account_pk, worker, before)


def _claim_under_lock(account_pk: int, worker: str, before: float) -> Claim | None:
    locked = Account.objects.select_for_update(of=("self",)).filter(pk=account_pk)
    account = next(iter(locked.select_related("platform")), None)
    now = database_now()
    if account is None or not may_send(account, now):
        return None
    claim = _claim_post(account, worker, now, before) or claim_follow_up(
        account, worker, now, before
    )
    if claim is not None:
        Account.objects.filter(pk=account_pk).update(last_served_at=now)
        reached("claim: before the commit")
        transaction.on_commit(partial(reached, "claim: after the commit"))
    return claim


def _claim_post(account: Account, worker: str, now: datetime, before: float) -> Claim | None:
    passed_over: list[int] = []
    while len(passed_over) < PASSED_OVER_MAX:
        posts = in_line(account, now)
        if passed_over:
            posts = posts.exclude(pk__in=passed_over)
        post = posts.first()
        if post is None:
            return None
        claim = _claim_this(post, account, worker, now, before)
        if claim is not None:
            return claim
        passed_over.append(post.pk)
    return None


def _claim_this(
    post: Post, account: Account, worker: str, now: datetime, before: float
) -> Claim | None:
    rendition = _rendered(post, account)
    if needs_approval(account) and not post.irrevocable and not covers(post, rendition, now):
        hold_for_approval(post, rendition, now)
        return None
    if why_not := policy.why_not_now(post, now):
        policy.stop(post, why_not)
        return None
    comment = first_comment(post.piece_version, account.platform.slug, post.channel_type.slug)
    bill = bill_for(account, rendition, comment)
    if kept_by_cap(post, account, bill, now):
        return None
    claim = _take(post, account, rendition, worker, now, before)
    return replace(claim, first_comment=comment, bill=bill) if claim else None


def _rendered(post: Post, account: Account) -> Rendition:
    try:
        return rendition_of(post, account)
    except (OperationalError, InterfaceError):  # the database's trouble, not this post's
        raise
    except Exception as error:
        raise Unprepared(post) from error


def in_line(account: Account, now: datetime) -> QuerySet[Post]:
    """Return what the account may send now, first what goes first."""
    posts = Post.objects.due(now).filter(account=account).exclude(late_now(account, now))
    if account.late_policy != Account.LatePolicy.SEND:
        begun = Q(first_claimed_at__isnull=False) | Q(irrevocable=True)
        posts = posts.filter(Q(due_at__gte=now - account.late_limit) | begun)
    return posts.select_related("piece", "piece_version", "channel_type", "platform").order_by(
        "-priority", "wake_at", "pk"
    )


def _fail_unprepared(post: Post) -> None:
    fault = "The post could not be prepared because of a fault on our side."
    sentence = f"{fault} {'Part of it is' if post.irrevocable else 'It is not'} out."
    Post.objects.advance(
        post.pk,
        old=Status.SCHEDULED,
        new=Status.FAILED,
        sentence=f"{sentence} The server's log says more; retry it once that is mended.",
        guards={"version": post.version},
        values={"error_class": "Fault", "error_sentence": sentence},
    )


def _take(
    post: Post, account: Account, rendition: Rendition, worker: str, now: datetime, before: float
) -> Claim | None:
    first_claimed_at = post.first_claimed_at or now
    token = post.lease_token + 1
    won = Post.objects.advance(
        post.pk,
        old=Status.SCHEDULED,
        new=Status.PUBLISHING,
        actor=worker,
        sentence="A worker took the post.",
        guards={
            "holds": 0,
            "wake_at__lte": now,
            "lease_token": post.lease_token,
            "version": post.version,
        },
        values={
            "lease_token": token,
            "lease_until": now + lease(),
            "first_claimed_at": first_claimed_at,
            "unanswered_claims": F("unanswered_claims") + 1,
            "snapshot": rendition.as_snapshot(),
        },
    )
    if not won:
        return None
    return Claim(
        owner=Post,
        pk=post.pk,
        post_pk=post.pk,
        piece_pk=post.piece_id,
        platform_pk=post.platform_id,
        account=account,
        token=token,
        worker=worker,
        claimed_at=now,
        first_claimed_at=first_claimed_at,
        due_at=post.due_at,
        deadline=latest_start(before),
        attempt=post.attempts + 1,
        title=str(post.piece),
        rendition=rendition,
        steps=tuple(post.steps.all()),
        irrevocable=post.irrevocable,
        channel_limits=post.channel_type.limits,
    )
