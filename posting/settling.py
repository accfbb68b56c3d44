"""Writing down how a claim ended: the last move of a worker, in one transaction."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from organisation.clock import database_now
from organisation.notices import open_notice
from platforms.errors import DuplicateContent, PlatformError
from platforms.models import Account
from platforms.values import Receipt
from posting.claiming import Claim, lease
from posting.journal import Journal
from posting.models import FollowUp, Post, PostAttempt, PostEvent, PublishStep
from posting.retry import AccountEffect, Decision, retry_decision
from posting.states import Status

log = logging.getLogger(__name__)
Outcome = PostAttempt.Outcome


def settle_published(claim: Claim, journal: Journal, receipt: Receipt) -> bool:
    """Record that the post is out: answer, move, attempt and what follows, or none of it.

    Returns False when the lease was lost meanwhile; the answer is kept as evidence even then.
    Harmless to repeat after a lost connection.
    """
    now = database_now()
    with transaction.atomic():
        journal.store_answer()
        moved = Post.objects.advance(
            claim.pk,
            old=Status.PUBLISHING,
            new=Status.PUBLISHED,
            actor=claim.worker,
            sentence="The platform took the post.",
            evidence=receipt.remote_id,
            guards={"lease_token": claim.token},
            values=_published_values(receipt, now),
        )
        if moved:
            write_attempt(claim, journal, now, Outcome.PUBLISHED, receipt=receipt)
            _plan_first_comment(claim, now)
    return moved or _late_answer(claim, receipt, now)


def _published_values(receipt: Receipt, now: datetime) -> dict[str, Any]:
    return {
        "remote_id": receipt.remote_id,
        "remote_url": receipt.url,
        "published_at": now,
        "irrevocable": True,
        "attempts": F("attempts") + 1,
        "unanswered_claims": 0,
        "next_look_at": None,
        "error_class": "",
        "error_sentence": "",
    }


def _late_answer(claim: Claim, receipt: Receipt, now: datetime) -> bool:
    """The answer came after the lease had ended: what it proves still counts."""
    with transaction.atomic():
        settled = Post.objects.advance(
            claim.pk,
            old=Status.UNCONFIRMED,
            new=Status.PUBLISHED,
            actor=claim.worker,
            sentence="The platform's answer came late: it had taken the post.",
            evidence=receipt.remote_id,
            guards={"lease_token": claim.token},
            values=_published_values(receipt, now),
        )
        post = Post.objects.get(pk=claim.pk)
        known = post.remote_id == receipt.remote_id
        if settled:
            _plan_first_comment(claim, now)
        elif not known:
            PostEvent.objects.create(
                post=post,
                old=post.status,
                new=post.status,
                actor=claim.worker,
                sentence="A worker that had lost its claim got an answer after all: the platform "
                f"took the post as {receipt.remote_id}. Look at the account for a second copy.",
                evidence=receipt.url,
            )
    return settled or known


def settle_error(claim: Claim, journal: Journal, error: PlatformError) -> Decision:
    """Record that the post is not out, or that nobody knows, and what happens next."""
    now = database_now()
    sent = journal.on_wire
    decision = _decide(claim, journal, error, now)
    with transaction.atomic():
        journal.store_answer()
        if sent and not journal.is_resend and decision.status != Status.UNCONFIRMED:
            void_step(sent, error)
        moved = Post.objects.advance(
            claim.pk,
            old=Status.PUBLISHING,
            new=decision.status,
            actor=claim.worker,
            sentence=sentence_for(error, decision),
            evidence=error.sentence,
            guards={"lease_token": claim.token},
            values=_error_values(claim, journal, error, decision, now),
        )
        if moved:
            write_attempt(claim, journal, now, outcome_of(decision, error), error=error)
    if moved:
        tell_account(claim, error, decision, now)
    return decision


def _decide(claim: Claim, journal: Journal, error: PlatformError, now: datetime) -> Decision:
    key = journal.on_wire.key if journal.on_wire else ""
    decision = retry_decision(
        error,
        attempt=claim.attempt,
        first_claimed_at=claim.first_claimed_at,
        now=now,
        give_up_after=timedelta(hours=settings.GIVE_UP_HOURS),
        seed=str(claim.pk),
        sent_before=journal.sent_before(key),
    )
    if decision.status == Status.FAILED and _may_be_out(claim):
        # A refusal today does not say what became of the request that left earlier.
        return Decision(Status.UNCONFIRMED)
    return decision


def _may_be_out(claim: Claim) -> bool:
    return any(step.state == PublishStep.State.STARTED for step in claim.steps)


def _error_values(
    claim: Claim, journal: Journal, error: PlatformError, decision: Decision, now: datetime
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "attempts": F("attempts") + (1 if decision.counts else 0),
        "unanswered_claims": 0,
        "error_class": type(error).__name__,
        "error_sentence": sentence_for(error, decision),
    }
    if journal.unsaved is not None and journal.unsaved.creates:
        values["irrevocable"] = True
    if decision.status == Status.SCHEDULED:
        values["next_attempt_at"] = values["wake_at"] = decision.again_at or now
    if decision.status == Status.UNCONFIRMED:
        values["next_look_at"] = now + lease() + timedelta(seconds=settings.SETTLE_SECONDS)
        values["looks"] = 0
    if decision.account in {AccountEffect.RECONNECT, AccountEffect.PAUSE} and not _may_be_out(
        claim
    ):
        # It waits for a person, perhaps for days. The late limit then asks before it goes out.
        values["first_claimed_at"] = None
    return values


def sentence_for(error: PlatformError, decision: Decision) -> str:
    """Return what happened, what it means for the post, and what happens next."""
    match decision.status, decision.account:
        case (Status.UNCONFIRMED, _):
            meaning = "It may be out. It is not sent again by itself. Look at the account."
        case (Status.FAILED, _) if isinstance(error, DuplicateContent):
            meaning = "This post is not out. Change the text, or open the other."
        case (Status.FAILED, _):
            meaning = "The post is not out. Change it or retry it."
        case (_, AccountEffect.RECONNECT):
            meaning = "The post is not out and waits. Reconnect the account."
        case (_, AccountEffect.PAUSE):
            meaning = "The post is not out and waits. Look at the account, then resume it."
        case _:
            meaning = "The post is not out and is tried again by itself."
    return f"{error.sentence} {meaning}"


def outcome_of(decision: Decision, error: PlatformError) -> str:
    """Return the attempt's outcome for what was decided."""
    if decision.status == Status.UNCONFIRMED:
        return Outcome.UNKNOWN
    if decision.status == Status.FAILED and type(error).__name__ != "NotSent":
        return Outcome.REFUSED
    return Outcome.WAITING if error.until or not decision.counts else Outcome.NOT_SENT


def void_step(step: PublishStep, error: PlatformError) -> None:
    """Note that a started step is proven not to have happened."""
    PublishStep.objects.filter(pk=step.pk, state=PublishStep.State.STARTED).update(
        state=PublishStep.State.VOID, void_reason=error.sentence
    )


def write_attempt(
    claim: Claim,
    journal: Journal,
    now: datetime,
    outcome: str,
    *,
    receipt: Receipt | None = None,
    error: PlatformError | None = None,
) -> None:
    """Write the one row that says how this claim went, with its redacted exchanges."""
    PostAttempt.objects.create(
        **{claim.owner.OWNER_FIELD: claim.pk},
        piece_id=claim.piece_pk,
        platform_id=claim.platform_pk,
        attempt_number=claim.attempt,
        status=outcome,
        error_class=type(error).__name__ if error else "",
        error_message=error.sentence if error else "",
        remote_id=receipt.remote_id if receipt else "",
        posted_at=now if receipt else None,
        started_at=claim.claimed_at,
        ended_at=now,
        worker=claim.worker,
        exchanges=[asdict(exchange) for exchange in journal.client.exchanges],
    )


def _plan_first_comment(claim: Claim, now: datetime) -> None:
    if claim.first_comment:
        FollowUp.objects.create(
            post_id=claim.pk,
            account_id=claim.account_pk,
            kind=FollowUp.Kind.COMMENT,
            text=claim.first_comment,
            wake_at=now,
        )


def tell_account(claim: Claim, error: PlatformError, decision: Decision, now: datetime) -> None:
    """Let the other posts of the account wait, when the error is about the account."""
    account = Account.objects.filter(pk=claim.account_pk)
    match decision.account:
        case AccountEffect.WAIT:
            account.update(blocked_until=decision.again_at)
        case AccountEffect.RECONNECT:
            _halt(claim, error, Account.State.NEEDS_RECONNECT, now)
        case AccountEffect.PAUSE:
            _halt(claim, error, Account.State.PAUSED, now)


def _halt(claim: Claim, error: PlatformError, state: str, now: datetime) -> None:
    account = Account.objects.filter(pk=claim.account_pk)
    if account.exclude(state=state).update(
        state=state, state_reason=error.sentence, state_since=now
    ):
        row = account.get()
        open_notice(
            f"account:{row.pk}",
            f"{error.sentence} The posts of {row.name} wait until a person acts.",
            brand=row.brand_id,
        )
