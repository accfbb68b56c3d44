"""Whom to ask for what one may not do oneself, by name."""

from organisation.models import Brand, User
from organisation.rights import MANAGE_BRAND, people_who

MOST = 3  # names; more than that is a list nobody reads


def keeper_of(brand: Brand) -> str:
    """Return who can change things for this brand in the back office: "Una Bain, who …,"."""
    keepers = people_who(MANAGE_BRAND, brand).filter(is_staff=True)[:MOST]
    names = _names(list(keepers))
    if not names:
        return keeper_of_all()
    verb = "administers" if len(keepers) == 1 else "administer"
    return f"{names}, who {verb} {brand},"


def keeper_of_all() -> str:
    """Return who can change everything."""
    keepers = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")[:MOST]
    return _names(list(keepers)) or "an administrator"


def _names(people: list[User]) -> str:
    """Return "Una Bain, Callum Reid or Mairi Fraser"."""
    names = [str(person) for person in people]
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def deciders_for(brand: Brand, right: str) -> str:
    """Return who may decide on the posts of this brand: "Mairi Fraser or Una Bain"."""
    return _names(list(people_who(right, brand)[:MOST])) or keeper_of_all()
