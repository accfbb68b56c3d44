"""Which posts a change of a piece's words takes along: said before it is saved, and then done.

The composer and the restoring of an earlier version both ask and act by this.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils import timezone

from content.models import Piece, PieceVersion
from content.writing import EditConflict
from organisation.models import User
from organisation.rights import PUBLISH_POST, may
from posting.deciding import NotPossible
from posting.editing import follow_piece, posts_to_follow
from posting.models import Post

FOLLOWERS_MAX = 100


class Followers:
    """The posts of a piece that are not out yet, as far as this person may change them."""

    def __init__(self, piece: Piece | None, user: User) -> None:
        self.piece, self.user = piece, user

    @cached_property
    def may_change(self) -> bool:
        return self.piece is not None and may(self.user, PUBLISH_POST, self.piece.brand)

    @cached_property
    def posts(self) -> list[Post]:
        """Those that are offered, at most FOLLOWERS_MAX, the next to go out first."""
        if self.piece is None or not self.may_change:
            return []
        return list(posts_to_follow(self.piece, timezone.now())[:FOLLOWERS_MAX])

    @property
    def approved(self) -> int:
        return sum(post.approved for post in self.posts)  # type: ignore[attr-defined]

    @cached_property
    def left_alone(self) -> int:
        """How many others could be changed and are not offered, so that they stay as they are."""
        if self.piece is None or 0 < len(self.posts) < FOLLOWERS_MAX:
            return 0
        if self.may_change and not self.posts:
            return 0
        return posts_to_follow(self.piece, timezone.now()).count() - len(self.posts)

    def take_along(
        self, chosen: Collection[int], words: PieceVersion, now: datetime
    ) -> dict[str, list[str]]:
        """Let the chosen ones of these posts say what the version says.

        Returns what speaks against it, by "follow:" and the post. The caller undoes everything
        when there is anything: all of them follow, or nothing is saved.
        """
        errors: dict[str, list[str]] = {}
        for post in self.posts:
            if post.pk not in chosen or post.piece_version_id == words.pk:
                continue
            try:
                follow_piece(post, words, by=self.user, now=now)
            except (ValidationError, NotPossible, EditConflict) as error:
                errors[f"follow:{post.pk}"] = getattr(error, "messages", [str(error)])
        return errors
