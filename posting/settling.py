"""Writing down how a claim ended: the last move of a worker, in one transaction."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from organisation.clock import database_now
from organisation.notices import open_notice
from platforms import refreshing
from platforms.budgets import wait
from platforms.contract import PublishesInParts
from platforms.errors import (
    CredentialsExpired,
    DuplicateContent,
    NotReady,
    OutcomeUnknown,
    PlatformError,
)
from platforms.models import Account
from platforms.parts import PartOut
from platforms.values import Receipt
from posting.claims import Claim, lease
from posting.falling_back import goes_without_video, void_prepared, without_video
from posting.journal import Journal
from posting.late import late_answer, late_error, take_row
from posting.models import FollowUp, Post, PostAttempt, PublishStep
from posting.retry import AccountEffect, Decision, retry_decision
from posting.states import Status
from posting.storable import storable
from posting.verifying import first_look

Outcome = PostAttempt.Outcome
HALTS = (AccountEffect.RECONNECT, AccountEffect.PAUSE)  # the account waits for a person
URL_MAX = 500  # characters
HALF_OUT = "Part of the post is out and the rest is not"


def settle_published(claim: Claim, journal: Journal, receipt: Receipt) -> bool:
    """Record that the post is out: answer, move, attempt and what follows, or none of it.

    Returns False when the lease was lost meanwhile; the answer is kept as evidence even then.
    Harmless to repeat after a lost connection.
    """
    now = database_now()
    receipt = Receipt(storable(receipt.remote_id), storable(receipt.url))
    values = _published_values(claim, receipt, now)
    try:
        with transaction.atomic():
            moved: bool = Post.objects.advance(
                claim.pk,
                old=Status.PUBLISHING,
                new=Status.PUBLISHED,
                actor=claim.worker,
                sentence="The platform took the post.",
                evidence=receipt.remote_id,
                guards={"lease_token": claim.token},
                values={**values, "attempts": F("attempts") + 1},
            )
            if moved:
                write_attempt(claim, journal, now, Outcome.PUBLISHED, receipt=receipt)
                FollowUp.objects.plan_comment(claim.pk, claim.account.pk, claim.first_comment, now)
            known = moved or late_answer(claim, journal, receipt, values, now)
            journal.store_answer(now)
    except IntegrityError:
        if not _stands_for_another(claim, receipt):
            raise
        _settle_conflict(claim, journal, receipt)
        return False
    return known


def _stands_for_another(claim: Claim, receipt: Receipt) -> bool:
    others = Post.objects.filter(account=claim.account, remote_id=receipt.remote_id)
    return others.exclude(pk=claim.pk).exists()


def _settle_conflict(claim: Claim, journal: Journal, receipt: Receipt) -> None:
    """The answer names what another post here stands for, so what became of this one is unknown."""
    journal.disown_answer()
    sentence = f"The platform answered with {receipt.remote_id}, which is another post of ours."
    settle_error(claim, journal, OutcomeUnknown(sentence))


def _published_values(claim: Claim, receipt: Receipt, now: datetime) -> dict[str, Any]:
    return {
        "remote_id": receipt.remote_id,
        "remote_url": receipt.url if len(receipt.url) <= URL_MAX else "",
        "published_at": now,
        "irrevocable": True,
        "unanswered_claims": 0,
        "looks": 0,
        "next_look_at": first_look(claim.account, now),
        "error_class": "",
        "error_sentence": "",
    }


def settle_error(claim: Claim, journal: Journal, error: PlatformError) -> Decision:
    """Record that the post is not out, or that nobody knows, and what happens next."""
    now = database_now()
    error.sentence = storable(error.sentence)
    decision = _decide(claim, journal, error, now)
    outcome = outcome_of(decision, error)
    sentence = sentence_for(error, decision, _whereabouts(claim, journal))
    values = _error_values(claim, journal, error, decision, now)
    if decision.status == Status.FAILED:
        values |= half_out(claim.account, claim.pk, journal.parts)
    reduced = decision.status == Status.FAILED and goes_without_video(claim, journal, error)
    if reduced:
        decision = Decision(Status.SCHEDULED, now)
        sentence = f"{error.sentence} The post goes out without its video instead."
        values |= without_video(now)
    values["error_sentence"] = sentence
    with transaction.atomic():
        moved = Post.objects.advance(
            claim.pk,
            old=Status.PUBLISHING,
            new=decision.status,
            actor=claim.worker,
            sentence=sentence,
            evidence=error.sentence,
            guards={"lease_token": claim.token},
            values={**values, "attempts": F("attempts") + (1 if decision.counts else 0)},
        )
        if not moved:
            take_row(claim)
        journal.store_answer(now)
        if journal.on_wire and not journal.is_resend and decision.status != Status.UNCONFIRMED:
            void_step(claim, journal.on_wire, error)
        if moved and not _only_looked(journal, error):
            write_attempt(claim, journal, now, outcome, error=error)
        late = not moved and late_error(claim, decision.status, sentence, values)
        if reduced and (moved or late):
            void_prepared(claim)
    if moved:
        tell_account(claim, error, decision, now)
    return decision


def _only_looked(journal: Journal, error: PlatformError) -> bool:
    """Whether the platform was only asked if it is ready: no try of the post, and not the last."""
    return isinstance(error, NotReady) and not journal.acted


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
    decision = renewed(decision, claim, error, now)
    if _may_be_out(claim) and (decision.status == Status.FAILED or decision.account in HALTS):
        # A refusal today does not say what became of the request that left earlier, and a post
        # that waits for its account, perhaps for days, must not look as if it were not out.
        return Decision(Status.UNCONFIRMED, account=decision.account)
    return decision


def renewed(decision: Decision, claim: Claim, error: PlatformError, now: datetime) -> Decision:
    """Spare the account where a newer token may be all that its refused post needs."""
    if isinstance(error, CredentialsExpired) and refreshing.helps(
        claim.account, claim.claimed_at, now
    ):
        return replace(decision, account=AccountEffect.RENEW)
    return decision


def _may_be_out(claim: Claim) -> bool:
    return any(step.state == PublishStep.State.STARTED for step in claim.steps)


def _whereabouts(claim: Claim, journal: Journal) -> str:
    """Say what is known of the post once this claim has ended without a receipt."""
    if _may_be_out(claim):
        return "An earlier try may be out"
    if claim.irrevocable or journal.has_created:
        return HALF_OUT
    return "The post is not out"


def _error_values(
    claim: Claim, journal: Journal, error: PlatformError, decision: Decision, now: datetime
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "unanswered_claims": 0,
        "error_class": type(error).__name__,
    }
    if journal.has_created:
        values["irrevocable"] = True
    if decision.status == Status.SCHEDULED:
        values["next_attempt_at"] = values["wake_at"] = decision.again_at or now
    if decision.status == Status.UNCONFIRMED:
        values["next_look_at"] = now + lease() + timedelta(seconds=settings.SETTLE_SECONDS)
        values["looks"] = 0
    elif decision.account in HALTS:
        # It waits for a person, perhaps for days. The late limit then asks before it goes out.
        values["first_claimed_at"] = None
    return values


def half_out(account: Account, post_pk: int, parts: list[PartOut]) -> dict[str, str]:
    """Return the address of what is out of a thread that fails half way; else nothing."""
    if not (parts and issubclass(account.platform.adapter, PublishesInParts)):
        return {}
    first = parts[0]
    others = Post.objects.filter(account=account, remote_id=first.remote_id).exclude(pk=post_pk)
    if others.exists():
        return {}
    return {
        "remote_id": first.remote_id,
        "remote_url": first.url if len(first.url) <= URL_MAX else "",
    }


def sentence_for(error: PlatformError, decision: Decision, whereabouts: str) -> str:
    """Return what happened, what it means for the post, and what happens next."""
    match decision.status, decision.account:
        case (Status.UNCONFIRMED, _):
            meaning = "It may be out. It is not sent again by itself. Look at the account."
        case (Status.FAILED, _) if isinstance(error, DuplicateContent):
            meaning = f"{whereabouts}. Change the text, or open the other."
        case (Status.FAILED, _) if whereabouts == HALF_OUT:
            meaning = f"{whereabouts}. Go on with it, or delete what is out."
        case (Status.FAILED, _):
            meaning = f"{whereabouts}. Change it or retry it."
        case (_, AccountEffect.RENEW):
            meaning = f"{whereabouts}. It goes on by itself with a newer token."
        case (_, AccountEffect.RECONNECT):
            meaning = f"{whereabouts}, and it waits. Reconnect the account."
        case (_, AccountEffect.PAUSE):
            meaning = f"{whereabouts}, and it waits. Look at the account, then resume it."
        case _ if isinstance(error, NotReady):
            meaning = f"{whereabouts}. It goes on by itself."
        case _:
            meaning = f"{whereabouts}. It is tried again by itself."
    return f"{error.sentence} {meaning}"


def outcome_of(decision: Decision, error: PlatformError) -> str:
    """Return the attempt's outcome for what was decided."""
    if decision.status == Status.UNCONFIRMED:
        return Outcome.UNKNOWN
    if decision.status == Status.FAILED and type(error).__name__ != "NotSent":
        return Outcome.REFUSED
    return Outcome.WAITING if error.until or not decision.counts else Outcome.NOT_SENT


def void_step(claim: Claim, step: PublishStep, error: PlatformError) -> None:
    """Note that a started step is proven not to have happened.

    Not when another worker has it on the wire meanwhile: this one's error says nothing of that.
    """
    PublishStep.objects.filter(
        pk=step.pk, state=PublishStep.State.STARTED, lease_token=claim.token
    ).update(state=PublishStep.State.VOID, void_reason=error.sentence, cost=0)


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
        account_id=claim.account.pk,
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
        exchanges=storable([asdict(exchange) for exchange in journal.client.exchanges]),
    )


def tell_account(claim: Claim, error: PlatformError, decision: Decision, now: datetime) -> None:
    """Let the other posts of the account wait, when the error is about the account."""
    match decision.account:
        case AccountEffect.WAIT:
            wait(claim.account, decision.again_at or now)
        case AccountEffect.RENEW:
            refreshing.ask(claim.account, claim.claimed_at, now)
        case AccountEffect.RECONNECT:
            _halt(claim, error, Account.State.NEEDS_RECONNECT, now)
        case AccountEffect.PAUSE:
            _halt(claim, error, Account.State.PAUSED, now)


def _halt(claim: Claim, error: PlatformError, state: str, now: datetime) -> None:
    """Stop an account that sends. One that is stopped already keeps the reason it was given."""
    account = Account.objects.filter(pk=claim.account.pk)
    with transaction.atomic():
        if account.filter(state__in=Account.SENDING_STATES).update(
            state=state, state_reason=error.sentence, state_since=now, halted=True
        ):
            row = account.get()
            open_notice(
                f"account:{row.pk}",
                f"{error.sentence} {row.meanwhile}",
                brand=row.brand_id,
            )
