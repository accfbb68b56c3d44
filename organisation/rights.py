"""What each role may do. Checked by every page, command and admin action."""

from typing import Final

from django.db.models import QuerySet

from organisation.models import Brand, Membership, Role, User
from organisation.models.brand import BrandQuerySet, Person

WRITE_PIECE: Final = "write_piece"
APPROVE_POST: Final = "approve_post"
PUBLISH_POST: Final = "publish_post"
CONNECT_ACCOUNT: Final = "connect_account"
MANAGE_BRAND: Final = "manage_brand"
VIEW_AUDIT: Final = "view_audit"

RIGHTS: Final[dict[str, frozenset[str]]] = {
    Role.AUTHOR: frozenset({WRITE_PIECE}),
    Role.EDITOR: frozenset({WRITE_PIECE, APPROVE_POST}),
    Role.PUBLISHER: frozenset({WRITE_PIECE, APPROVE_POST, PUBLISH_POST}),
    Role.ADMINISTRATOR: frozenset(
        {WRITE_PIECE, APPROVE_POST, PUBLISH_POST, CONNECT_ACCOUNT, MANAGE_BRAND, VIEW_AUDIT}
    ),
    Role.AUDITOR: frozenset({VIEW_AUDIT}),
}


def may(user: Person, right: str, brand: Brand) -> bool:
    """Say whether the person holds the right in this brand. A superuser holds all."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    role = Membership.objects.filter(user=user, brand=brand).values_list("role", flat=True).first()
    return role is not None and right in RIGHTS.get(role, frozenset())


def brands_where(user: Person, right: str) -> BrandQuerySet:
    """Return the brands in which the person holds the right."""
    brands = Brand.objects.visible_to(user)
    if not user.is_authenticated or user.is_superuser:
        return brands
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    return brands.filter(memberships__user=user, memberships__role__in=roles)


def people_who(right: str, brand: Brand | int) -> QuerySet[User]:
    """Return the people whose role in this brand includes the right, by name."""
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    held = Membership.objects.filter(brand=brand, role__in=roles).values("user")
    people = User.objects.filter(is_active=True, pk__in=held)
    return people.order_by("first_name", "last_name", "username")
