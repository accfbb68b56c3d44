"""A page of rows from where the last one ended, without counting what lies before it.

The order is (key, id), rows without a key last. A page is read as many short walks along an index,
one for each slice (a brand in a state), put together here: each walk reads at most a page, however
many rows there are and however many share one key.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from desk.listing.kinds import Sort
from desk.numbers import whole

JOINED = 200  # counts in one query; SQLite joins 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Where a row stands in its list."""

    key: datetime | None
    pk: int
    rank: int = 0  # of the list in which posts go out: the post's priority


@dataclass(frozen=True)
class Walk:
    """In which order, from which place, and which way."""

    sort: Sort
    newest_first: bool
    start: Place | None = None
    back: bool = False  # towards the beginning of the list
    size: int = 50

    @property
    def falling(self) -> bool:
        return self.newest_first != self.back

    def places(self, slices: Sequence[QuerySet[Any]]) -> list[Place]:
        """Return the places of the page's rows and one more if there is one, in list order."""
        walked = [
            part for posts in slices for leg in self._legs(posts) for part in written_out(leg)
        ]
        if not walked:
            return []
        rows = slices[0].model._default_manager.filter(pk__in=together(walked))
        found = [Place(*row) for row in rows.values_list(self.sort.field, "pk")]
        places = sorted(found, key=self._position, reverse=self.back)[: self.size + 1]
        return places[::-1] if self.back else places

    def _position(self, place: Place) -> Any:
        key, pk, _ = place
        sign = -1 if self.newest_first else 1
        return (key is None, sign * ((key or EPOCH) - EPOCH), sign * pk)

    def _legs(self, posts: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
        """The walks through one slice; an index serves each from its first row to its last."""
        name, way = self.sort.field, "lt" if self.falling else "gt"
        keyed = posts.filter(**{f"{name}__isnull": False}) if self.sort.nullable else posts
        keyless = posts.filter(**{f"{name}__isnull": True})
        key, pk = (self.start.key, self.start.pk) if self.start else (None, None)
        if self.start is None:
            yield self._walk(keyed)
        elif key is not None:
            yield self._walk(posts.filter(**{name: key, f"pk__{way}": pk}))
            yield self._walk(posts.filter(**{f"{name}__{way}": key}))
        elif self.back:
            yield self._walk(keyed)
        if not self.sort.nullable or (self.back and key is not None):
            return
        yield self._walk(keyless if self.start is None or key is not None
                         else keyless.filter(**{f"pk__{way}": pk}))  # fmt: skip

    def _walk(self, posts: QuerySet[Any]) -> QuerySet[Any]:
        name, sign = self.sort.field, "-" if self.falling else ""
        walk = posts.order_by(f"{sign}{name}", f"{sign}pk").values("pk")
        return walk[: self.size + 1]


def cut(places: list[Place], size: int, *, back: bool) -> list[Place]:
    """Return the page without the one row more that says whether there is another page."""
    if len(places) <= size:
        return places
    return places[1:] if back else places[:size]


def written_out(leg: QuerySet[Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Return the walk as SQL, or nothing when its filters leave nothing."""
    with suppress(EmptyResultSet):
        yield leg.query.sql_with_params()


def together(walked: Sequence[tuple[str, tuple[Any, ...]]]) -> RawSQL:
    """Return the ids of all the walks as one query.

    Written out because Django refuses limits inside a union on SQLite, which takes them well when
    each stands in a SELECT of its own.
    """
    sql = " UNION ALL ".join(f"SELECT * FROM ({one}) AS walk" for one, _ in walked)  # noqa: S608
    return RawSQL(sql, tuple(value for _, values in walked for value in values))  # noqa: S611


def number_of(slices: Sequence[QuerySet[Any]], most: int) -> int:
    """Count the rows of slices that share none, but look at no more of each than `most`."""
    legs = [posts.order_by().values("pk")[:most] for posts in slices]
    walked = [part for leg in legs for part in written_out(leg)]
    if not walked:
        return 0
    rows = together(walked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({rows.sql} LIMIT {most}) AS found", rows.params)  # noqa: S608
        return int(cursor.fetchone()[0])


def numbers_of(slices: Sequence[QuerySet[Any]], most: int) -> list[int]:
    """Count the rows of each slice, but look at no more of each than `most`.

    One query for each 200 slices.
    """
    counts: dict[int, int] = {}
    for begin in range(0, len(slices), JOINED):
        parts: list[str] = []
        values: list[Any] = []
        for place, posts in enumerate(slices[begin : begin + JOINED], begin):
            for sql, params in written_out(posts.order_by().values("pk")[:most]):
                parts.append(f"SELECT {place}, (SELECT COUNT(*) FROM ({sql}) AS leg)")  # noqa: S608
                values += params
        if parts:
            with connection.cursor() as cursor:
                cursor.execute(" UNION ALL ".join(parts), values)
                counts |= dict(cursor.fetchall())
    return [counts.get(place, 0) for place in range(len(slices))]


def written(place: Place) -> str:
    """Return a place as it stands in an address."""
    key, pk, rank = place
    tail = f"~{pk}~{rank}" if rank else f"~{pk}"
    return f"{key.astimezone(UTC):%Y%m%dT%H%M%S.%f}{tail}" if key else tail


def read(text: str) -> Place | None:
    """Return the place an address names; None for what names none."""
    key, _, rest = text.partition("~")
    pk, _, rank = rest.partition("~")
    if not whole(pk):
        return None
    try:
        at = datetime.strptime(key, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC) if key else None
    except ValueError:
        return None
    return Place(at, whole(pk), whole(rank))
