"""The list of ready pieces: what can be assigned to channels. And drafts, and archived ones."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Prefetch
from django.http import QueryDict
from django.urls import reverse

from content.models import Piece, VersionMedia
from content.models.piece import PieceQuerySet
from desk.counting import Count, count_up_to
from desk.listing import keyset
from desk.listing.kinds import Sort
from organisation.models import Brand, User
from platforms.models import Account
from posting.models import Post
from posting.search import MOST_PIECES, leaves_some_out, matching_pieces

SIZE = 50
CHANGED = Sort("updated", "updated_at", "Changed", "Changed", nullable=False)


@dataclass(frozen=True)
class PieceRow:
    piece: Piece

    @property
    def picture(self) -> VersionMedia | None:
        current = self.piece.current
        return next(iter(current.media.all()), None) if current else None

    @property
    def accounts(self) -> list[Account]:
        """Where it went or is to go, each account once."""
        return list({post.account_id: post.account for post in self.piece.posts.all()}.values())


class PieceList:
    """Pieces of a person's brands by status, the newest first, a page at a time."""

    def __init__(self, asked: QueryDict, *, user: User, now: datetime, size: int = SIZE) -> None:
        self.user, self.now, self.size = user, now, size
        self.q = asked.get("q", "").replace("\x00", "").strip()[:200]
        self.brand = asked.get("brand", "")
        self.archived = asked.get("status") == Piece.Status.ARCHIVED
        self.drafts = asked.get("status") == Piece.Status.DRAFT
        self.after, self.before = (keyset.read(asked.get(name, "")) for name in ("after", "before"))

    @property
    def can_be_sent(self) -> bool:
        """Whether these are ready; drafts become so when somebody saves them in the composer."""
        return not (self.archived or self.drafts)

    @cached_property
    def brands(self) -> list[Brand]:
        return list(Brand.objects.visible_to(self.user))

    @property
    def brand_ids(self) -> list[int]:
        seen = [brand.pk for brand in self.brands]
        return [pk for pk in seen if str(pk) == self.brand] if self.brand else seen

    @property
    def _pieces(self) -> PieceQuerySet:
        if self.drafts:
            return Piece.objects.drafts()
        return Piece.objects.archived() if self.archived else Piece.objects.ready()

    @cached_property
    def slices(self) -> list:
        of_brands = [self._pieces.filter(brand=pk) for pk in self.brand_ids]
        if not self.q:
            return of_brands
        words = matching_pieces(self.q, self.brand_ids)
        return [pieces.filter(pk__in=words) if words else pieces.none() for pieces in of_brands]

    @property
    def matching(self) -> PieceQuerySet:
        """All pieces of the list under its filters, in no order."""
        pieces = self._pieces.filter(brand__in=self.brand_ids)
        words = matching_pieces(self.q, self.brand_ids) if self.q else None
        if self.q:
            pieces = pieces.filter(pk__in=words) if words else pieces.none()
        return pieces

    @cached_property
    def total(self) -> Count:
        return count_up_to(self.matching)

    @cached_property
    def looked_at(self) -> str:
        """How many pieces the search looks at where more match; empty where it sees all."""
        cut = bool(self.q) and leaves_some_out(self.q, self.brand_ids)
        return f"{MOST_PIECES:,}" if cut else ""

    @cached_property
    def places(self) -> list[keyset.Place]:
        back = self.before is not None
        start = self.before if back else self.after
        walk = keyset.Walk(CHANGED, newest_first=True, start=start, back=back, size=self.size)
        return walk.places(self.slices)

    @cached_property
    def shown(self) -> list[keyset.Place]:
        return keyset.cut(self.places, self.size, back=self.before is not None)

    @cached_property
    def rows(self) -> list[PieceRow]:
        posts = Post.objects.select_related("account__platform").order_by("id")
        found = (
            Piece.objects.filter(pk__in=[place.pk for place in self.shown])
            .select_related("brand", "author", "current")
            .prefetch_related("current__media__asset", Prefetch("posts", posts))
        )
        by_id = {piece.pk: piece for piece in found}
        return [PieceRow(by_id[place.pk]) for place in self.shown if place.pk in by_id]

    @property
    def earlier_url(self) -> str:
        more = len(self.places) > self.size if self.before is not None else self.after is not None
        return self._url(before=keyset.written(self.shown[0])) if more and self.shown else ""

    @property
    def later_url(self) -> str:
        more = self.before is not None or len(self.places) > self.size
        return self._url(after=keyset.written(self.shown[-1])) if more and self.shown else ""

    @property
    def bare_url(self) -> str:
        return reverse("desk:ready_pieces")

    @property
    def export_url(self) -> str:
        """All of the list as a table."""
        return f"{reverse('desk:export_pieces')}?{self.query}"

    @property
    def query(self) -> str:
        asked = QueryDict(mutable=True)
        status = Piece.Status.ARCHIVED.value if self.archived else ""
        status = Piece.Status.DRAFT.value if self.drafts else status
        filters = {"q": self.q, "brand": self.brand, "status": status}
        asked.update({name: value for name, value in filters.items() if value})
        return asked.urlencode()

    def _url(self, **place: str) -> str:
        asked = QueryDict(self.query, mutable=True)
        asked.update(place)
        return f"{self.bare_url}?{asked.urlencode()}"
