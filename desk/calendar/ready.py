"""What waits for a time: posts without one, and pieces that were given to no channel yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from content.models import Piece
from desk.counting import Count, count_up_to
from desk.listing.keyset import Walk
from desk.listing.kinds import UPDATED
from desk.listing.page import PostList
from desk.reach import Reach
from organisation.rights import PUBLISH_POST, WRITE_PIECE
from posting.models import Post
from posting.models.post import PostQuerySet
from posting.states import Status
from scheduling.suggesting import take_at_once

MOST = 12  # of each kind, on the calendar; the posting hub lists all
LOOKED_AT = 60  # of the newest pieces, for those that went nowhere yet


@dataclass
class Ready:
    """Under the filters of the page. Seven questions to the database, however much there is."""

    posts: PostList
    reach: Reach

    @cached_property
    def rows(self) -> list[Post]:
        """The posts that this person may give a time, last changed first."""
        mine = {brand.pk for brand in self.reach.where(PUBLISH_POST)}
        waiting = self.posts.narrowed(Post.objects.in_status(Status.READY))
        newest = newest_of(
            [waiting.filter(brand=pk) for pk in self.posts.brand_ids if pk in mine], MOST
        )
        found = Post.objects.filter(pk__in=newest).order_by("-updated_at", "-pk")
        return list(found.select_related("piece", "account__platform", "brand"))

    @cached_property
    def total(self) -> Count:
        return count_up_to(self._waiting)

    @property
    def _waiting(self) -> PostQuerySet:
        mine = [brand.pk for brand in self.reach.where(PUBLISH_POST)]
        found = self.posts.narrowed(self.posts.of_brands())
        return found.in_status(Status.READY).filter(brand__in=mine)

    @cached_property
    def at_once(self) -> bool:
        """Whether some of their accounts take suggested times without a question."""
        return bool(take_at_once([post.account for post in self.rows]))

    @cached_property
    def pieces(self) -> list[Piece]:
        """Pieces that somebody finished lately and nobody has given to a channel."""
        mine = {brand.pk for brand in self.reach.where(WRITE_PIECE)}
        brands = [pk for pk in self.posts.brand_ids if pk in mine]
        filters = self.posts.filters
        if not brands or filters.platform or filters.account or filters.status or filters.q:
            return []
        looked_at = newest_of([Piece.objects.ready().filter(brand=pk) for pk in brands], LOOKED_AT)
        newest = list(Piece.objects.filter(pk__in=looked_at).order_by("-updated_at", "-pk"))
        gone = set(Post.objects.filter(piece__in=newest).values_list("piece", flat=True))
        left = [piece for piece in newest if piece.pk not in gone]
        if filters.author:
            left = [piece for piece in left if piece.author_id in filters.author]
        return left[:MOST]


def newest_of(slices: Sequence[QuerySet[Any]], most: int) -> list[int]:
    """The ids of the rows that were changed last. Each slice is a brand's, which an index serves in
    that order: of rows of several brands a database would sort every one.
    """
    walk = Walk(UPDATED, newest_first=True, size=most)
    return [place.pk for place in walk.places(slices)][:most]
