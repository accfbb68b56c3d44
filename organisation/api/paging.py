"""Going through rows page by page, whatever is added or changed meanwhile."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from organisation.api.problems import InvalidParameter
from organisation.api.reading import ID_MAX

Row = TypeVar("Row", bound=Model)
LIMIT = 50  # rows on a page unless the caller asks for another number
LIMIT_MAX = 100


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the address of those after them (None at the end)."""

    rows: list[Row]
    next: str | None


def page_of(rows: QuerySet[Row], request: Request, *, limit: int, cursor: str) -> Page[Row]:
    """Return the page after `cursor`, which came from the page before; empty means the first.

    By id, which never changes: a row that is edited while somebody pages is neither skipped nor
    seen twice. Raises InvalidParameter for a cursor that no page gave.
    """
    if cursor:
        rows = rows.filter(pk__lt=_read(cursor))
    found = list(rows.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], _next(request, str(found[limit - 1].pk)) if more else None)


def page_by_time(rows: QuerySet[Row], request: Request, *, limit: int, cursor: str) -> Page[Row]:
    """Return the page after `cursor` of rows by `due_at` and id, the earliest first.

    A row that is moved while somebody pages stands where it is when its page is read.
    Raises InvalidParameter for a cursor that no page gave.
    """
    if cursor:
        moment, pk = _read_moment(cursor)
        # Written twice, so that the index on the time serves.
        rows = rows.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk), due_at__gte=moment)
    found: list[Any] = list(rows.order_by("due_at", "pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    after = f"{last.due_at.astimezone(UTC).isoformat()} {last.pk}" if last else ""
    return Page(found[:limit], _next(request, after) if after else None)


def _next(request: Request, place: str) -> str:
    cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _read(cursor: str) -> int:
    return _row(_decoded(cursor))


def _read_moment(cursor: str) -> tuple[datetime, int]:
    moment, _, pk = _decoded(cursor).partition(" ")
    try:
        read = datetime.fromisoformat(moment)
    except ValueError as error:
        raise _no_page() from error
    if read.tzinfo is None:
        raise _no_page()
    return read, _row(pk)


def _decoded(cursor: str) -> str:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise _no_page() from error


def _row(words: str) -> int:
    pk = int(words) if words.isascii() and words.isdigit() and len(words) < 20 else 0
    if not 0 < pk <= ID_MAX:
        raise _no_page()
    return pk


def _no_page() -> InvalidParameter:
    return InvalidParameter({"cursor": ["No page gave this cursor. Begin again without one."]})
