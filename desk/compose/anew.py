"""The words of a form in another one: for another brand, or after the first was sent."""

import uuid

from desk.compose.composition import Composition
from desk.compose.opening import as_usual_at
from desk.compose.sending import Sent, says_the_same
from posting.models import Post


def moved_to_brand(composition: Composition, brand: int) -> Composition:
    """Return the form for another brand. Accounts, pictures, pieces and sources belong to one
    brand each, so only the words go along. Raises Http404 for a brand in which this person may
    not write.
    """
    filled = composition.filled
    filled.brand, filled.piece, filled.piece_edits = brand, None, 0
    filled.section = None
    filled.to, filled.pictures, filled.follow, filled.again = [], [], [], False
    moved = Composition(filled, composition.user, composition.key, composition.draft_edits)
    as_usual_at(filled, moved.brand, moved.user)
    return moved


def begun_anew(composition: Composition) -> Composition:
    """Return what was written as a new form, under an id of its own and with no account chosen."""
    filled = composition.filled
    filled.to, filled.follow, filled.again = [], [], False
    if composition.piece:
        filled.piece_edits = composition.piece.edits
    return Composition(filled, composition.user, uuid.uuid4())


def says_what_went(composition: Composition, sent: Sent) -> bool:
    """Whether the form still has the words it was sent with, or none."""
    if composition.filled.is_empty:
        return True
    if sent.piece:
        return sent.piece.current is not None and says_the_same(composition, sent.piece.current)
    post = Post.objects.filter(batch=sent.batch).select_related("piece_version").first()
    return post is None or says_the_same(composition, post.piece_version)
