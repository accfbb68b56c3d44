"""What one person may do in which brand: asked once per request, for every page."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, QueryDict

from organisation.models import Brand, Membership, User
from organisation.rights import MANAGE_BRAND, RIGHTS

CHOSEN = "brand"  # in the session


@dataclass
class Reach:
    """The brands of a person and the rights there. One question, or two for a superuser."""

    user: User

    @cached_property
    def _roles(self) -> dict[Brand, str]:
        if self.user.is_superuser:
            return dict.fromkeys(Brand.objects.all(), "")
        held = Membership.objects.filter(user=self.user).select_related("brand")
        return {membership.brand: membership.role for membership in held.order_by("brand__name")}

    @property
    def brands(self) -> list[Brand]:
        return list(self._roles)

    def where(self, right: str) -> list[Brand]:
        """The brands in which the person holds the right."""
        if self.user.is_superuser:
            return self.brands
        return [brand for brand, role in self._roles.items() if right in RIGHTS[role]]

    def may_anywhere(self, right: str) -> bool:
        return self.user.is_superuser or bool(self.where(right))

    @cached_property
    def everything(self) -> bool:
        """Whether the person speaks for the whole installation: an administrator of all brands."""
        if self.user.is_superuser:
            return True
        mine = [brand.pk for brand in self.where(MANAGE_BRAND)]
        return bool(mine) and not Brand.objects.exclude(pk__in=mine).exists()


def reach_of(request: HttpRequest) -> Reach:
    """The reach of who is signed in, kept for the rest of the request."""
    kept = getattr(request, "_reach", None)
    if kept is None:
        kept = request._reach = Reach(request.user)  # type: ignore[attr-defined,arg-type]
    return kept


def chosen_brand(request: HttpRequest) -> Brand | None:
    """The brand that pages show first; None for all. One that is no longer the person's is gone."""
    if not request.user.is_authenticated:
        return None
    wanted = request.session.get(CHOSEN)
    return next((brand for brand in reach_of(request).brands if brand.pk == wanted), None)


def choose_brand(request: HttpRequest, pk: int | None) -> Brand | None:
    """Keep the choice in the session. A brand that is not the person's chooses all."""
    request.session[CHOSEN] = pk
    return chosen_brand(request)


def asked_of(request: HttpRequest) -> QueryDict:
    """The filters in the address, with the chosen brand where the address names none."""
    brand = chosen_brand(request)
    if brand is None or "brand" in request.GET:
        return request.GET
    asked = request.GET.copy()
    asked["brand"] = str(brand.pk)
    return asked
