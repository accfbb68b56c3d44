"""What the page of a piece shows. Its lists are read a page at a time."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from content.models import Label, LlmInteraction, Piece, PieceVersion, WritingItem
from desk.pieces.saying import Varied, varied_in
from organisation.models import User
from organisation.models.brand import Person
from organisation.rights import WRITE_PIECE, may
from posting.models import Post
from posting.states import Status
from scheduling.models import Schedule

POSTS_SHOWN = 25
VERSIONS_SHOWN = 25
PLANS_SHOWN = 10
INTERACTIONS_SHOWN = 6
COMPARED_MAX = 200  # versions to choose from


def visible_pieces(user: Person) -> QuerySet[Piece]:
    """Pieces of the person's brands with what their page shows."""
    pieces = Piece.objects.visible_to(user).select_related(
        "brand", "author", "current__author", "section__source"
    )
    return pieces.prefetch_related("labels", "current__media__asset")


@dataclass
class PiecePage:
    """One piece. `before_post` and `before_version`: where older ones begin; 0 for the newest."""

    piece: Piece
    user: User
    before_post: int = 0
    before_version: int = 0

    @cached_property
    def may_write(self) -> bool:
        return may(self.user, WRITE_PIECE, self.piece.brand)

    @cached_property
    def archived(self) -> bool:
        return self.piece.status == Piece.Status.ARCHIVED

    @cached_property
    def item(self) -> WritingItem | None:
        """What it was written as, where it was written from a section."""
        return WritingItem.objects.filter(piece=self.piece).select_related("account").first()

    @cached_property
    def interactions(self) -> list[LlmInteraction]:
        """What a language model was asked for it, the first question first."""
        return list(self.piece.interactions.order_by("pk")[:INTERACTIONS_SHOWN])

    @cached_property
    def varied(self) -> list[Varied]:
        return varied_in(self.piece.current) if self.piece.current else []

    @cached_property
    def labels(self) -> list[tuple[Label, bool]]:
        """The labels of the brand, and whether the piece bears each."""
        mine = {label.pk for label in self.piece.labels.all()}
        return [(label, label.pk in mine) for label in self.piece.brand.labels.all()]

    @cached_property
    def _posts(self) -> list[Post]:
        posts = Post.objects.filter(piece=self.piece).for_list().select_related("piece_version")
        if self.before_post:
            posts = posts.filter(pk__lt=self.before_post)
        return list(posts.order_by("-pk")[: POSTS_SHOWN + 1])

    @property
    def posts(self) -> list[Post]:
        return self._posts[:POSTS_SHOWN]

    @property
    def older_posts(self) -> int:
        """Before which post the next page begins; 0 when this is the last."""
        return self.posts[-1].pk if len(self._posts) > POSTS_SHOWN else 0

    @cached_property
    def waiting(self) -> int:
        """How many posts go out by themselves, whatever becomes of the piece."""
        return Post.objects.filter(piece=self.piece, status=Status.SCHEDULED).count()

    @cached_property
    def plans(self) -> list[Schedule]:
        going = Schedule.objects.filter(piece=self.piece).exclude(state=Schedule.State.ENDED)
        return list(going.order_by("-pk")[:PLANS_SHOWN])

    @cached_property
    def _versions(self) -> list[PieceVersion]:
        versions = self.piece.versions.select_related("author")
        if self.before_version:
            versions = versions.filter(number__lt=self.before_version)
        return list(versions.defer("text", "variants")[: VERSIONS_SHOWN + 1])

    @property
    def versions(self) -> list[PieceVersion]:
        return self._versions[:VERSIONS_SHOWN]

    @property
    def older_versions(self) -> int:
        return self.versions[-1].number if len(self._versions) > VERSIONS_SHOWN else 0

    @cached_property
    def numbers(self) -> list[int]:
        """The versions to choose from, the newest first."""
        return list(self.piece.versions.values_list("number", flat=True)[:COMPARED_MAX])


def version_of(piece: Piece, number: int) -> PieceVersion | None:
    """Return the version of that number with all it says and shows; None where there is none."""
    versions = piece.versions.select_related("author").prefetch_related("media__asset")
    version: Any = versions.filter(number=number).first()
    if version is not None:
        version.piece = piece
    return version
