"""Doing a change of many posts, once, and taking it back until the first of them leaves.

Every part is done by the verb that does it for one post: `schedule`, `follow_piece`, `cancel` and
`queue_post`. So versions are checked, approvals become stale and the history is written as ever.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from content.copying import restore_version, reword_version
from content.models import PieceVersion
from content.writing import EditConflict
from organisation.audit import record
from organisation.models import User
from posting.approval_notices import ask_for_approval
from posting.deciding import NotPossible, cancel
from posting.editing import follow_piece
from posting.models import Post
from posting.queueing import queue_post
from posting.states import Hold, Status
from scheduling.editing.planning import Planner, Proposal, versions_of
from scheduling.editing.wishes import WORDED, What, Wish
from scheduling.models import EditedPost, ManyEdit
from scheduling.slots import lock
from scheduling.timing import schedule

LEFT = (Status.PUBLISHING, Status.PUBLISHED, Status.UNCONFIRMED, Status.REMOVED)
REFUSALS = (ValidationError, NotPossible, EditConflict)


@dataclass
class Outcome:
    """What became of the posts. A reason leads to those it is about."""

    done: int = 0
    refused: dict[str, list[Post]] = field(default_factory=dict)

    def refuse(self, post: Post, why: str) -> None:
        self.refused.setdefault(why, []).append(post)


class _Nobody(Exception):
    """No post follows the new words, so that they are not saved."""


def edit_many(
    key: uuid.UUID, posts: Sequence[Post], wish: Wish, *, by: User, now: datetime
) -> tuple[ManyEdit, Outcome | None]:
    """Change the posts, which are all of one brand; what cannot be changed is told.

    All in one transaction. `key` is chosen when the preview is shown: the same key again changes
    nothing, and the outcome is None. Raises ValidationError for a wish that cannot be.
    """
    planner = Planner(wish, now)
    outcome = Outcome()
    with transaction.atomic():
        values = {"brand": posts[0].brand, "words": planner.wish.words[:300], "by": by, "at": now}
        edit, new = ManyEdit.objects.get_or_create(id=key, defaults=values)
        if not new:
            return edit, None
        accounts = {post.account_id for post in posts}
        lock(accounts | ({wish.account.pk} if wish.account else set()))
        plan = planner.plan(posts)
        for why, some in plan.staying.items():
            outcome.refused.setdefault(why, []).extend(some)
        rows = list(_carry_out(edit, plan.going, planner.wish, outcome, by, now))
        EditedPost.objects.bulk_create(rows)
        outcome.done = len(rows)
        record("edit many", f"{by} changed {outcome.done} posts at once: {edit.words}.", by=by,
               subject=edit.brand, brand=edit.brand)  # fmt: skip
    return edit, outcome


def _carry_out(
    edit: ManyEdit, going: list[Proposal], wish: Wish, outcome: Outcome, by: User, now: datetime
) -> list[EditedPost]:
    if wish.what in WORDED:
        return [
            row
            for version, some in versions_of(going).items()
            for row in _reword(edit, version, some, wish, outcome, by, now)
        ]
    act = _shift if wish.what is What.SHIFT else _elsewhere
    found = []
    for one in going:
        row = _row(edit, one.post)
        try:
            with transaction.atomic():
                act(row, one, wish, by, now)
        except REFUSALS as error:
            outcome.refuse(one.post, _told(error))
        else:
            row.version = one.post.version
            found.append(row)
    return found


def _row(edit: ManyEdit, post: Post) -> EditedPost:
    return EditedPost(
        edit=edit, post=post, version=post.version, status=post.status, wall_time=post.wall_time,
        zone=post.zone, fold=post.fold, words=post.piece_version,
    )  # fmt: skip


def _shift(row: EditedPost, one: Proposal, wish: Wish, by: User, now: datetime) -> None:
    schedule(one.post, wall=one.wall, zone=one.post.zone, fold=one.fold, by=by, now=now)


def _elsewhere(row: EditedPost, one: Proposal, wish: Wish, by: User, now: datetime) -> None:
    """A post of the other account in the place of this one, which is cancelled."""
    if wish.account is None:
        raise NotPossible("No account was chosen.")
    post = one.post
    cancel(post, by=by, now=now, note=f"{wish.account} sends it instead.")
    # Cancelling is a move, which leaves the version; an undo has to know this state by it.
    Post.objects.filter(pk=post.pk).update(version=post.version + 1, updated_at=Now())
    post.refresh_from_db()
    instead = queue_post(post.piece_version, wish.account, post.channel_type, by=by, now=now)
    if Hold.APPROVAL in post.held_by or post.approvals.exists():
        # Asked of a person before, it is asked again: that answer was about another account.
        Post.objects.filter(pk=instead.pk).update(holds=F("holds").bitor(int(Hold.APPROVAL)))
        instead.refresh_from_db(fields=["holds"])
        ask_for_approval(instead, by)
    if row.status == Status.SCHEDULED:
        schedule(instead, wall=row.wall_time, zone=row.zone, fold=row.fold, by=by, now=now)
    row.instead, row.instead_version = instead, instead.version


def _reword(
    edit: ManyEdit,
    version: PieceVersion,
    some: list[Proposal],
    wish: Wish,
    outcome: Outcome,
    by: User,
    now: datetime,
) -> list[EditedPost]:
    """Save the new words once, and let the posts say them."""
    rows: list[EditedPost] = []
    try:
        with transaction.atomic():
            text, link, variants = wish.reworded(version)
            new = reword_version(version, text=text, link=link, variants=variants, by=by)
            for one in some:
                row = _row(edit, one.post)
                try:
                    follow_piece(one.post, new, by=by, now=now)
                except REFUSALS as error:
                    outcome.refuse(one.post, _told(error))
                else:
                    row.version, row.new_words = one.post.version, new
                    rows.append(row)
            if not rows:
                raise _Nobody
    except _Nobody:
        return []
    except REFUSALS as error:
        for one in some:
            outcome.refuse(one.post, _told(error))
        return []
    return rows


def _told(error: Exception) -> str:
    return " ".join(getattr(error, "messages", [str(error)]))


def has_left(edit: ManyEdit) -> bool:
    """Whether one of its posts is out or on its way, so that not all of it can be undone."""
    ids = edit.rows.values_list("post", "instead")
    pks = {pk for pair in ids for pk in pair if pk}
    posts = Post.objects.filter(pk__in=pks)
    return posts.filter(status__in=LEFT).exists() or posts.filter(irrevocable=True).exists()


def undo(edit: ManyEdit, *, by: User, now: datetime) -> Outcome:
    """Put back what nobody has changed since; approvals that became stale stay so.

    Raises NotPossible once the first post has left; nothing is changed then. A second time it does
    nothing.
    """
    outcome = Outcome()
    with transaction.atomic():
        found = ManyEdit.objects.select_for_update(of=("self",)).get(pk=edit.pk)
        if found.undone_at is not None:
            return outcome
        if has_left(found):
            raise NotPossible(
                "It is too late to undo all of it: the first of these posts has left, or may have. "
                "Nothing was changed. Those that still wait can be changed on their own pages."
            )
        restored: dict[int, PieceVersion] = {}
        for row in found.rows.select_related("words", "new_words").order_by("post_id"):
            _take_back(row, restored, outcome, by, now)
        found.undone_at, found.undone_by = now, by
        found.save(update_fields=["undone_at", "undone_by"])
        record("undo edit many", f"{by} took back {outcome.done} posts: {found.words}.", by=by,
               subject=found.brand, brand=found.brand)  # fmt: skip
    return outcome


def _take_back(
    row: EditedPost,
    restored: dict[int, PieceVersion],
    outcome: Outcome,
    by: User,
    now: datetime,
) -> None:
    post = Post.objects.for_rows().get(pk=row.post_id)
    if post.version != row.version:
        outcome.refuse(post, "changed by somebody since")
        return
    try:
        with transaction.atomic():
            if row.new_words is not None:
                follow_piece(post, _as_before(row, restored, by), by=by, now=now)
            elif row.instead_id is not None:
                _back_from_elsewhere(row, post, by, now)
            else:
                schedule(post, wall=row.wall_time, zone=row.zone, fold=row.fold, by=by, now=now)
    except REFUSALS as error:
        outcome.refuse(post, _told(error))
    else:
        outcome.done += 1


def _as_before(row: EditedPost, restored: dict[int, PieceVersion], by: User) -> PieceVersion:
    """What the post said: as a new version where the piece itself says the new words."""
    new = row.new_words
    if new is None or new.piece.current_id != new.pk:
        return restored.get(new.pk, row.words) if new else row.words
    back = restore_version(row.words, by=by, expected_edits=new.piece.edits)
    restored[new.pk] = back
    return back


def _back_from_elsewhere(row: EditedPost, post: Post, by: User, now: datetime) -> None:
    instead = Post.objects.for_rows().get(pk=row.instead_id)
    if instead.version != row.instead_version:
        raise NotPossible("changed by somebody since")
    cancel(instead, by=by, now=now)
    if row.status == Status.SCHEDULED:
        schedule(post, wall=row.wall_time, zone=row.zone, fold=row.fold, by=by, now=now)
        return
    moved = Post.objects.advance(
        post.pk, old=Status.CANCELLED, new=Status.READY, actor=str(by),
        sentence=f"{by} took it up again.", guards={"version": post.version},
        values={"version": post.version + 1},
    )  # fmt: skip
    if not moved:
        raise NotPossible("changed by somebody since")
