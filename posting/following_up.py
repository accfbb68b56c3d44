"""What is done to a post after it is out: its first comment, another text, and its removal.

The same claim, journal and errors as for posts. A follow-up never fails its post.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from organisation.clock import database_now
from platforms.contract import Comments, Deletes, Edits, PublishesInParts
from platforms.errors import PlatformError, Rejected
from platforms.parts import STEP
from platforms.registry import adapter_for
from platforms.values import Receipt
from posting.claims import Claim
from posting.connecting import Target, check_target, client_for, connection_for, target_of
from posting.database_threads import Run, stubbornly
from posting.heeding import heed
from posting.journal import Journal
from posting.models import FollowUp, Post, PostAttempt, PostEvent, PublishStep
from posting.retry import Decision, retry_decision
from posting.settling import outcome_of, renewed, tell_account, void_step, write_attempt
from posting.states import Status
from posting.storable import storable

log = logging.getLogger(__name__)

STATE_AFTER = {
    Status.SCHEDULED: FollowUp.State.WAITING,
    Status.FAILED: FollowUp.State.FAILED,
    Status.UNCONFIRMED: FollowUp.State.UNCONFIRMED,
}


def follow_up(claim: Claim, run: Run) -> None:
    """Do a claimed follow-up and record how it ended. See `publishing.publish`."""
    target = run(target_of, claim.account)
    journal = Journal(claim, client_for(claim, target), run)
    try:
        _follow_up(claim, target, journal, run)
    except BaseException:
        journal.save_answer()
        raise
    heed(claim.account, target, journal.client, run)


def _follow_up(claim: Claim, target: Target, journal: Journal, run: Run) -> None:
    try:
        receipt = _perform(claim, target, journal)
    except PlatformError as error:
        stubbornly(run, _settle_error, claim, journal, error)
        log.warning("“%s”, %s: %s", claim.title, claim.kind, error.sentence)
        return
    stubbornly(run, _settle_done, claim, journal, receipt)


def _perform(claim: Claim, target: Target, journal: Journal) -> Receipt | None:
    kind = adapter_for(target.adapter_slug)
    check_target(target, kind)
    adapter = kind(connection_for(target, journal.client))
    is_deletion = claim.kind == FollowUp.Kind.DELETE
    if is_deletion and isinstance(adapter, PublishesInParts) and len(claim.part_ids) > 1:
        adapter.delete_parts(claim.part_ids, journal)
        return None
    if is_deletion and isinstance(adapter, Deletes):
        adapter.delete(claim.remote_id, journal)
        return None
    if claim.kind == FollowUp.Kind.EDIT and isinstance(adapter, Edits):
        adapter.edit(claim.remote_id, claim.text, journal)
        return None
    if claim.kind == FollowUp.Kind.COMMENT and isinstance(adapter, Comments):
        return adapter.comment(claim.remote_id, claim.text, journal)
    raise Rejected(f"{adapter.name} offers no way to do this.")


def _settle_done(claim: Claim, journal: Journal, receipt: Receipt | None) -> None:
    now = database_now()
    receipt = receipt and Receipt(storable(receipt.remote_id))
    with transaction.atomic():
        # A late answer still says what became of it.
        done = _move(
            claim,
            (FollowUp.State.SENDING, FollowUp.State.UNCONFIRMED),
            state=FollowUp.State.DONE,
            remote_id=receipt.remote_id if receipt else "",
            error_class="",
            error_sentence="",
        )
        journal.store_answer(now)
        if done:
            write_attempt(claim, journal, now, PostAttempt.Outcome.PUBLISHED, receipt=receipt)
        if done and claim.kind == FollowUp.Kind.EDIT:
            _keep_new_text(claim)
        if done and claim.kind == FollowUp.Kind.DELETE:
            _remove(claim)


def _remove(claim: Claim) -> None:
    """It is gone: a post that was out, or what was out of a thread that failed half way."""
    known, unknown = len(claim.part_ids), _unknown_parts(claim)
    what = f"{'' if unknown else 'all '}{known} posts of the thread" if known > 1 else "the post"
    sentence = f"The platform removed {what}."
    if unknown:
        posts = "One post" if unknown == 1 else f"{unknown} posts"
        sentence += f" {posts} of its thread may be left there, of which the id is not known."
    for old, guards in ((Status.PUBLISHED, {}), (Status.FAILED, {"irrevocable": True})):
        Post.objects.advance(
            claim.post_pk,
            old=old,
            new=Status.REMOVED,
            actor=claim.worker,
            sentence=sentence,
            guards=guards,
        )


def _unknown_parts(claim: Claim) -> int:
    """Count the parts that a person has seen and whose ids nobody was told."""
    steps = PublishStep.objects.filter(post=claim.post_pk).exclude(state=PublishStep.State.VOID)
    sent = sum(bool(STEP.fullmatch(step.key)) for step in steps)
    return max(sent - max(len(claim.part_ids), 1), 0)


def _keep_new_text(claim: Claim) -> None:
    """What was sent says from now on what the platform shows."""
    before = claim.rendition.text
    snapshot = {**claim.rendition.as_snapshot(), "text": claim.text}
    Post.objects.filter(pk=claim.post_pk).update(snapshot=snapshot)
    PostEvent.objects.create(
        post_id=claim.post_pk,
        old=Status.PUBLISHED,
        new=Status.PUBLISHED,
        actor=claim.worker,
        sentence="The platform took the new text.",
        evidence=f"Before, it said: {before}",
    )


def _settle_error(claim: Claim, journal: Journal, error: PlatformError) -> None:
    now = database_now()
    error.sentence = storable(error.sentence)
    decision = _decide(claim, journal, error, now)
    values = {
        "state": STATE_AFTER[decision.status],
        "wake_at": decision.again_at or now,
        "error_class": type(error).__name__,
        "error_sentence": f"{error.sentence} {_meaning(claim, decision)}",
    }
    with transaction.atomic():
        moved = _move(claim, (FollowUp.State.SENDING,), **values)
        journal.store_answer(now)
        if journal.on_wire and not journal.is_resend and decision.status != Status.UNCONFIRMED:
            void_step(claim, journal.on_wire, error)
        if moved:
            write_attempt(claim, journal, now, outcome_of(decision, error), error=error)
        else:
            _late_error(claim, decision, values)
    if moved:
        tell_account(claim, error, decision, now)


def _late_error(claim: Claim, decision: Decision, values: dict[str, Any]) -> None:
    """Move what waits as unconfirmed, now that nothing of it is in doubt any more."""
    begun = PublishStep.objects.filter(follow_up=claim.pk, state=PublishStep.State.STARTED)
    if decision.status != Status.UNCONFIRMED and not begun.exists():
        _move(claim, (FollowUp.State.UNCONFIRMED,), **values)


def _decide(claim: Claim, journal: Journal, error: PlatformError, now: datetime) -> Decision:
    decision = retry_decision(
        error,
        attempt=claim.attempt,
        first_claimed_at=claim.first_claimed_at,
        now=now,
        give_up_after=timedelta(hours=settings.GIVE_UP_HOURS),
        seed=f"follow-up {claim.pk}",
        sent_before=journal.sent_before(journal.on_wire.key if journal.on_wire else ""),
    )
    return renewed(decision, claim, error, now)


def _move(claim: Claim, states: Collection[str], **values: Any) -> bool:
    """End the claim on the row it took; say whether that still was in one of these states."""
    held = FollowUp.objects.filter(pk=claim.pk, state__in=states, lease_token=claim.token)
    return bool(
        held.update(
            lease_until=None,
            on_wire="",
            attempts=F("attempts") + 1,
            unanswered_claims=0,
            **values,
        )
    )


def _meaning(claim: Claim, decision: Decision) -> str:
    """Return what an error means here: the post itself is out, whatever becomes of this."""
    if claim.kind == FollowUp.Kind.DELETE:
        again = "Deleting is tried again by itself."
        thread = len(claim.part_ids) > 1
        out = "What is left of the thread is still out." if thread else "The post is still out."
        return f"{out} {DELETE_NEXT.get(decision.status, again)}"
    if claim.kind == FollowUp.Kind.EDIT:
        again = "Its change is tried again by itself."
        return f"The post is out as it was. {EDIT_NEXT.get(decision.status, again)}"
    again = "Its comment is tried again by itself."
    return f"The post is out. {COMMENT_NEXT.get(decision.status, again)}"


DELETE_NEXT = {
    Status.FAILED: "Delete it there.",
    Status.UNCONFIRMED: "Or it may be gone by now. Look there.",
}
EDIT_NEXT = {
    Status.FAILED: "Change it there.",
    Status.UNCONFIRMED: "Or it may have changed by now. Look there.",
}
COMMENT_NEXT = {
    Status.FAILED: "Its comment is not. Write the comment there.",
    Status.UNCONFIRMED: "Its comment may be out too. Look there.",
}
