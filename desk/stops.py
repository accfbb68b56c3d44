"""The kill switch as pages offer it: what this person may stop, start, and what would follow."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from desk.counting import Count, count_up_to
from desk.reach import Reach
from organisation.models import Brand, Switch
from organisation.rights import MANAGE_BRAND
from posting.models import Post
from posting.models.post import PostQuerySet

EVERYTHING = "everything"
ROWS = 5


@dataclass(frozen=True)
class Scope:
    """Everything, or one brand."""

    brand: Brand | None
    stop: Switch | None = None

    @property
    def key(self) -> str:
        return self.brand.slug if self.brand else EVERYTHING

    @property
    def words(self) -> str:
        return self.brand.name if self.brand else "Everything"


@dataclass
class Stops:
    """Every switch within a person's reach. Two questions, or three for administrators."""

    reach: Reach

    @cached_property
    def _standing(self) -> dict[int | None, Switch]:
        found = Switch.objects.filter(stopped=True).select_related("brand", "stopped_by")
        return {switch.brand_id: switch for switch in found}

    @cached_property
    def scopes(self) -> list[Scope]:
        """What the person may turn, the widest first."""
        wide = [Scope(None, self._standing.get(None))] if self.reach.everything else []
        mine = self.reach.where(MANAGE_BRAND)
        return wide + [Scope(brand, self._standing.get(brand.pk)) for brand in mine]

    @property
    def to_stop(self) -> list[Scope]:
        return [scope for scope in self.scopes if scope.stop is None]

    @property
    def to_start(self) -> list[Scope]:
        return [scope for scope in self.scopes if scope.stop is not None]


@dataclass
class Aftermath:
    """What starting again means for the posts that wait."""

    scopes: list[Scope]
    now: datetime

    @property
    def _due(self) -> PostQuerySet:
        due: PostQuerySet = Post.objects.due(self.now)
        if any(scope.brand is None for scope in self.scopes):
            return due
        return due.filter(brand__in=[scope.brand for scope in self.scopes])

    @cached_property
    def total(self) -> Count:
        return count_up_to(self._due)

    @cached_property
    def first(self) -> list[Post]:
        return list(self._due.for_list().order_by("wake_at", "id")[:ROWS])
