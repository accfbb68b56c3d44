"""Putting a piece away, and bringing it back. Its posts are not touched by either."""

from django.db import models, transaction
from django.db.models.functions import Now

from content.models import Piece
from organisation.audit import record
from organisation.models import User


def archive(piece: Piece, *, by: User) -> bool:
    """Take the piece off the lists of what can be sent; False where it was off them already.

    Posts that are scheduled go out at their times, and recurring plans go on.
    """
    others = Piece.objects.filter(pk=piece.pk).exclude(status=Piece.Status.ARCHIVED)
    return _moved(others, piece, Piece.Status.ARCHIVED, f"{by} archived “{piece}”.", by)


def bring_back(piece: Piece, *, by: User) -> bool:
    """Put an archived piece on the lists again; False where it was not archived.

    It is ready once it says something, and a draft until then.
    """
    status = Piece.Status.READY if piece.current_id else Piece.Status.DRAFT
    archived = Piece.objects.filter(pk=piece.pk, status=Piece.Status.ARCHIVED)
    return _moved(archived, piece, status, f"{by} brought “{piece}” back from the archive.", by)


def _moved(
    rows: models.QuerySet[Piece], piece: Piece, status: str, sentence: str, by: User
) -> bool:
    with transaction.atomic():
        if not rows.update(status=status, updated_at=Now()):
            return False
        record("archive piece", sentence, by=by, subject=piece, brand=piece.brand)
    piece.status = status
    return True
