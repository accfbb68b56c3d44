"""Sending one claimed post. The verb everything else is there for."""

import logging
from datetime import UTC, datetime

from platforms.checking import limits_for, problems_of, stopping
from platforms.contract import Adapter
from platforms.errors import PlatformError, Rejected
from platforms.registry import adapter_for
from platforms.values import Receipt
from posting.bulkheads import UNLIMITED, Bulkheads
from posting.claiming import claim_next
from posting.claims import Claim
from posting.connecting import Target, check_target, client_for, connection_for, target_of
from posting.database_threads import Run, stubbornly
from posting.following_up import follow_up
from posting.heeding import heed
from posting.hints import Hints
from posting.journal import Journal
from posting.models import FollowUp
from posting.settling import settle_error, settle_published

log = logging.getLogger(__name__)


def publish_next(
    worker: str, run: Run, bulkheads: Bulkheads | None = None, hints: Hints | None = None
) -> bool:
    """Claim and send the next due post or follow-up; say whether there was one.

    `run` calls a function where the database may be used; nothing else here touches it.
    `bulkheads` and `hints` are those that all threads of the worker share.
    """
    bulkheads = bulkheads or Bulkheads(UNLIMITED)
    claim = run(claim_next, worker, bulkheads, hints)
    if claim is None:
        return False
    try:
        if claim.owner is FollowUp:
            follow_up(claim, run)
        else:
            publish(claim, run)
    finally:
        bulkheads.leave(claim.account.platform_id)
    return True


def publish(claim: Claim, run: Run) -> None:
    """Send a claimed post and record how it ended.

    Each irreversible request is committed in the journal before it leaves. An error of the closed
    vocabulary becomes a move. Anything else is a bug: an answer that is known is saved, the row
    stays `publishing`, and the end of its lease brings it to light.
    """
    target = run(target_of, claim.account)
    journal = Journal(claim, client_for(claim, target), run)
    try:
        _publish(claim, target, journal, run)
    except BaseException:
        journal.save_answer()
        raise
    heed(claim.account, target, journal.client, run)


def _publish(claim: Claim, target: Target, journal: Journal, run: Run) -> None:
    try:
        receipt = _send(claim, target, journal)
    except PlatformError as error:
        decision = stubbornly(run, settle_error, claim, journal, error)
        log.warning("“%s”: %s Now %s.", claim.title, error.sentence, decision.status)
        return
    if stubbornly(run, settle_published, claim, journal, receipt):
        _say_it_is_out(claim, target)


def _send(claim: Claim, target: Target, journal: Journal) -> Receipt:
    adapter = adapter_for(target.adapter_slug)
    _check(claim, target, adapter)
    return adapter(connection_for(target, journal.client)).publish(claim.rendition, journal)


def _check(claim: Claim, target: Target, adapter: type[Adapter]) -> None:
    """Refuse here what the platform would refuse, before anything leaves."""
    check_target(target, adapter)
    limits = limits_for(adapter, claim.rendition.channel, target.server_facts, claim.channel_limits)
    problems = stopping(problems_of(adapter, claim.rendition, limits))
    if problems:
        raise Rejected(" ".join(problem.sentence for problem in problems))


def _say_it_is_out(claim: Claim, target: Target) -> None:
    now = datetime.now(UTC)  # for people to read, so no question to the database
    late = (now - claim.due_at).total_seconds() if claim.due_at else 0.0
    name = adapter_for(target.adapter_slug).name
    log.info("“%s” is out on %s, %.1f s after its time.", claim.title, name, max(late, 0))
