"""Lists as tables: everything under the filters that the page shows, written as it is read."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from desk.listing.kinds import KINDS
from desk.listing.page import PostList
from desk.listing.pieces import PieceList
from desk.reach import asked_of
from scheduling.exporting import piece_lines, post_lines


@login_required
@never_cache
@require_safe
def export_pieces(request: HttpRequest) -> HttpResponseBase:
    """The pieces of the list, ready or archived, as they are now."""
    pieces = PieceList(asked_of(request), user=request.user, now=timezone.now())  # type: ignore[arg-type]
    return _table(piece_lines(pieces.matching), "pieces")


@login_required
@never_cache
@require_safe
def export_posts(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The posts of one of the lists: what each says, where it goes, when, and what came of it."""
    if slug not in KINDS:
        raise Http404("There is no such list.")
    posts = PostList(KINDS[slug], asked_of(request), user=request.user, now=timezone.now())  # type: ignore[arg-type]
    return _table(post_lines(posts.matching), "posts")


def _table(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    day = timezone.localdate()
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{day}.csv"'},
    )
