"""A draft becomes ready: somebody has looked at it, and it may go to channels."""

from django.db import transaction
from django.db.models.functions import Now

from content.models import Piece
from organisation.audit import record
from organisation.models import User


def make_ready(piece: Piece, *, by: User) -> bool:
    """Put a draft on the lists of what can be sent; False where it is none, or says nothing."""
    drafts = Piece.objects.filter(pk=piece.pk, status=Piece.Status.DRAFT, current__isnull=False)
    with transaction.atomic():
        if not drafts.update(status=Piece.Status.READY, updated_at=Now()):
            return False
        record("make ready", f"{by} made “{piece}” ready.", by=by, subject=piece, brand=piece.brand)
    piece.status = Piece.Status.READY
    return True
