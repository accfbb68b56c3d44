"""Search and jump: pages, actions, pieces, posts and accounts this person may see.

A fixed number of questions, each with a limit: accounts, pieces, and the posts of those pieces.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from content.models import Piece
from desk.navigation import address_of, places
from desk.numbers import whole
from desk.reach import Reach
from organisation.models import Brand
from organisation.rights import MANAGE_BRAND
from platforms.models import Account
from posting.models import Post
from posting.search import matching_pieces

MOST = 6  # of each kind
LONGEST = 100  # characters of a search


@dataclass(frozen=True)
class Hit:
    """One line of the results, and where it leads."""

    words: str
    kind: str
    icon: str
    url: str
    ask: bool = False  # a question, which opens over the page one is on


@dataclass
class Finder:
    """One person's search, in one brand or in all of theirs."""

    reach: Reach
    brand: Brand | None = None

    def find(self, words: str) -> list[Hit]:
        words = " ".join(words.replace("\0", "").split())[:LONGEST]
        fixed = [hit for hit in self._fixed() if not words or _fits(words, hit)]
        if not words:
            return fixed
        return [*fixed, *self._pieces_and_posts(words), *self._accounts(words)]

    def _fixed(self) -> Iterator[Hit]:
        for place, address in places(self.reach):
            yield Found(place.words, "Page", place.icon, address, also=place.also)
        if self.reach.may_anywhere(MANAGE_BRAND):
            stop, start = reverse("desk:stop_publishing"), reverse("desk:start_publishing")
            yield Found("Stop publishing", "Action", "hand", stop, True, "kill switch hold pause")
            yield Found("Start publishing", "Action", "play", start, True, "resume kill switch")
        zone = reverse("desk:zone")
        yield Found("Change your time zone", "Action", "earth-europe", zone, True, "clock city")

    @property
    def _brands(self) -> list[Brand]:
        return [self.brand] if self.brand else self.reach.brands

    def _pieces_and_posts(self, words: str) -> Iterator[Hit]:
        pieces = self._pieces(words)
        for piece in pieces:
            kind = f"Piece, {piece.get_status_display().lower()}"
            yield Hit(str(piece), kind, "file-lines", reverse("desk:piece", args=[piece.pk]))
        yield from self._posts(words, pieces)

    def _pieces(self, words: str) -> list[Piece]:
        matching = matching_pieces(words, [brand.pk for brand in self._brands])
        if matching is None:
            return []
        found = Piece.objects.filter(brand__in=self._brands, pk__in=matching)
        return list(found.order_by("-pk")[:MOST])

    def _posts(self, words: str, pieces: list[Piece]) -> Iterator[Hit]:
        number = words.lower().removeprefix("post").strip(" #")
        mine = Post.objects.of_brands([brand.pk for brand in self._brands])
        found = mine.filter(pk=whole(number)) if whole(number) else mine.filter(piece__in=pieces)
        for post in found.for_list().order_by("-pk")[:MOST]:
            kind = f"Post, {post.get_status_display().lower()}"
            url = reverse("desk:post", args=[post.pk])
            where = f"{post.piece} on {post.account.platform.name}, {post.account.name}"
            yield Hit(where, kind, "paper-plane", url)

    def _accounts(self, words: str) -> Iterator[Hit]:
        if not self.reach.user.is_staff:
            return
        found = Account.objects.filter(brand__in=self._brands, name__icontains=words)
        for account in found.select_related("platform").order_by("name")[:MOST]:
            address = address_of("desk:account", account.pk)
            kind = f"{account.platform.name}, {account.get_state_display().lower()}"
            yield Hit(account.name, kind, "at", address)


@dataclass(frozen=True)
class Found(Hit):
    """A page or an action, with further words it is found by."""

    also: str = ""


def _fits(words: str, hit: Hit) -> bool:
    """Whether every word begins one of the hit's."""
    own = f"{hit.words} {getattr(hit, 'also', '')}".lower().split()
    return all(any(word.startswith(part) for word in own) for part in words.lower().split())
