"""Telling people of posts that need one, in the transaction of the move that made it so.

Every move goes through `Post.objects.advance`, and so does this: one notice when a post comes to
need a person, one all-clear when it no longer does, however the move came about.
"""

from organisation.clock import database_now
from organisation.notices import open_notice, resolve_notice
from posting.models.post import NEEDS_A_PERSON, Post
from posting.states import Status


def note_move(pk: int, *, old: Status, new: Status, sentence: str) -> None:
    """Open or close the notices that the move asks for. `sentence` is what the move says.

    Of an unconfirmed post people are told by the reconciler, once it has looked in vain; and not
    again when one of them gives it up as failed.
    """
    if old in NEEDS_A_PERSON:
        resolve_notice(f"{old}:{pk}", database_now(), sentence)
    if new == Status.REMOVED:
        resolve_notice(f"vanished:{pk}", database_now(), sentence)
    if new == Status.MISSED or (new == Status.FAILED and old != Status.UNCONFIRMED):
        tell(pk, new, sentence)


def tell(pk: int, status: Status, sentence: str) -> None:
    """Open the notice of a post that is failed or missed. Its author hears of a failure too."""
    post = Post.objects.select_related("piece", "account__platform").get(pk=pk)
    open_notice(
        f"{status}:{post.pk}",
        f"“{post.piece}” to {post.account}. {sentence}",
        brand=post.brand_id,
        author_id=post.author_id if status == Status.FAILED else None,
    )
