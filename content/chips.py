"""The mark of a piece's status, the same in the admin and on the staff pages."""

from django.utils.safestring import SafeString

from content.models import Piece
from organisation.chips import chip

LOOKS = {
    Piece.Status.DRAFT: ("unconfirmed", "fa-solid fa-pen"),
    Piece.Status.READY: ("ready", "fa-regular fa-circle"),
    Piece.Status.ARCHIVED: ("off", "fa-solid fa-box-archive"),
}


def piece_chip(status: str) -> SafeString:
    look, icon = LOOKS[Piece.Status(status)]
    return chip(look, icon, Piece.Status(status).label)
