"""Making a proposal so, once, and taking all of it back until the first post leaves."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from organisation.audit import record
from organisation.models import User
from posting.deciding import NotPossible, cancel
from posting.models import Batch, Post
from posting.states import Status
from scheduling.batching import BatchRefused, Plan, Target, When, make_one
from scheduling.bulk.looking import Look
from scheduling.models import Proposal, ProposedPost
from scheduling.slots import lock
from scheduling.timing import schedule, unschedule

# What has not left, and never will by itself.
STAYS = (Status.READY, Status.SCHEDULED, Status.CANCELLED)


def confirm(proposal: Proposal, *, digest: str, by: User, now: datetime) -> tuple[Proposal, bool]:
    """Make every post that is not left out, and give each its time.

    Return the proposal, and whether this made it so.

    All or none, in one transaction. A second confirmation, however early, finds the first one's
    batch and makes nothing. `digest` is that of the `Look` the person saw.

    Raises NotPossible when it has expired, was discarded, or something else speaks against it than
    the person saw; BatchRefused with the sentences of each post that cannot be, by the id of its
    row; ValidationError when nothing is left in. Nothing is made then.
    """
    with transaction.atomic():
        # On SQLite the transaction itself lets one writer through.
        rows = Proposal.objects.select_for_update(of=("self",)).select_related("brand")
        found = rows.filter(pk=proposal.pk).first()
        if found is None:
            raise NotPossible("The proposal was discarded. Nothing was scheduled.")
        if found.confirmed_at is not None:
            return found, False
        if not found.is_open(now):
            raise NotPossible(
                "The proposal has expired. Nothing was scheduled. Ask for times anew."
            )
        lock(found.items.filter(left_out=False).values_list("account", flat=True))
        look = Look(found, now)
        _check(look, digest)
        # The same id again is the last guard, whatever the lock above let through.
        found.batch = Batch.objects.create(id=found.pk, brand=found.brand, by=by)
        _make_all(look, found.batch, by, now)
        found.confirmed_at = now
        found.save(update_fields=["batch", "confirmed_at"])
        record("bulk schedule", f"{by} scheduled {len(look.going)} posts at once: {found.words}.",
               by=by, subject=found.brand, brand=found.brand)  # fmt: skip
    return found, True


def _check(look: Look, digest: str) -> None:
    if not look.going:
        raise ValidationError("Everything was left out, so nothing was scheduled.")
    if look.digest != digest:
        raise NotPossible(
            "What speaks against these times has changed since you looked, or somebody changed the "
            "proposal. Nothing was scheduled. Look again, then confirm."
        )
    if look.stopped:
        raise BatchRefused({one.item.pk: list(one.stops) for one in look.stopped})


def _make_all(look: Look, batch: Batch, by: User, now: datetime) -> None:
    reasons: dict[int, list[str]] = {}
    for seen in look.going:
        try:
            with transaction.atomic():  # so that the reasons of the others are found as well
                _make(seen.item, batch, by, now)
        except ValidationError as error:
            reasons[seen.item.pk] = error.messages
        except NotPossible as error:
            reasons[seen.item.pk] = [str(error)]
    if reasons:
        raise BatchRefused(reasons)
    ProposedPost.objects.bulk_update([one.item for one in look.going], ("post",))


def _make(item: ProposedPost, batch: Batch, by: User, now: datetime) -> None:
    if item.existed and item.post is not None:
        schedule(item.post, wall=item.wall_time, zone=item.zone, fold=item.fold, by=by, now=now)
        Post.objects.filter(pk=item.post.pk).update(batch=batch)
        return
    plan = Plan(When.AT, wall=item.wall_time, zone=item.zone, fold=item.fold, again=item.again)
    target = Target(item.piece_version, item.account, item.channel_type)
    item.post = make_one(batch, target, plan, by, now)


@dataclass
class Undone:
    """What became of the posts when a proposal was taken back."""

    done: int = 0
    kept: list[Post] = field(default_factory=list)  # changed by somebody since


def undo(proposal: Proposal, *, by: User, now: datetime) -> Undone:
    """Take everything back: posts that were made are cancelled, those that were there are ready
    again, without a time.

    One that somebody moved, changed or cancelled since stays as it is. Raises NotPossible once the
    first has left; nothing is changed then. A second time it does nothing.
    """
    outcome = Undone()
    with transaction.atomic():
        found = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        if found.confirmed_at is None:
            raise NotPossible("It was never confirmed, so there is nothing to undo.")
        if found.undone_at is not None:
            return outcome
        items = list(found.items.filter(left_out=False).order_by("place"))
        posts = _posts_of(items)
        _refuse_if_one_left(list(posts.values()))
        for item in items:
            _take_back(item, posts[item.post_id or 0], outcome, by, now)
        found.undone_at = now
        found.save(update_fields=["undone_at"])
        record("undo bulk schedule", f"{by} took back {outcome.done} posts: {found.words}.", by=by,
               subject=found.brand, brand=found.brand)  # fmt: skip
    return outcome


def _posts_of(items: list[ProposedPost]) -> dict[int, Post]:
    ids = [item.post_id for item in items if item.post_id]
    rows = Post.objects.select_for_update(of=("self",)).filter(pk__in=ids).for_list()
    return {post.pk: post for post in rows.order_by("pk")}


def _refuse_if_one_left(posts: list[Post]) -> None:
    left = [post for post in posts if post.status not in STAYS or post.irrevocable]
    if left:
        raise NotPossible(
            f"It is too late to undo all of it: {left[0]} is "
            f"{left[0].get_status_display().lower()}. Nothing was changed. Cancel those that still "
            "wait on the page of the batch."
        )


def _take_back(item: ProposedPost, post: Post, outcome: Undone, by: User, now: datetime) -> None:
    as_made = (Status.SCHEDULED, item.due_at, item.piece_version_id)
    if (post.status, post.due_at, post.piece_version_id) != as_made:
        outcome.kept.append(post)
        return
    if item.existed:
        unschedule(post, by=by, now=now)
    else:
        cancel(post, by=by, now=now)
    outcome.done += 1
