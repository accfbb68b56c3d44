"""What somebody chose to give times to: pieces out of their list, or ready posts out of the hub."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from content.models import Piece, PieceVersion
from desk import choosing
from desk.numbers import whole, wholes
from desk.reach import Reach
from organisation.models import Brand
from organisation.rights import PUBLISH_POST
from posting.models import Post
from posting.states import Status
from scheduling.bulk.proposing import MOST

RECENT = 200  # pieces to choose from where none was chosen yet


class NotChosen(Exception):
    """There is nothing to give times to; the sentence says why, and `back` where to choose."""

    def __init__(self, sentence: str, back: str) -> None:
        self.back = back
        super().__init__(sentence)


@dataclass
class Chosen:
    """Pieces, or posts that are there; all of one brand in which the person may schedule."""

    brand: Brand
    pieces: list[Piece] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    left_alone: int = 0  # chosen posts that are not ready

    @classmethod
    def read(
        cls, request: HttpRequest, reach: Reach, brand: Brand | None, now: datetime
    ) -> "Chosen":
        """Read what a form or an address names.

        Raises NotChosen when that is nothing, too much, or of several brands; PermissionDenied
        where the person's role does not include scheduling.
        """
        asked = request.POST if request.method == "POST" else request.GET
        mine = reach.where(PUBLISH_POST)
        if not mine:
            raise PermissionDenied("Your role does not include scheduling.")
        if "list" in asked or "posts" in asked:
            return cls._of_posts(asked, reach, now)
        ids = wholes([*asked.getlist("piece"), *asked.get("more", "").split(",")])[: MOST + 1]
        if not ids:
            wanted = whole(asked.get("brand", ""))
            found = next((one for one in mine if one.pk == wanted), None)
            return cls(found or (brand if brand in mine else mine[0]))
        return cls._of_pieces(ids, reach)

    @classmethod
    def _of_pieces(cls, ids: list[int], reach: Reach) -> "Chosen":
        back = reverse("desk:ready_pieces")
        found = Piece.objects.visible_to(reach.user).ready().filter(current__isnull=False)
        rows = found.filter(pk__in=ids).select_related("brand", "current__piece")
        pieces = sorted(rows, key=lambda one: ids.index(one.pk))
        if not pieces:
            raise NotChosen("No piece was chosen, so there is nothing to schedule.", back)
        if len(ids) > MOST:
            raise NotChosen(f"{MOST} pieces are the most at once. Choose fewer.", back)
        return cls(_brand_of([one.brand for one in pieces], reach, back), pieces)

    @classmethod
    def _of_posts(cls, asked: QueryDict, reach: Reach, now: datetime) -> "Chosen":
        back = reverse("desk:posting_hub")
        if "posts" in asked:  # this form again
            ids = wholes(asked.get("posts", "").split(","))[: MOST + 1]
            rows = Post.objects.visible_to(reach.user).filter(pk__in=ids).for_rows()
            posts = sorted(rows, key=lambda one: ids.index(one.pk))
        else:
            posts = choosing.Chosen(asked, user=reach.user, now=now).posts()
        ready = [one for one in posts if one.status == Status.READY]
        if not ready:
            raise NotChosen(
                "None of the chosen posts is ready, so there is nothing to schedule. Posts that "
                "have a time are moved one by one, or on the calendar.",
                back,
            )
        if len(posts) > MOST:
            raise NotChosen(f"{MOST} posts are the most at once. Choose fewer.", back)
        brand = _brand_of([one.brand for one in ready], reach, back)
        return cls(brand, posts=ready, left_alone=len(posts) - len(ready))

    @property
    def versions(self) -> list[PieceVersion]:
        return [one.current for one in self.pieces if one.current is not None]

    @property
    def named(self) -> list[str]:
        """What they are called, as many as are worth reading."""
        return [str(one) for one in self.pieces] or [
            f"{one.piece} to {one.account.name}" for one in self.posts
        ]

    @property
    def ids(self) -> str:
        """The posts, as the form sends them again."""
        return ",".join(str(one.pk) for one in self.posts)

    @property
    def to_choose(self) -> list[Piece]:
        """Pieces to choose one from, where none was chosen yet."""
        if self.pieces or self.posts:
            return []
        ready = Piece.objects.ready().filter(brand=self.brand, current__isnull=False)
        return list(ready.order_by("-updated_at", "-id")[:RECENT])


def _brand_of(brands: list[Brand], reach: Reach, back: str) -> Brand:
    if len({one.pk for one in brands}) > 1:
        raise NotChosen("These belong to several brands. Choose those of one brand.", back)
    if brands[0] not in reach.where(PUBLISH_POST):
        raise PermissionDenied(f"Your role at {brands[0]} does not include scheduling.")
    return brands[0]
