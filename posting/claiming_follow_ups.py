"""Taking what is to be done to a post that is out: the same claim as a post's, on its own row."""

from datetime import datetime
from typing import Any

from django.db.models import F

from platforms.costs import bill_for_comment, bill_for_deletion
from platforms.models import Account
from platforms.parts import parts_out
from platforms.values import Rendition
from posting.claims import Claim, latest_start, lease
from posting.models import FollowUp

EMPTY_SNAPSHOT: dict[str, Any] = {
    "channel": "",
    "text": "",
    "link": "",
    "media": [],
    "options": {},
}


def claim_follow_up(account: Account, worker: str, now: datetime, before: float) -> Claim | None:
    """Take the account's next follow-up; the caller holds the account's lock."""
    waiting = FollowUp.objects.due(now).filter(account=account)
    follow_up = waiting.select_related("post__piece").order_by("wake_at", "pk").first()
    if follow_up is None:
        return None
    token = follow_up.lease_token + 1
    won = FollowUp.objects.filter(
        pk=follow_up.pk, state="waiting", lease_token=follow_up.lease_token
    ).update(
        state="sending",
        lease_token=token,
        lease_until=now + lease(),
        first_claimed_at=follow_up.first_claimed_at or now,
        unanswered_claims=F("unanswered_claims") + 1,
    )
    if not won:
        return None
    part_ids = _parts(follow_up)
    return Claim(
        owner=FollowUp,
        pk=follow_up.pk,
        post_pk=follow_up.post_id,
        piece_pk=follow_up.post.piece_id,
        platform_pk=follow_up.post.platform_id,
        account=account,
        token=token,
        worker=worker,
        claimed_at=now,
        first_claimed_at=follow_up.first_claimed_at or now,
        due_at=None,
        deadline=latest_start(before),
        attempt=follow_up.attempts + 1,
        title=str(follow_up.post.piece),
        rendition=Rendition.from_snapshot(follow_up.post.snapshot or EMPTY_SNAPSHOT),
        steps=tuple(follow_up.steps.all()),
        irrevocable=False,
        channel_limits={},
        kind=follow_up.kind,
        text=follow_up.text,
        remote_id=follow_up.post.remote_id,
        part_ids=part_ids,
        bill=_bill(follow_up, account, len(part_ids)),
    )


def _parts(follow_up: FollowUp) -> tuple[str, ...]:
    """What is to be removed where a thread is several posts."""
    if follow_up.kind != FollowUp.Kind.DELETE:
        return ()
    return tuple(part.remote_id for part in parts_out(follow_up.post.steps.all()))


def _bill(follow_up: FollowUp, account: Account, parts: int) -> dict[str, int]:
    """What it costs, by step. No cap keeps it: the comment was counted with its post."""
    if follow_up.kind == FollowUp.Kind.COMMENT:
        return bill_for_comment(account, follow_up.text)
    if follow_up.kind == FollowUp.Kind.DELETE:
        return bill_for_deletion(account, max(parts, 1))
    return {}
