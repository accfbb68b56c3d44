"""The media library as a list: narrowed by filters, the newest first, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count as Number
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from content.models import MediaAsset, MediaFolder, MediaTag, VersionMedia
from desk.counting import Count, count_up_to
from desk.listing import keyset
from desk.listing.kinds import Sort
from desk.numbers import whole
from organisation.models import Brand

SIZE = 48  # tiles of a page
WORDS_MAX = 6  # of a search
ADDED = Sort("added", "created_at", "Added", "Added", nullable=False)
KINDS = {"picture": "Pictures", "moving": "Animations and GIFs", "video": "Videos"}
ONLY = {"unused": "Not used yet", "undescribed": "Without a description"}
NO_FOLDER = "none"


@dataclass(frozen=True)
class Tile:
    """One asset of the list, and in how many pieces it is."""

    asset: MediaAsset
    pieces: int
    may_write: bool


class Library:
    """Assets of some brands, a page of them at a time. `writable`: brands one may write for."""

    def __init__(
        self,
        asked: QueryDict,
        brands: list[Brand],
        *,
        writable: Iterable[int] = (),
        url: str,
        size: int = SIZE,
    ) -> None:
        self.brands, self.writable, self.url, self.size = brands, set(writable), url, size
        self.q = asked.get("q", "").replace("\x00", "").strip()[:200]
        self.brand = whole(asked.get("brand", ""))
        self.folder = asked.get("folder", "")[:20]
        self.tag = whole(asked.get("tag", ""))
        self.kind = asked.get("kind", "") if asked.get("kind") in KINDS else ""
        self.only = asked.get("only", "") if asked.get("only") in ONLY else ""
        self.after, self.before = (keyset.read(asked.get(name, "")) for name in ("after", "before"))

    kinds, onlys = list(KINDS.items()), list(ONLY.items())

    @property
    def brand_ids(self) -> list[int]:
        seen = [brand.pk for brand in self.brands]
        return [pk for pk in seen if pk == self.brand] if self.brand else seen

    @cached_property
    def folders(self) -> list[MediaFolder]:
        rows = MediaFolder.objects.filter(brand__in=self.brand_ids).select_related("brand")
        return list(rows.order_by("name", "pk"))

    @cached_property
    def tags(self) -> list[MediaTag]:
        return list(MediaTag.objects.filter(brand__in=self.brand_ids).order_by("name", "pk")[:500])

    @property
    def here(self) -> MediaFolder | None:
        """The folder that is looked into."""
        return next((one for one in self.folders if str(one.pk) == self.folder), None)

    @cached_property
    def _matching(self) -> QuerySet[MediaAsset]:
        found: QuerySet[MediaAsset] = MediaAsset.objects.all()
        for word in self.q.split()[:WORDS_MAX]:
            tagged = MediaAsset.tags.through.objects.filter(
                mediaasset=OuterRef("pk"), mediatag__name__icontains=word
            )
            found = found.filter(
                Q(original_name__icontains=word) | Q(alt__icontains=word) | Exists(tagged)
            )
        return found.filter(*self._narrowed())

    def _narrowed(self) -> Iterable[Any]:
        if self.folder == NO_FOLDER:
            yield Q(folder=None)
        elif self.folder:
            yield Q(folder=whole(self.folder))
        if self.tag:
            yield Q(pk__in=MediaAsset.tags.through.objects.filter(mediatag=self.tag)
                    .values("mediaasset"))  # fmt: skip
        if self.kind == "video":
            yield Q(mime__startswith="video/")
        elif self.kind == "moving":
            yield Q(mime="image/gif")
        elif self.kind:
            yield Q(mime__startswith="image/")
        if self.only == "unused":
            yield ~Exists(VersionMedia.objects.filter(asset=OuterRef("pk")))
        elif self.only:
            yield Q(alt="", decorative=False)

    @cached_property
    def slices(self) -> list[QuerySet[Any]]:
        return [self._matching.filter(brand=pk) for pk in self.brand_ids]

    @cached_property
    def total(self) -> Count:
        if self.after is None and self.before is None and len(self.places) <= self.size:
            return Count(len(self.places))  # all are on this page: no second walk
        return count_up_to(self._matching.filter(brand__in=self.brand_ids))

    @cached_property
    def places(self) -> list[keyset.Place]:
        back = self.before is not None
        start = self.before if back else self.after
        walk = keyset.Walk(ADDED, newest_first=True, start=start, back=back, size=self.size)
        return walk.places(self.slices)

    @cached_property
    def shown(self) -> list[keyset.Place]:
        return keyset.cut(self.places, self.size, back=self.before is not None)

    @cached_property
    def tiles(self) -> list[Tile]:
        ids = [place.pk for place in self.shown]
        rows = MediaAsset.objects.filter(pk__in=ids).select_related("folder", "brand")
        by_id = {row.pk: row for row in rows.prefetch_related("tags")}
        pieces = pieces_with(ids)
        return [
            Tile(by_id[pk], pieces.get(pk, 0), by_id[pk].brand_id in self.writable)
            for pk in ids
            if pk in by_id
        ]

    @property
    def narrow(self) -> bool:
        """Whether anything but a brand narrows the list."""
        return any((self.q, self.folder, self.tag, self.kind, self.only))

    @property
    def earlier_url(self) -> str:
        more = len(self.places) > self.size if self.before is not None else self.after is not None
        return self._url(before=keyset.written(self.shown[0])) if more and self.shown else ""

    @property
    def later_url(self) -> str:
        more = self.before is not None or len(self.places) > self.size
        return self._url(after=keyset.written(self.shown[-1])) if more and self.shown else ""

    def _url(self, **place: str) -> str:
        asked = QueryDict(mutable=True)
        filters = {
            "q": self.q, "brand": self.brand, "folder": self.folder, "tag": self.tag,
            "kind": self.kind, "only": self.only,
        }  # fmt: skip
        asked.update({name: str(value) for name, value in filters.items() if value})
        asked.update(place)
        return f"{self.url}?{asked.urlencode()}"


def pieces_with(ids: Iterable[int]) -> dict[int, int]:
    """Return in how many pieces each asset is, in any of their versions. One query."""
    uses = VersionMedia.objects.filter(asset__in=list(ids)).order_by()
    counted = uses.values("asset").annotate(pieces=Number("version__piece", distinct=True))
    return {row["asset"]: row["pieces"] for row in counted}
