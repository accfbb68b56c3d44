"""The kill switch as pages offer it: what this person may stop, start, and what would follow."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from desk.reach import Reach
from organisation.models import Brand, Switch
from organisation.rights import MANAGE_BRAND
from posting.foreseeing import Forecast, Resumed, foresee
from posting.models import Post
from posting.states import Hold

EVERYTHING = "everything"


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


def named(scopes: list[Scope], key: str) -> list[Scope]:
    """Return the one of that key alone, if it is among them; else all."""
    return [scope for scope in scopes if scope.key == key] or scopes


def aftermath_of_release(posts: list[int], now: datetime) -> Forecast:
    """What ending the holds of these posts means."""
    return foresee(Post.objects.filter(pk__in=posts), Resumed(holds=Hold.PERSON), now)


def aftermath(scopes: list[Scope], now: datetime) -> Forecast:
    """What starting these again means for the posts that wait."""
    posts = Post.objects.all()
    if all(scope.brand for scope in scopes):
        posts = posts.of_brands(scope.brand.pk for scope in scopes if scope.brand)
    brands = frozenset(scope.brand.pk if scope.brand else None for scope in scopes)
    return foresee(posts, Resumed(brands=brands), now)
