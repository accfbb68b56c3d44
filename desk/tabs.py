"""The lists of the posting pages, with how much stands in each."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse

from desk.attention import all_in_need
from desk.counting import Count
from desk.listing.kinds import ATTENTION, KINDS, OUT, QUEUE
from desk.listing.page import PostList
from desk.listing.pieces import PieceList
from organisation.models import Brand, User
from posting.models import SavedView


@dataclass(frozen=True)
class Tab:
    slug: str
    words: str
    url: str
    count: Count
    alarming: bool = False


def tabs(user: User, now: datetime, brand: Brand | None = None) -> list[Tab]:
    """Return the tabs in their order, for one brand or for all. Each counts what its page lists."""
    asked = QueryDict(f"brand={brand.pk}" if brand else "")
    pieces = PieceList(asked, user=user, now=now)
    brands = pieces.brands
    found = [Tab("pieces", "Pieces", pieces.bare_url, pieces.total)]
    for kind in (QUEUE, ATTENTION, OUT):
        posts = PostList(kind, asked, user=user, now=now)
        posts.brands = brands  # asked once for all tabs
        needs = kind is ATTENTION
        number = all_in_need(posts.brand_ids) if needs else posts.total
        found.append(Tab(kind.slug, kind.words, posts.bare_url, number, needs and bool(number)))
    return found


@dataclass(frozen=True)
class View:
    """A saved view as a tab."""

    saved: SavedView
    url: str
    current: bool


def saved_views(user: User, page: str, query: str) -> list[View]:
    address = reverse(KINDS[page].url)
    return [
        View(saved, f"{address}?{saved.query}", saved.query == query)
        for saved in SavedView.objects.of(user).on(page)
    ]
