"""One page of a list for one person: its rows, what narrows it, and where the others begin."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from content.models import Label, Piece
from desk.counting import MOST, Count
from desk.listing import in_turn, keyset
from desk.listing.filters import Filters
from desk.listing.kinds import IN_TURN, NEXT, SLICES, UPDATED, WORDS, Kind
from desk.listing.rows import Row, rows_of
from organisation.models import Brand, User
from platforms.models import Account
from posting.models import Post
from posting.models.post import PostQuerySet
from posting.search import MOST_PIECES, leaves_some_out, matching_pieces

SIZE = 50
MOST_LEGS = 150  # slices that are walked one by one: SQLite joins 500 walks, a slice has up to 3


@dataclass(frozen=True)
class Choice:
    """One value of a filter."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Head:
    """The head of a column that sorts."""

    words: str
    url: str  # empty: it sorts one way only
    way: str  # "ascending", "descending" or ""


class PostList:
    """The list component. Templates show it; views only make it."""

    def __init__(
        self, kind: Kind, asked: QueryDict, *, user: User, now: datetime, size: int = SIZE
    ) -> None:
        self.kind, self.user, self.now, self.size = kind, user, now, size
        self.filters = Filters.read(kind, asked)
        self.after, self.before = (keyset.read(asked.get(name, "")) for name in ("after", "before"))

    # Whose posts

    @cached_property
    def brands(self) -> list[Brand]:
        return list(Brand.objects.visible_to(self.user))

    @cached_property
    def brand_ids(self) -> list[int]:
        """The brands that are listed: those asked for that the person may see, else all."""
        seen = [brand.pk for brand in self.brands]
        asked = [pk for pk in self.filters.brand if pk in seen]
        return asked or (seen if not self.filters.brand else [])

    @cached_property
    def accounts(self) -> list[Account]:
        visible = Account.objects.filter(brand__in=[brand.pk for brand in self.brands])
        return list(visible.select_related("platform").order_by("platform__name", "name"))

    @cached_property
    def account_ids(self) -> list[int] | None:
        """The accounts the filters leave; None when they leave all."""
        filters = self.filters
        if not filters.account and not filters.platform:
            return None
        return [
            account.pk
            for account in self.accounts
            if account.brand_id in self.brand_ids
            and (not filters.account or account.pk in filters.account)
            and (not filters.platform or account.platform.slug in filters.platform)
        ]

    # Which of them

    @cached_property
    def no_words(self) -> bool:
        """Something was searched for that holds no word."""
        return bool(self.filters.q) and self.pieces is None

    @cached_property
    def pieces(self) -> Any:
        return matching_pieces(self.filters.q, self.brand_ids) if self.filters.q else None

    @cached_property
    def looked_at(self) -> str:
        """How many pieces the search looks at where more match; empty where it sees all."""
        cut = bool(self.filters.q) and leaves_some_out(self.filters.q, self.brand_ids)
        cut = cut or self._labelled[MOST_PIECES : MOST_PIECES + 1].exists()
        return f"{MOST_PIECES:,}" if cut else ""

    @property
    def _labelled(self) -> QuerySet[Any]:
        """The pieces that bear one of the labels, newest first; empty where none is asked for."""
        bearing = Piece.labels.through.objects.filter(
            label__in=self.filters.label, label__brand__in=self.brand_ids
        )
        return bearing.order_by("-piece").values_list("piece", flat=True)

    def narrowed(self, posts: PostQuerySet) -> PostQuerySet:
        if self.account_ids is not None:
            posts = posts.of_accounts(self.account_ids)
        if self.filters.author:
            posts = posts.filter(author__in=self.filters.author)
        if self.filters.label:
            posts = posts.filter(piece__in=self._labelled[:MOST_PIECES])
        if self.filters.q:
            posts = posts.filter(piece__in=self.pieces) if self.pieces else posts.none()
        return self.dated(posts)

    def dated(self, posts: PostQuerySet) -> PostQuerySet:
        first, last = self.filters.span()
        key = self.filters.sort.field
        if first:
            posts = posts.filter(**{f"{key}__gte": first})
        return posts.filter(**{f"{key}__lt": last}) if last else posts

    @cached_property
    def slices(self) -> list[PostQuerySet]:
        """The posts as slices that an index serves in order: each brand's in each state, or each
        account's where the filters name accounts."""
        known = IN_TURN if self.in_turn else SLICES
        picked = [known[name] for name in self.filters.slices]
        owners = [_of([pk]) for pk in self.brand_ids]
        if self.account_ids is not None:
            owners = [Post.objects.filter(account=pk) for pk in self.account_ids]
        if self.filters.author:
            mine = owners if self.account_ids is not None else [_of(self.brand_ids)]
            owners = [posts.filter(author=pk) for posts in mine for pk in self.filters.author]
        few = self.filters.q or self.filters.label  # whose indexes leave few posts
        walks = len(picked) * len(owners) * self.filters.sort.parts
        if few or walks > MOST_LEGS:
            return [self.matching]
        return [self.dated(pick(posts)) for posts in owners for pick in picked]

    def of_brands(self) -> PostQuerySet:
        """All posts of the brands that are listed, whatever else narrows the list."""
        return _of(self.brand_ids)

    @cached_property
    def matching(self) -> PostQuerySet:
        """All posts of the list under its filters, in no order."""
        return self.narrowed(_any_of(self.filters.slices, lambda: _of(self.brand_ids)))

    @cached_property
    def total(self) -> Count:
        return Count(keyset.number_of(self.slices, MOST + 1))

    # This page of them

    @cached_property
    def places(self) -> list[keyset.Place]:
        back = self.before is not None
        start = self.before if back else self.after
        if self.filters.sort is NEXT:
            return in_turn.places(self.slices, self.now, start=start, back=back, size=self.size)
        walk = keyset.Walk(
            sort=self.filters.sort,
            newest_first=self.filters.newest_first,
            start=start,
            back=back,
            size=self.size,
        )
        return walk.places(self.slices)

    @cached_property
    def shown(self) -> list[keyset.Place]:
        return keyset.cut(self.places, self.size, back=self.before is not None)

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of([place.pk for place in self.shown], user=self.user, now=self.now)

    @property
    def in_turn(self) -> bool:
        """Whether it stands in the order in which posts go out, under headings of days."""
        return self.filters.sort is NEXT

    @property
    def is_cut_off(self) -> bool:
        """Whether an address led behind the last row, or before the first."""
        return not self.shown and bool(self.after or self.before)

    @property
    def earlier_url(self) -> str:
        """The page before this one, or empty."""
        more = len(self.places) > self.size if self.before is not None else self.after is not None
        return self._url(before=keyset.written(self.shown[0])) if more and self.shown else ""

    @property
    def later_url(self) -> str:
        more = self.before is not None or len(self.places) > self.size
        return self._url(after=keyset.written(self.shown[-1])) if more and self.shown else ""

    @property
    def first_url(self) -> str:
        return self._url()

    @property
    def bare_url(self) -> str:
        return reverse(self.kind.url)

    def _url(self, filters: Filters | None = None, **place: str) -> str:
        query = (filters or self.filters).query(**place)
        return f"{self.bare_url}?{query}" if query else self.bare_url

    @property
    def in_words(self) -> str:
        """How the list is sorted, as one says it."""
        if self.filters.sort is NEXT:
            return "first what goes first"
        first = "latest" if self.filters.newest_first else "soonest"
        if self.filters.sort is UPDATED:
            first = "last" if self.filters.newest_first else "longest ago"
            return f"{first} changed first"
        return f"{first} first"

    # What the filters and heads offer

    @property
    def export_url(self) -> str:
        """All of the list as a table."""
        return f"{reverse('desk:export_posts', args=[self.kind.slug])}?{self.query}"

    @property
    def query(self) -> str:
        return self.filters.query()

    @property
    def heads(self) -> dict[str, Head]:
        return {sort.key: self._head(sort.key, sort.words) for sort in self.kind.sorts}

    def _head(self, key: str, words: str) -> Head:
        filters = self.filters
        if not filters.sort.both_ways:
            return Head(words, "", "ascending")
        sorted_now = filters.sort.key == key
        way = ("descending" if filters.newest_first else "ascending") if sorted_now else ""
        other = key if way == "descending" or (not way and key == "due") else f"-{key}"
        return Head(words, self._url(filters.sorted(other)), way)

    @property
    def states(self) -> list[Choice]:
        return [Choice(s, WORDS[s], s in self.filters.status) for s in self.kind.slices]

    @property
    def platforms(self) -> list[Choice]:
        there = {account.platform.slug: account.platform.name for account in self.accounts}
        return [Choice(s, name, s in self.filters.platform) for s, name in there.items()]

    @property
    def account_choices(self) -> list[Choice]:
        chosen = self.filters.account
        return [Choice(str(a.pk), str(a), a.pk in chosen) for a in self.accounts]

    @property
    def author_choices(self) -> list[Choice]:
        """The people of the brands; who has left them is still found by the address."""
        people = User.objects.filter(memberships__brand__in=self.brand_ids).distinct()
        chosen = self.filters.author
        named = sorted((str(person), person.pk) for person in people)
        return [Choice(str(pk), name, pk in chosen) for name, pk in named]

    @cached_property
    def label_choices(self) -> list[Choice]:
        labels = Label.objects.filter(brand__in=self.brand_ids).order_by("name", "pk")
        chosen = self.filters.label
        return [Choice(str(label.pk), _said(label), label.pk in chosen) for label in labels]

    @property
    def brand_choices(self) -> list[Choice]:
        return [Choice(str(b.pk), b.name, b.pk in self.filters.brand) for b in self.brands]


def _said(label: Label) -> str:
    return f"{label} (on hold)" if label.held else str(label)


def _of(brands: Sequence[int]) -> PostQuerySet:
    posts: PostQuerySet = Post.objects.all()
    return posts.filter(brand=brands[0]) if len(brands) == 1 else posts.of_brands(brands)


def _any_of(names: Sequence[str], posts: Callable[[], PostQuerySet]) -> PostQuerySet:
    """Return the posts of all the slices as one queryset."""
    picked: Iterator[PostQuerySet] = (SLICES[name](posts()) for name in names)
    together = next(picked)
    for more in picked:
        together |= more
    return together
