"""Making what a table holds, once and whole, and taking it back until its first post leaves."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from content.models import Piece, PieceVersion
from content.writing_many import Prepared, write_pieces
from organisation.audit import record
from organisation.models import User
from organisation.rights import PUBLISH_POST, WRITE_PIECE, may
from posting.deciding import NotPossible, cancel
from posting.models import Batch, Post
from posting.states import Status
from scheduling.batching import Plan, Target, When, make_one
from scheduling.importing.judging import Judged, Reading, Wanted
from scheduling.models import Import, ImportedPiece

TOLD = 5  # reasons
STAYS = (Status.READY, Status.SCHEDULED, Status.CANCELLED)  # has not left, and will not by itself
State = Import.State


def why_not(imported: Import, by: User) -> str:
    """Return why this person may not import it; empty where they may."""
    if not may(by, WRITE_PIECE, imported.brand):
        return f"Your role at {imported.brand} does not include writing."
    timed = imported.report.get("timed", 0) and not imported.reading.get("for_approval")
    if timed and not may(by, PUBLISH_POST, imported.brand):
        return (
            f"Your role at {imported.brand} does not include scheduling. Let the posts wait for "
            "approval, or leave out the column of times."
        )
    return ""


def save(imported: Import, judged: Judged, *, by: User, token: int, now: datetime) -> bool:
    """Make the pieces and posts in one transaction; False when that was done before.

    `judged` holds only what can be. `token` is the lease of who asks: one that was taken over
    makes nothing. Raises NotPossible and ValidationError with what could not be; then nothing was
    made.
    """
    # Outside the transaction: comparing texts takes longer than writing them.
    prepared = [Prepared.of(piece.said) for piece in judged.pieces]
    with transaction.atomic():
        # On SQLite the transaction itself lets one writer through.
        rows = Import.objects.select_for_update(of=("self",)).select_related("brand")
        found = rows.get(pk=imported.pk)
        if found.state != State.SAVING or found.lease_token != token:
            return False
        if refusal := why_not(found, by):
            raise NotPossible(f"{refusal} Nothing was imported.")
        versions = write_pieces(prepared, judged.assets, brand=found.brand, by=by)
        ImportedPiece.objects.bulk_create(
            (
                ImportedPiece(imported=found, piece=version.piece, row=piece.row)
                for version, piece in zip(versions, judged.pieces, strict=True)
            ),
            batch_size=500,
        )
        if judged.posts:
            found.batch = Batch.objects.create(id=found.pk, brand=found.brand, by=by)
            reading = Reading.of(found.reading)
            made = _make_posts(found.batch, judged.posts, versions, reading, by, now)
            found.made = {str(post.pk): post.version for post in made}
        found.state, found.confirmed_at, found.lease_until = State.DONE, now, None
        found.save(update_fields=["state", "batch", "made", "confirmed_at", "lease_until"])
        record("import", f"{by} imported {_counted(judged)} out of “{found.name}”.", by=by,
               subject=found.brand, brand=found.brand)  # fmt: skip
    _drop_file(imported)
    return True


def _make_posts(
    batch: Batch,
    posts: list[Wanted],
    versions: list[PieceVersion],
    reading: Reading,
    by: User,
    now: datetime,
) -> list[Post]:
    reasons: list[str] = []
    made: list[Post] = []
    for post in posts:
        try:
            with transaction.atomic():  # so that the reasons of the others are found as well
                made.append(_make(batch, post, versions[post.piece], reading, by, now))
        except (ValidationError, NotPossible) as error:
            words = " ".join(getattr(error, "messages", [str(error)]))
            reasons.append(f"Row {post.row}: {words}")
    if reasons:
        more = len(reasons) - TOLD
        raise NotPossible(
            " ".join(reasons[:TOLD]) + (f" And {more} more." if more > 0 else "")
            + " Nothing was imported."
        )  # fmt: skip
    return made


def _make(
    batch: Batch, post: Wanted, version: PieceVersion, reading: Reading, by: User, now: datetime
) -> Post:
    plan = Plan(
        When.AT if post.wall else When.READY, wall=post.wall, zone=post.zone, fold=post.fold,
        for_approval=reading.for_approval, again=post.again,
    )  # fmt: skip
    target = Target(version, post.place.account, post.place.channel_type)
    return make_one(batch, target, plan, by, now)


def _counted(judged: Judged) -> str:
    return f"{len(judged.pieces):,} pieces and {len(judged.posts):,} posts"


def _drop_file(imported: Import) -> None:
    """The rows are kept as pieces now. Deleted first in the table, then on the disk."""
    name = imported.file.name
    Import.objects.filter(pk=imported.pk).update(file="")
    if name:
        default_storage.delete(name)


@dataclass
class Undone:
    """What became of what an import had made."""

    posts: int = 0
    pieces: int = 0
    kept_posts: int = 0  # changed by somebody since
    kept_pieces: int = 0


def undo(imported: Import, *, by: User, now: datetime) -> Undone:
    """Cancel the posts and archive the pieces that nobody has changed since.

    Pieces that have other posts stay too. Raises NotPossible once the first post has left; nothing
    is changed then. A second time it does nothing.
    """
    outcome = Undone()
    with transaction.atomic():
        found = Import.objects.select_for_update(of=("self",)).get(pk=imported.pk)
        if found.confirmed_at is None:
            raise NotPossible("It was never imported, so there is nothing to undo.")
        if found.undone_at is not None:
            return outcome
        _take_back_posts(found, outcome, by, now)
        _put_pieces_away(found, outcome)
        found.state, found.undone_at = State.UNDONE, now
        found.save(update_fields=["state", "undone_at"])
        told = f"{outcome.pieces:,} pieces and {outcome.posts:,} posts of “{found.name}”"
        record("undo import", f"{by} took back {told}.", by=by, subject=found.brand,
               brand=found.brand)  # fmt: skip
    return outcome


def has_left(imported: Import) -> bool:
    """Whether a post of it is out or on its way, so that not all of it can be undone."""
    if imported.batch_id is None:
        return False
    posts = Post.objects.filter(batch=imported.batch_id)
    return posts.filter(~Q(status__in=STAYS) | Q(irrevocable=True)).exists()


def _take_back_posts(found: Import, outcome: Undone, by: User, now: datetime) -> None:
    if found.batch_id is None:
        return
    rows = Post.objects.select_for_update(of=("self",)).filter(batch=found.batch_id)
    posts = list(rows.for_list().order_by("pk"))
    left = [post for post in posts if post.status not in STAYS or post.irrevocable]
    if left:
        raise NotPossible(
            f"It is too late to undo all of it: {left[0]} is "
            f"{left[0].get_status_display().lower()}. Nothing was changed. Cancel those that still "
            "wait on the page of the batch."
        )
    for post in posts:
        if post.status == Status.CANCELLED:
            continue
        if post.version != found.made.get(str(post.pk)):
            outcome.kept_posts += 1
            continue
        cancel(post, by=by, now=now)
        outcome.posts += 1


def _put_pieces_away(found: Import, outcome: Undone) -> None:
    mine = Piece.objects.filter(imported__imported=found).exclude(status=Piece.Status.ARCHIVED)
    busy = Post.objects.exclude(status__in=(Status.CANCELLED, Status.REMOVED)).values("piece")
    untouched = mine.filter(edits=1).exclude(pk__in=busy.filter(piece__imported__imported=found))
    ids = list(untouched.values_list("pk", flat=True))
    total = mine.count()
    for start in range(0, len(ids), 500):
        some = Piece.objects.filter(pk__in=ids[start : start + 500])
        some.update(status=Piece.Status.ARCHIVED, updated_at=Now())
    outcome.pieces, outcome.kept_pieces = len(ids), total - len(ids)
