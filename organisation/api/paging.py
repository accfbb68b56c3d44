"""Going through rows newest first, page by page, whatever is added or changed meanwhile."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
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
    return Page(found[:limit], _next(request, found[limit - 1].pk) if more else None)


def _next(request: Request, pk: Any) -> str:
    cursor = base64.urlsafe_b64encode(str(pk).encode()).decode().rstrip("=")
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _read(cursor: str) -> int:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        pk = int(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        pk = 0
    if not 0 < pk <= ID_MAX:
        raise InvalidParameter({"cursor": ["No page gave this cursor. Begin again without one."]})
    return pk
