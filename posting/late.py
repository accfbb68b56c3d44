"""What a worker learns after its lease has ended: others have moved the post on by then.

Its knowledge still counts where nobody has acted on the lack of it, and is evidence where somebody
has. The lease token says which: it rises with every claim. Each function runs in the transaction
that stores the answer, and takes the post's row before any step's, as every other verb does.
"""

from datetime import datetime
from typing import Any

from platforms.values import Receipt
from posting.claims import Claim
from posting.journal import Journal
from posting.models import FollowUp, Post, PostEvent, PublishStep
from posting.noticing import tell
from posting.states import Status


def late_answer(
    claim: Claim, journal: Journal, receipt: Receipt, values: dict[str, Any], now: datetime
) -> bool:
    """Take an answer that came after the lease; say whether the post stands as published by it."""
    settled: bool = Post.objects.advance(
        claim.pk,
        old=Status.UNCONFIRMED,
        new=Status.PUBLISHED,
        actor=claim.worker,
        sentence="The platform's answer came late: it had taken the post.",
        evidence=receipt.remote_id,
        guards={"lease_token": claim.token},
        values=values,
    )
    if settled:
        FollowUp.objects.plan_comment(claim.pk, claim.account.pk, claim.first_comment, now)
    if settled or Post.objects.filter(pk=claim.pk, remote_id=receipt.remote_id).exists():
        return True
    mine = Post.objects.filter(pk=claim.pk, lease_token=claim.token)
    if mine.filter(status=Status.PUBLISHED, remote_id="").update(remote_id=receipt.remote_id):
        _note(claim, receipt, "A person had seen it already.")
    elif mine.filter(status=Status.SCHEDULED).update(irrevocable=True):
        _call_off_resend(journal)
        _note(claim, receipt, "It is not sent a second time.")
    else:
        Post.objects.filter(pk=claim.pk).update(irrevocable=True)
        _note(claim, receipt, "Look at the account for a second copy.")
    return False


def late_error(claim: Claim, new: Status, sentence: str, values: dict[str, Any]) -> bool:
    """Move a post that waits as unconfirmed, now that nothing of it is in doubt any more."""
    if new == Status.UNCONFIRMED or _open_steps(claim).exists():
        return False
    moved: bool = Post.objects.advance(
        claim.pk,
        old=Status.UNCONFIRMED,
        new=new,
        actor=claim.worker,
        sentence=sentence,
        guards={"lease_token": claim.token},
        values={**values, "next_look_at": None},
    )
    if moved and new == Status.FAILED:
        tell(claim.pk, new, sentence)
    return moved


def take_row(claim: Claim) -> None:
    """Lock the post's row first: a person's decision takes it before the steps, too."""
    Post.objects.select_for_update(of=("self",)).filter(pk=claim.pk).first()


def _call_off_resend(journal: Journal) -> None:
    """A person asked to send again and no worker has begun: the next finds this answer instead."""
    if journal.unsaved is not None and journal.unsaved.creates:
        voided = PublishStep.objects.filter(
            pk=journal.unsaved.step.pk, state=PublishStep.State.VOID
        )
        voided.update(state=PublishStep.State.STARTED, void_reason="")


def _open_steps(claim: Claim) -> Any:
    return PublishStep.objects.filter(post=claim.pk, state=PublishStep.State.STARTED)


def _note(claim: Claim, receipt: Receipt, meaning: str) -> None:
    status = Post.objects.values_list("status", flat=True).get(pk=claim.pk)
    PostEvent.objects.create(
        post_id=claim.pk,
        old=status,
        new=status,
        actor=claim.worker[:150],
        sentence="A worker that had lost its claim got an answer after all: the platform took the "
        f"post as {receipt.remote_id}. {meaning}",
        evidence=receipt.url,
    )
